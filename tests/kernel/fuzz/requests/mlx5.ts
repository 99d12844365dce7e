/**
 * Random commands of mlx5: big endian, opcode first.
 *
 * @module
 */
import { allowList } from "../../../../drivers/mlx5/tables/allow_list.ts";
import { hexNumber } from "../case.ts";
import type { Random } from "../random.ts";
import { around, type Request, type RequestKind } from "./request.ts";

const NOP = 0x80d;
/** Those the firmware of the stand-ins does something for. */
const SPECIAL = [0x100, 0x109, 0x805, 0xb0c, NOP] as const;

/** mlx5's requests. */
export const mlx5Requests: RequestKind = { make, name, tame };

function make(random: Random): Request {
  const opcode = opcodeOf(random);
  const bytes = random.bytes(around(random, [16, 16, 20, 32, 64, 272]));
  put16(bytes, 0, opcode);
  put16(bytes, 6, opModOf(random, opcode));
  // Few functions and registers, so that one meets what another has set.
  if ((SPECIAL as readonly number[]).includes(opcode)) {
    put8(bytes, 8, random.pick([0, 0x80, 0x80, random.below(256)]));
    put16(bytes, 10, random.pick([0, 1, 2, 3, 0x9009, 0xffff]));
  }
  return {
    bytes,
    in_len: random.oneIn(20) ? around(random, [15, 4112, 5000]) : bytes.length,
    out_len: around(random, [16, 16, 32, 64, 272, 300]),
  };
}

function opcodeOf(random: Random): number {
  const allowed = [...allowList().keys()];
  switch (random.below(8)) {
    case 0:
      return random.u32() & 0xffff;
    case 1:
      return random.pick(allowed) + random.pick([-1, 1, 0x1000, 0x8000]) &
        0xffff;
    case 2:
    case 3:
      return random.pick(SPECIAL);
    default:
      return random.pick(allowed);
  }
}

function opModOf(random: Random, opcode: number): number {
  if (opcode === NOP) {
    // 0xfcNN is a pause of NN times 10 ms, which nobody has time for.
    return random.pick([0, 1, 0xfe00, 0xfe00, 0xfd00, 0xfd00, 0x100]) |
      random.below(256);
  }
  return random.oneIn(16)
    ? random.below(64)
    : random.pick([0, 0, 1, 1, 2, 3, 0x18, 0x40]);
}

/** No pauses, and few capabilities: the stand-in keeps every one that it was asked for. */
function tame(bytes: Uint8Array): void {
  const opcode = (bytes[0] ?? 0) << 8 | (bytes[1] ?? 0);
  if (opcode === NOP && bytes[6] === 0xfc) put8(bytes, 6, 0);
  if (opcode !== 0x100 && opcode !== 0x109) return;
  put16(bytes, 6, (bytes[7] ?? 0) & 0x7f);
  put16(bytes, 10, (bytes[11] ?? 0) & 7);
}

function name(bytes: Uint8Array): string {
  const opcode = (bytes[0] ?? 0) << 8 | (bytes[1] ?? 0);
  const known = allowList().get(opcode)?.name;
  return known ?? `opcode ${hexNumber(opcode, 16)}`;
}

function put8(bytes: Uint8Array, at: number, value: number): void {
  if (at < bytes.length) bytes[at] = value;
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  put8(bytes, at, value >> 8);
  put8(bytes, at + 1, value);
}
