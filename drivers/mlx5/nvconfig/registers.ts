/**
 * The nvconfig registers as bytes: MNVDA, MNVDI, MNVQC, MNVIA, MNVGC, MNVGN.
 *
 * Every item has a header of three big-endian words: length in bits 8:0,
 * version 15:12, writer_id 20:16, access_mode 23:22, rd_en 24, ovr_en 25,
 * priority 29:28 and valid 31:30; the type word; a checksum that requests leave
 * 0. Source: the register layouts published with the vendor's open-source
 * tools, and mlx5_core's lib/nv_param.c.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { DecodeError } from "../../../lib/errors.ts";
import {
  HEADER_BYTES,
  newRequest,
  OPCODE,
  readRegister,
  readU32,
  writeU16,
} from "../protocol.ts";

/** Register ids. */
export const NV_REGISTER = {
  MNVDA: 0x9024,
  MNVDI: 0x9025,
  MNVQC: 0x9030,
  MNVIA: 0x9033,
  MNVGC: 0x9034,
  MNVGN: 0x9035,
} as const;

/** Bytes of an item's header. */
export const NV_HEADER_BYTES = 12;
/** Most bytes of an item's data in MNVDA. */
export const NV_DATA_BYTES = 256;
/** Bytes of MNVDA. */
export const MNVDA_BYTES: number = NV_HEADER_BYTES + NV_DATA_BYTES;
/** Room for the answer to an MNVDA access, and the bytes of its request. */
export const MNVDA_MESSAGE_BYTES: number = HEADER_BYTES + MNVDA_BYTES;
/** Byte of the item's data in an MNVDA message. */
export const MNVDA_DATA_AT: number = HEADER_BYTES + NV_HEADER_BYTES;

/** Byte of the header in MNVGN, after pointer and three words. */
const MNVGN_HEADER = 0x10;
const MNVGN_BYTES = MNVGN_HEADER + MNVDA_BYTES;

/** Which of an item's three values: what the next reset loads, what is in force, the default. */
export type NvMode = "next" | "current" | "default";

const MODES: Readonly<Record<NvMode, number>> = {
  next: 0,
  current: 1,
  default: 2,
};

/** ovr_en set, writer_id 9: what the vendor's own tool writes an item with. */
const WRITER = 1 << 25 | 9 << 16;

/** An item as a device gives it. */
export interface NvItem {
  /** Type word. */
  readonly type: number;
  /** Version of its layout. */
  readonly version: number;
  /** Who wrote it, by the vendor's number. */
  readonly writer: number;
  /** Its priority: 0 user, 1 OEM, 3 vendor. */
  readonly priority: number;
  /** Whether lower priorities may write over it: over_en. */
  readonly overwritable: boolean;
  /** Its data, as long as the header says. */
  readonly data: Bytes;
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value >>> 16 & 0xffff);
  writeU16(bytes, at + 2, value & 0xffff);
}

/** An access to a register: `read` is op_mod 1, which needs scope debug-read-only. */
function access(register: number, length: number, read: boolean): Bytes {
  if (read) return readRegister(register, length);
  const request = newRequest(OPCODE.ACCESS_REG, 0, HEADER_BYTES + length);
  writeU16(request, 10, register);
  return request;
}

/** MNVDA that reads one value of an item of `length` bytes. */
export function readItem(type: number, length: number, mode: NvMode): Bytes {
  const request = access(NV_REGISTER.MNVDA, MNVDA_BYTES, true);
  put32(request, HEADER_BYTES, MODES[mode] << 22 | length);
  put32(request, HEADER_BYTES + 4, type);
  return request;
}

/** What goes before an item's data in the MNVDA that writes it. */
export function writeItemHeader(type: number, length: number): Bytes {
  const request = access(NV_REGISTER.MNVDA, NV_HEADER_BYTES, false);
  put32(request, HEADER_BYTES, WRITER | length);
  put32(request, HEADER_BYTES + 4, type);
  return request;
}

/** An item's data as MNVDA carries it: 256 bytes, zero behind the data. */
export function paddedItem(data: Uint8Array): Bytes {
  const whole = new Uint8Array(NV_DATA_BYTES);
  whole.set(data.subarray(0, NV_DATA_BYTES));
  return whole;
}

/** MNVDI that takes an item back to its default. */
export function resetItem(type: number): Bytes {
  const request = access(NV_REGISTER.MNVDI, NV_HEADER_BYTES, false);
  put32(request, HEADER_BYTES + 4, type);
  return request;
}

/** MNVIA, target 0: takes every item back to its default. */
export function resetAll(): Bytes {
  return access(NV_REGISTER.MNVIA, 8, false);
}

/** MNVQC: what the device does with an item. */
export function askItem(type: number): Bytes {
  const request = access(NV_REGISTER.MNVQC, 8, true);
  put32(request, HEADER_BYTES, type);
  return request;
}

/** MNVGC: which values the device tells. */
export function askAbilities(): Bytes {
  return access(NV_REGISTER.MNVGC, 0x10, true);
}

/** MNVGN: the stored item at a pointer; 0 starts. */
export function readStored(pointer: number): Bytes {
  const request = access(NV_REGISTER.MNVGN, MNVGN_BYTES, true);
  put32(request, HEADER_BYTES, pointer);
  return request;
}

/** Room for the answer to a request of this module: as long as the request. */
export function roomFor(request: Bytes): number {
  return request.length;
}

/** The item in an MNVDA answer. @throws `DecodeError` */
export function decodeItem(response: Uint8Array, device: string): NvItem {
  needBytes(response, NV_HEADER_BYTES, "MNVDA", device);
  return itemAt(response, HEADER_BYTES, device);
}

/** An item at a byte of an answer. @throws `DecodeError` when it is cut or longer than a register */
function itemAt(response: Uint8Array, at: number, device: string): NvItem {
  const length = readU32(response, at) & 0x1ff;
  const data = response.slice(at + NV_HEADER_BYTES);
  if (length > NV_DATA_BYTES || data.length < length) {
    throw new DecodeError(
      `An nvconfig item says it has ${length} bytes, and ${data.length} came`,
      { device, hint: "Nothing of it was used; check the firmware version" },
    );
  }
  const header = readU32(response, at);
  return {
    type: readU32(response, at + 4),
    version: header >>> 12 & 0xf,
    writer: header >>> 16 & 0x1f,
    priority: header >>> 28 & 3,
    overwritable: (header >>> 25 & 1) !== 0,
    data: new Uint8Array(data.subarray(0, length)),
  };
}

/** What a device does with an item: MNVQC's support_rd, support_wr and version. */
export interface NvSupport {
  /** Whether it can be read. */
  readonly read: boolean;
  /** Whether it can be written. */
  readonly write: boolean;
  /** Version of the item's layout. */
  readonly version: number;
}

/** MNVQC's answer. @throws `DecodeError` */
export function decodeSupport(
  response: Uint8Array,
  device: string,
): NvSupport {
  needBytes(response, 8, "MNVQC", device);
  const word = readU32(response, HEADER_BYTES + 4);
  return {
    read: (word & 1) !== 0,
    write: (word & 2) !== 0,
    version: word >>> 4 & 0xf,
  };
}

/** Which values beside the next one a device tells. */
export interface NvAbilities {
  /** The default. */
  readonly default: boolean;
  /** What is in force. */
  readonly current: boolean;
}

/** MNVGC's answer. @throws `DecodeError` */
export function decodeAbilities(
  response: Uint8Array,
  device: string,
): NvAbilities {
  needBytes(response, 4, "MNVGC", device);
  const word = readU32(response, HEADER_BYTES);
  return { default: (word & 1) !== 0, current: (word & 2) !== 0 };
}

/** One step of MNVGN. @throws `DecodeError` */
export function decodeStored(
  response: Uint8Array,
  device: string,
): { readonly next: number; readonly item: NvItem | undefined } {
  needBytes(response, MNVGN_HEADER + NV_HEADER_BYTES, "MNVGN", device);
  const item = itemAt(response, HEADER_BYTES + MNVGN_HEADER, device);
  return {
    next: readU32(response, HEADER_BYTES),
    item: item.data.length === 0 ? undefined : item,
  };
}

function needBytes(
  response: Uint8Array,
  least: number,
  register: string,
  device: string,
): void {
  const length = response.length - HEADER_BYTES;
  if (length >= least) return;
  throw new DecodeError(
    `${register} answered ${
      Math.max(0, length)
    } bytes of register, not ${least}`,
    { device, hint: "Check the firmware version" },
  );
}
