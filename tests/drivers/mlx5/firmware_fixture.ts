/** A card of the plausible firmware, and requests to it, for the tests. */
import { encode, readField } from "../../../lib/bits/mod.ts";
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import type { ModelFunctions } from "../../../lib/model/types.ts";
import { parseScenario } from "../../../lib/model/scenario.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { Mlx5Firmware } from "../../../drivers/mlx5/firmware.ts";
import { modelDriver } from "../../../drivers/mlx5/model.ts";
import { layout } from "../../../drivers/mlx5/tables/ifc.ts";

/** What a command answered. */
export interface Answer {
  readonly ret: number;
  readonly out: Bytes;
  readonly status: number;
  readonly syndrome: number;
}

/** A card with 4 VFs: VF 2 held by a VM, VF 3 at mlx5_core. */
export interface Fixture {
  readonly functions: ModelFunctions;
  readonly firmware: Mlx5Firmware;
  /** Functions whose fwctl device an injected fault took away. */
  readonly unplugged: number[];
  /** Sends a command as the kernel (uid 0) or as a context. */
  send(request: string | Bytes, outLength: number, from?: number): Answer;
}

const VFS = {
  enabled: 4,
  drivers: [null, "vfio-pci", "vfio-pci", "mlx5_core"],
  heldBy: [null, null, "qemu-system-x86[77]"],
};

export function card(firmware: PlainObject = {}): Fixture {
  const [spec] = parseScenario({
    format: "fwctl-scenario/1",
    name: "fixture",
    devices: [{
      driver: "mlx5",
      pci: "0000:3b:00.0",
      totalVfs: 8,
      vfs: VFS,
      firmware,
    }],
  }).devices;
  if (!spec) throw new Error("no device");
  const unplugged: number[] = [];
  const functions = modelDriver.create({
    ...spec,
    unplug: (functionId) => unplugged.push(functionId),
  });
  if (!(functions instanceof Mlx5Firmware)) throw new Error("another firmware");
  return {
    functions,
    firmware: functions,
    unplugged,
    send: (request, outLength, from = 0) => {
      const in_ = typeof request === "string" ? fromHex(request) : request;
      const out = new Uint8Array(outLength);
      const ret = functions.core(from).cmd_do(Uint8Array.from(in_), out);
      const view = new DataView(out.buffer);
      return { ret, out, status: out[0] ?? 0, syndrome: view.getUint32(4) };
    },
  };
}

/** QUERY_HCA_CAP; `of` is another function's id. */
export function query(type: number, current: boolean, of?: number): Bytes {
  const request = new Uint8Array(16);
  const view = new DataView(request.buffer);
  view.setUint16(0, 0x100);
  view.setUint16(6, type << 1 | (current ? 1 : 0));
  if (of !== undefined) {
    request[8] = 0x80;
    view.setUint16(10, of);
  }
  return request;
}

/** SET_HCA_CAP of another function with the whole image. */
export function set(type: number, of: number, image: Uint8Array): Bytes {
  const request = new Uint8Array(4112);
  const view = new DataView(request.buffer);
  view.setUint16(0, 0x109);
  view.setUint16(6, type << 1);
  request[8] = 0x80;
  view.setUint16(10, of);
  request.set(image, 16);
  return request;
}

/** One field of a function, as the PF reads it. */
export function field(
  fixture: Fixture,
  struct: string,
  name: string,
  type: number,
  of?: number,
): number {
  const { out } = fixture.send(query(type, false, of), 4112);
  return readField(layout(struct), out.subarray(16), name);
}

/** Reads a VF's image, changes fields, writes it back. */
export function change(
  fixture: Fixture,
  struct: string,
  type: number,
  of: number,
  values: Readonly<Record<string, number>>,
): Answer {
  const { out } = fixture.send(query(type, false, of), 4112);
  const image = encode(layout(struct), values, out.slice(16));
  return fixture.send(set(type, of, image), 16);
}
