/**
 * Random feature commands of CXL: little endian, opcode and size of the payload
 * first.
 *
 * @module
 */
import { type Bytes, concatBytes, fromHex } from "../../../../lib/bytes.ts";
import { hexNumber } from "../case.ts";
import type { Random } from "../random.ts";
import { around, type Request, type RequestKind } from "./request.ts";

/** CXL's requests. */
export const cxlRequests: RequestKind = { make, name };

const SUPPORTED = 0x500;
const GET = 0x501;
const SET = 0x502;
const PATROL_SCRUB = "96dad7d6fde8482ba73375774e06db8a";
/** The one feature of 12000 bytes; the others have 8, the kernel's own has 4. */
const LONG = 17;

function make(random: Random): Request {
  const opcode = opcodeOf(random);
  const feature = random.oneIn(5) ? LONG : random.below(20);
  let payload = payloadOf(random, opcode & 0xffff, feature);
  if (random.oneIn(12)) {
    payload = payload.slice(0, random.below(payload.length + 1));
  }
  const extra = random.oneIn(8) ? random.bytes(random.below(9)) : fromHex("");
  const size = random.oneIn(12)
    ? random.pick([0, payload.length + 1, payload.length - 1, random.u32()])
    : payload.length;
  const header = random.bytes(16);
  const view = new DataView(header.buffer);
  view.setUint32(0, opcode, true);
  view.setUint32(8, size >>> 0, true);
  return {
    bytes: random.oneIn(40)
      ? header.slice(0, random.below(17))
      : concatBytes(header, payload, extra),
    out_len: feature === LONG && random.oneIn(4)
      ? random.pick([8200, 12007, 12008, 12100])
      : around(random, [8, 16, 32, 72, 200, 1000]),
  };
}

function opcodeOf(random: Random): number {
  const opcode = random.pick([SUPPORTED, GET, GET, GET, SET, SET, SET, SET]);
  switch (random.below(16)) {
    case 0:
      return random.u32();
    case 1:
      return opcode + random.pick([-1, 0x10000, 0xff0000, 2, 0x100]);
    default:
      return opcode;
  }
}

function payloadOf(random: Random, opcode: number, feature: number): Bytes {
  const view = new DataView(new ArrayBuffer(32));
  const all = new Uint8Array(view.buffer);
  if (opcode === SUPPORTED) {
    view.setUint32(0, around(random, [8, 48, 56, 104, 1000, 0]), true);
    view.setUint16(4, random.pick([0, 0, 0, 1, 5, 16, 17, 18, 19]), true);
    return all.slice(0, 8);
  }
  all.set(uuidOf(random, feature));
  const size = feature === LONG ? 12000 : feature === 0 ? 4 : 8;
  const offset = random.oneIn(2) ? 0 : random.pick([
    ...[1, 2, 4, 7, 8, size - 1, size, size + 1],
    random.below(0x10000),
  ]);
  const count = countOf(random, size, offset);
  if (opcode !== SET) {
    view.setUint16(16, offset, true);
    view.setUint16(18, count, true);
    view.setUint8(20, random.pick([0, 0, 1, 2, 3, 255]));
    return all.slice(0, 21);
  }
  view.setUint32(16, random.oneIn(3) ? random.u32() : random.below(16), true);
  view.setUint16(20, offset, true);
  view.setUint8(22, random.pick([0, 1, 1, 2, 255]));
  all.set(random.bytes(9), 23);
  return concatBytes(all, random.bytes(count));
}

function countOf(random: Random, size: number, offset: number): number {
  switch (random.below(6)) {
    case 0:
      return random.below(20);
    case 1:
      return size === 12000
        ? random.pick([4063, 4064, 4065, 4096, 4097, 8200])
        : 9;
    case 2:
      return Math.max(0, size - offset);
    default:
      return size === 12000 && !random.oneIn(4) ? random.below(300) : size;
  }
}

function uuidOf(random: Random, feature: number): Uint8Array {
  if (feature === 0) return new Uint8Array(16).fill(0xff);
  if (feature === 14) return fromHex(PATROL_SCRUB);
  if (feature === 19) return random.bytes(16);
  return new Uint8Array(16).fill(feature);
}

function name(bytes: Uint8Array): string {
  const opcode = (bytes[0] ?? 0) | (bytes[1] ?? 0) << 8;
  switch (opcode) {
    case SUPPORTED:
      return "Get Supported Features";
    case GET:
      return "Get Feature";
    case SET:
      return "Set Feature";
    default:
      return `opcode ${hexNumber(opcode, 16)}`;
  }
}
