/**
 * Requests and answers in recorded ioctls, as the drivers know them: flat, with
 * what they point to behind the struct.
 *
 * @module
 */
import type { Driver, RequestLabel } from "../../drivers/driver.ts";
import { type Bytes, concatBytes } from "../bytes.ts";
import {
  FWCTL_INFO,
  fwctl_info,
  FWCTL_RPC,
  fwctl_rpc,
  type Scope,
  SCOPES,
} from "../uapi/fwctl.ts";
import type { Exchange, IoctlExchange, RecordedBuffer } from "./types.ts";

/** A recorded FWCTL_RPC. */
export interface RecordedRpc {
  /** As it was sent; a number where the kernel knows no such scope. */
  readonly scope: Scope | number;
  /** The index of the buffer that holds the request. */
  readonly requestBuffer: number;
  /** The index of the buffer that holds the answer. */
  readonly responseBuffer: number;
  /** The request, what it pointed to behind it. */
  readonly request: Bytes;
  /** The answer, cut at the length the kernel gave. */
  readonly response: Bytes;
}

/** A buffer as it was before or after the call, at its full length. */
export function contentOf(
  { length, before, after }: RecordedBuffer,
  when: "before" | "after",
): Bytes {
  const bytes = new Uint8Array(length);
  bytes.set(when === "after" ? after ?? before : before);
  return bytes;
}

/** The request and the answer of an ioctl; undefined when it is no FWCTL_RPC. */
export function rpcOf(call: IoctlExchange): RecordedRpc | undefined {
  const { cmd, arg, buffers, pointers } = call;
  if (cmd !== FWCTL_RPC || arg.length < fwctl_rpc.sizeof) return undefined;
  const at = (offset: number): number | undefined =>
    pointers.find((pointer) => pointer.holder === null && pointer.at === offset)
      ?.buffer;
  const requestBuffer = at(fwctl_rpc.in.offset);
  const responseBuffer = at(fwctl_rpc.out.offset);
  if (requestBuffer === undefined || responseBuffer === undefined) {
    return undefined;
  }
  const [request, response] = [buffers[requestBuffer], buffers[responseBuffer]];
  if (!request || !response) return undefined;
  const number = word(arg, fwctl_rpc.scope.offset);
  const length = word(call.argAfter ?? arg, fwctl_rpc.out_len.offset);
  // What the call left as it was went in; the rest came back.
  const sent = pointers.filter(({ holder }) => holder === requestBuffer)
    .flatMap(({ buffer }) => buffers[buffer] ?? [])
    .filter(({ after }) => after === undefined);
  return {
    scope: SCOPES[number] ?? number,
    requestBuffer,
    responseBuffer,
    request: concatBytes(
      contentOf(request, "before"),
      ...sent.map((buffer) => contentOf(buffer, "before")),
    ),
    response: contentOf(response, "after").subarray(
      0,
      Math.min(length, response.length),
    ),
  };
}

/** The device type that a FWCTL_INFO answered; undefined for anything else. */
export function deviceTypeOf(call: IoctlExchange): number | undefined {
  const { cmd, value, arg, argAfter } = call;
  if (cmd !== FWCTL_INFO || value < 0 || arg.length < fwctl_info.sizeof) {
    return undefined;
  }
  return word(argAfter ?? arg, fwctl_info.out_device_type.offset);
}

/** Which device each ioctl of a recording was for, and which driver speaks to it. */
export class Devices {
  readonly #drivers: readonly Driver[];
  readonly #paths = new Map<number, string>();
  readonly #types = new Map<string, number>();

  /** Goes through the exchanges once. */
  constructor(exchanges: readonly Exchange[], drivers: readonly Driver[]) {
    this.#drivers = drivers;
    for (const exchange of exchanges) {
      if (exchange.op === "open" && typeof exchange.got === "number") {
        this.#paths.set(exchange.got, exchange.path);
      } else if (exchange.op === "ioctl") {
        const type = deviceTypeOf(exchange);
        const path = this.path(exchange.node);
        if (type !== undefined && !this.#types.has(path)) {
          this.#types.set(path, type);
        }
      }
    }
  }

  /** The path a node was opened by. */
  path(node: number): string {
    return this.#paths.get(node) ?? "";
  }

  /** The driver of the device at a path; undefined when none is known. */
  driver(path: string): Driver | undefined {
    const type = this.#types.get(path);
    return this.#drivers.find(({ deviceType }) => deviceType === type);
  }

  /** What a request to a path is called; undefined when nobody knows. */
  label(path: string, call: IoctlExchange): RequestLabel | undefined {
    const rpc = rpcOf(call);
    return rpc && this.driver(path)?.classify(rpc.request);
  }
}

/** An ioctl in a few words: `QUERY_VUID`, `FWCTL_INFO`, `ioctl 0x1234`. */
export function nameOf(
  call: IoctlExchange,
  label: RequestLabel | undefined,
): string {
  if (label) return [label.name, label.detail].filter(Boolean).join(" ");
  if (call.cmd === FWCTL_INFO) return "FWCTL_INFO";
  if (call.cmd === FWCTL_RPC) return "FWCTL_RPC";
  return `ioctl 0x${call.cmd.toString(16)}`;
}

function word(bytes: Bytes, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    .getUint32(offset, true);
}
