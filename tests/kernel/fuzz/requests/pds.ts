/**
 * Random messages of pds: struct fwctl_rpc_pds, little endian, with two
 * addresses in it.
 *
 * @module
 */
import { fwctl_rpc_pds } from "../../../../drivers/pds/tables/rpc.ts";
import { hexNumber } from "../case.ts";
import type { Random } from "../random.ts";
import { address, around, type Request, type RequestKind } from "./request.ts";

/** pds's requests. */
export const pdsRequests: RequestKind = { make, name };

const LENGTHS = [0, 0, 1, 8, 8, 16, 64, 64, 600, 1023, 1024, 1025, 2048, 2049];

function make(random: Random): Request {
  const { sizeof } = fwctl_rpc_pds;
  const length = random.oneIn(12) ? around(random, [sizeof, 0]) : sizeof +
    (random.oneIn(6) ? random.below(40) : 0);
  const bytes = random.bytes(Math.max(length, sizeof));
  const view = new DataView(bytes.buffer);
  const in_len = lengthOf(random);
  const out_len = lengthOf(random);
  view.setUint32(fwctl_rpc_pds.in_op.offset, operation(random), true);
  view.setUint32(fwctl_rpc_pds.in_ep.offset, endpoint(random), true);
  view.setUint32(fwctl_rpc_pds.in_len.offset, in_len, true);
  view.setUint32(fwctl_rpc_pds.out_len.offset, out_len, true);
  const set = (at: number, where: bigint) => view.setBigUint64(at, where, true);
  set(fwctl_rpc_pds.in_payload.offset, address(random, "in2"));
  set(fwctl_rpc_pds.out_payload.offset, address(random, "out2"));
  return {
    bytes: bytes.slice(0, length),
    out_len: around(random, [sizeof, sizeof, 64, 200]),
    second: {
      in2: random.bytes(random.below(100)),
      out2_len: Math.min(out_len, 4096),
    },
  };
}

function lengthOf(random: Random): number {
  return random.oneIn(30) ? random.u32() : random.pick(LENGTHS);
}

function endpoint(random: Random): number {
  return random.oneIn(20)
    ? random.u32()
    : random.pick([1, 1, 1, 1, 0x20, 0x20, 0x30, 0x40, 0, 2]);
}

/** Command, version and what nobody looks at. */
function operation(random: Random): number {
  if (random.oneIn(20)) return random.u32();
  const command = random.oneIn(2)
    ? random.between(1, 7)
    : random.pick([0x10, 0x10, 0x11, 0x12, 1, 0, 8, 0x13]);
  const version = random.pick([0, 0, 0, 1, 2, 3, 3, 4, 0xff]);
  const rest = random.oneIn(6) ? random.below(256) : 0;
  return (rest << 24 | version << 16 | command) >>> 0;
}

function name(bytes: Uint8Array): string {
  if (bytes.length < 8) return "a request that is too short";
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return `endpoint ${hexNumber(view.getUint32(4, true), 8)}, operation ${
    hexNumber(view.getUint32(0, true), 32)
  }`;
}
