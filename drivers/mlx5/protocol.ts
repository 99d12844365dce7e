/**
 * The mlx5 command interface: requests and responses as bytes.
 *
 * All words are big endian. A request starts with opcode (bytes 0-1), uid (2-3,
 * overwritten by the kernel), op_mod (6-7); a response with status (byte 0) and
 * syndrome (4-7). Source: include/linux/mlx5/mlx5_ifc.h and the public
 * programmer's reference manual.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { DecodeError } from "../../lib/errors.ts";

/** Bytes of mbox_in_hdr and of mbox_out_hdr: nothing shorter is sent. */
export const HEADER_BYTES = 16;

/** Opcodes this library sends itself; all others are in the tables. */
export const OPCODE = {
  QUERY_HCA_CAP: 0x100,
  SET_HCA_CAP: 0x109,
  ACCESS_REG: 0x805,
} as const;

/** Bytes of a capability image: union hca_cap_union. */
export const CAP_BYTES = 4096;
/** Bytes of query_hca_cap_out and of set_hca_cap_in. */
export const CAP_MESSAGE_BYTES: number = HEADER_BYTES + CAP_BYTES;

/** Which of the two stores QUERY_HCA_CAP reads: op_mod bit 0. */
export type CapMode = "maximum" | "current";

/** opcode of a request; 0 when it is too short. */
export function opcodeOf(request: Uint8Array): number {
  return readU16(request, 0);
}

/** op_mod of a request; 0 when it is too short. */
export function opModOf(request: Uint8Array): number {
  return readU16(request, 6);
}

/** Big-endian 16 bits at a byte offset; bytes past the end are 0. */
export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Big-endian 32 bits, unsigned, at a byte offset; bytes past the end are 0. */
export function readU32(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) * 0x10000 + readU16(bytes, at + 2);
}

/** Writes big-endian 16 bits; what is past the end is dropped. */
export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

/** A zeroed request of `length` bytes with opcode and op_mod filled in. */
export function newRequest(
  opcode: number,
  opMod: number,
  length: number = HEADER_BYTES,
): Bytes {
  const request = new Uint8Array(length);
  writeU16(request, 0, opcode);
  writeU16(request, 6, opMod);
  return request;
}

/** Marks a capability request as being about another function (bit 64) by its id (bytes 10-11). */
function addressFunction(request: Uint8Array, functionId: number): void {
  request[8] = 0x80;
  writeU16(request, 10, functionId);
}

/**
 * query_hca_cap_in: op_mod is the type shifted left by one, bit 0 set for the
 * current values. `functionId` undefined means the device's own function.
 */
export function queryHcaCap(
  capType: number,
  mode: CapMode,
  functionId?: number,
): Bytes {
  const request = newRequest(
    OPCODE.QUERY_HCA_CAP,
    (capType << 1) | (mode === "current" ? 1 : 0),
  );
  if (functionId !== undefined) addressFunction(request, functionId);
  return request;
}

/** The 16 bytes before the capability image in set_hca_cap_in, for another function. */
export function setHcaCapHeader(capType: number, functionId: number): Bytes {
  const header = newRequest(OPCODE.SET_HCA_CAP, capType << 1);
  addressFunction(header, functionId);
  return header;
}

/** access_register_in that reads `length` bytes of a register (op_mod 1). */
export function readRegister(registerId: number, length: number): Bytes {
  const request = newRequest(OPCODE.ACCESS_REG, 1, HEADER_BYTES + length);
  writeU16(request, 10, registerId);
  return request;
}

/** FWCTL_INFO's `struct fwctl_info_mlx5`: two words in the CPU's (little-endian) order. */
export function decodeInfo(
  data: Bytes,
): { readonly uid: number; readonly uctx_caps: number } {
  if (data.length < 8) {
    throw new DecodeError(
      `FWCTL_INFO gave ${data.length} bytes, an mlx5 device gives 8`,
      { hint: "Check that the device is an mlx5 one: fwctl list" },
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return {
    uid: view.getUint32(0, true),
    uctx_caps: view.getUint32(4, true),
  };
}

/** FWCTL_INFO's data for people. */
export function describeInfo(info: Readonly<Record<string, number>>): string[] {
  const tools =
    ((info.uctx_caps ?? 0) & MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES) !== 0;
  return [
    `uid ${info.uid ?? 0}`,
    tools ? "tools resources" : "no tools resources",
  ];
}

/** uctx_caps bit: the firmware lets the context act on the whole device. */
export const MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES = 0x4;
