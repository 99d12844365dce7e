/**
 * Opens a fwctl device on any host, and speaks FWCTL_INFO and FWCTL_RPC.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import type { DeviceNode, Host, UserPointer } from "../host/host.ts";
import { FWCTL_INFO, fwctl_info, FWCTL_RPC, fwctl_rpc } from "../uapi/fwctl.ts";
import { checkRpc } from "./check.ts";
import type { Device, DeviceInfo, RpcRequest, RpcResponse } from "./device.ts";
export type { Explainer } from "./failure.ts";
import { type Explainer, ioctlError } from "./failure.ts";
import type { InventoryDevice } from "./inventory.ts";
import { Room } from "./room.ts";

/** How a device is opened. */
export interface OpenOptions {
  /** Its driver, for better errors: request names and what an errno means there. */
  readonly driver?: Explainer;
}

/** Room for device data at first; the kernel's own structs are 4 to 8 bytes. */
const INFO_ROOM = 64;
/** No driver has this much to say: beyond it the length is nonsense and is cut. */
const INFO_MOST = 64 << 10;

/**
 * Opens `/dev/fwctl/fwctlN` by inventory entry, path, or the bare name. Each
 * open device holds one user context of the firmware: close it soon.
 *
 * @throws {SyscallError} when the kernel refuses
 * @throws {UsageError} when `entryOrPath` is not a path
 */
export function openDevice(
  host: Host,
  entryOrPath: InventoryDevice | string,
  options: OpenOptions = {},
): Device {
  const path = devicePath(entryOrPath);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return new NodeDevice(name, host.open(path), options.driver);
}

/** The path of a device's node. @throws {UsageError} when it is not a path */
export function devicePath(entryOrPath: InventoryDevice | string): string {
  if (typeof entryOrPath !== "string") return entryOrPath.path;
  if (/^fwctl\d+$/.test(entryOrPath)) return `/dev/fwctl/${entryOrPath}`;
  if (!/^\/.*[^/]$/.test(entryOrPath)) {
    throw new UsageError(`"${entryOrPath}" is not a path of a device node`, {
      hint: "Give a path such as /dev/fwctl/fwctl0, or find the device first.",
    });
  }
  return entryOrPath;
}

class NodeDevice implements Device {
  readonly name: string;
  readonly #node: DeviceNode;
  readonly #driver: Explainer | undefined;
  // One struct and two pointers for all calls: the device is synchronous.
  readonly #rpc: Bytes = new Uint8Array(fwctl_rpc.sizeof);
  readonly #view = new DataView(this.#rpc.buffer);
  readonly #room = new Room();
  readonly #in: UserPointer;
  readonly #out: UserPointer;
  readonly #inOut: readonly UserPointer[];
  /** FWCTL_INFO's struct, room and pointer: made by the first call, kept for the next. */
  #info: InfoCall | undefined;

  constructor(name: string, node: DeviceNode, driver: Explainer | undefined) {
    this.name = name;
    this.#node = node;
    this.#driver = driver;
    const holder = this.#rpc;
    this.#in = { holder, at: fwctl_rpc.in.offset, target: NOTHING };
    this.#out = { holder, at: fwctl_rpc.out.offset, target: NOTHING };
    this.#inOut = [this.#in, this.#out];
  }

  info(): DeviceInfo {
    // A driver may have more to say than there is room for, and a newer one
    // more again; that it has still more after that is not believed.
    for (let tries = 0;; tries++) {
      const { arg, view, data, pointers } = this.#info ??= infoCall(INFO_ROOM);
      const room = data.length;
      view.setUint32(fwctl_info.size.offset, fwctl_info.sizeof, true);
      view.setUint32(fwctl_info.device_data_len.offset, room, true);
      const result = this.#node.ioctl(FWCTL_INFO, arg, pointers);
      if (!(result >= 0)) {
        throw ioctlError(result, {
          device: this.name,
          call: "ioctl(FWCTL_INFO)",
        });
      }
      const length = view.getUint32(fwctl_info.device_data_len.offset, true);
      const most = Math.min(length, INFO_MOST);
      if (most <= room || tries === 3) {
        return {
          deviceType: view.getUint32(fwctl_info.out_device_type.offset, true),
          deviceData: data.slice(0, most),
        };
      }
      this.#info = infoCall(most);
    }
  }

  rpc(request: RpcRequest): RpcResponse {
    const scope = checkRpc(request, this.name);
    const { responseCapacity } = request;
    const room = this.#room;
    const view = this.#view;
    view.setUint32(fwctl_rpc.size.offset, fwctl_rpc.sizeof, true);
    view.setUint32(fwctl_rpc.scope.offset, scope, true);
    view.setUint32(fwctl_rpc.in_len.offset, request.request.length, true);
    view.setUint32(fwctl_rpc.out_len.offset, responseCapacity, true);
    room.take(responseCapacity);
    this.#in.target = request.request;
    this.#out.target = room.memory;
    this.#out.offset = room.offset;
    const result = this.#node.ioctl(
      FWCTL_RPC,
      this.#rpc,
      request.references?.length ? this.#withReferences(request) : this.#inOut,
    );
    this.#in.target = this.#out.target = NOTHING;
    if (!(result >= 0)) {
      throw ioctlError(result, {
        device: this.name,
        call: "ioctl(FWCTL_RPC)",
        request: request.request,
        driver: this.#driver,
      });
    }
    const length = view.getUint32(fwctl_rpc.out_len.offset, true);
    return {
      data: room.piece(Math.min(length, responseCapacity)),
      length,
      truncated: length > responseCapacity,
    };
  }

  close(): void {
    this.#node.close();
  }

  [Symbol.dispose](): void {
    this.#node.close();
  }

  /** The pointers of a request that holds some itself; written into a copy of it. */
  #withReferences({ request, references = [] }: RpcRequest): UserPointer[] {
    const copy = request.slice();
    this.#in.target = copy;
    return [
      ...references.map(({ at, buffer }) => ({
        holder: copy,
        at,
        target: buffer,
      })),
      ...this.#inOut,
    ];
  }
}

const NOTHING: Bytes = new Uint8Array(0);

/** What FWCTL_INFO is made with, and where its answer comes to. */
interface InfoCall {
  readonly arg: Bytes;
  readonly view: DataView;
  readonly data: Bytes;
  readonly pointers: readonly UserPointer[];
}

function infoCall(room: number): InfoCall {
  const arg: Bytes = new Uint8Array(fwctl_info.sizeof);
  const data: Bytes = new Uint8Array(room);
  return {
    arg,
    view: new DataView(arg.buffer),
    data,
    pointers: [
      { holder: arg, at: fwctl_info.out_device_data.offset, target: data },
    ],
  };
}
