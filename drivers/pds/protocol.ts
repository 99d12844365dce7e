/**
 * pds messages: flat bytes here, struct fwctl_rpc_pds with two user pointers at
 * the kernel.
 *
 * A flat message is the 48 bytes of the struct and the request payload behind
 * them; a flat response is the 48 bytes and the response payload. All numbers
 * are little endian. Source: include/uapi/fwctl/pds.h (Linux 7.2).
 *
 * A message of exactly 48 bytes whose `in.len` is not 0 is a probe. It goes to
 * the kernel with a payload pointer of NULL: the kernel checks endpoint,
 * operation and scope, then fails to read the payload (EFAULT), so that nothing
 * reaches the firmware. Source: order of the checks in drivers/fwctl/pds/main.c.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../../lib/bytes.ts";
import { DecodeError, UsageError } from "../../lib/errors.ts";
import type { Frame } from "../driver.ts";
import { fwctl_rpc_pds } from "./tables/rpc.ts";

/** Bytes of struct fwctl_rpc_pds, before either payload. */
export const HEADER_BYTES = fwctl_rpc_pds.sizeof;
/**
 * Stands in `in.payload` and `out.payload` of a framed message until the
 * address of the buffer is written over it: so a framed message is never taken
 * for a probe, whose pointer is NULL.
 */
const POINTER_TO_COME = 1;

/** The 32-bit member at `offset`; 0 behind the end. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) | (bytes[offset + 1] ?? 0) << 8 |
    (bytes[offset + 2] ?? 0) << 16 | (bytes[offset + 3] ?? 0) << 24) >>> 0;
}

/** Writes a 32-bit member. */
export function writeU32(
  bytes: Uint8Array,
  offset: number,
  value: number,
): void {
  for (let i = 0; i < 4; i++) bytes[offset + i] = value >>> 8 * i & 0xff;
}

/** `in.ep`. */
export function endpointOf(message: Uint8Array): number {
  return readU32(message, fwctl_rpc_pds.in_ep.offset);
}

/** `in.op`: command in bits 0..15, version in bits 16..23. */
export function operationOf(message: Uint8Array): number {
  return readU32(message, fwctl_rpc_pds.in_op.offset);
}

/** `out.retval`. */
export function retvalOf(response: Uint8Array): number {
  return readU32(response, fwctl_rpc_pds.out_retval.offset);
}

/** A flat message. `operation` is command and version together. */
export function rpcMessage(
  endpoint: number,
  operation: number,
  payload: Uint8Array,
): Bytes {
  const header = new Uint8Array(HEADER_BYTES);
  writeU32(header, fwctl_rpc_pds.in_op.offset, operation);
  writeU32(header, fwctl_rpc_pds.in_ep.offset, endpoint);
  return concatBytes(header, payload);
}

/**
 * A probe. The kernel's number of the scope to ask at stands in `in.rsvd`,
 * where `classify` finds it; `frame` takes it away.
 */
export function probeMessage(
  endpoint: number,
  operation: number,
  scope: number,
): Bytes {
  const message = rpcMessage(endpoint, operation, new Uint8Array(0));
  writeU32(message, fwctl_rpc_pds.in_rsvd.offset, scope);
  writeU32(message, fwctl_rpc_pds.in_len.offset, 1);
  return message;
}

/** Whether a message is a probe, flat or framed. */
export function isProbe(message: Uint8Array): boolean {
  return message.length === HEADER_BYTES &&
    readU32(message, fwctl_rpc_pds.in_len.offset) !== 0 &&
    isNull(message, fwctl_rpc_pds.in_payload.offset);
}

/** A probe's scope as the kernel's number. */
export function probeScope(message: Uint8Array): number {
  return readU32(message, fwctl_rpc_pds.in_rsvd.offset);
}

function isNull(message: Uint8Array, offset: number): boolean {
  return readU32(message, offset) === 0 && readU32(message, offset + 4) === 0;
}

/**
 * A flat message as the kernel takes it.
 *
 * @param capacity room for the flat response: 48 bytes and the payload
 * @throws `UsageError` when it is shorter than 48 bytes, carries an address, or
 *   states other lengths than it has
 */
export function frame(message: Bytes, capacity: number): Frame {
  if (message.length < HEADER_BYTES) {
    throw new UsageError(
      `A pds message of ${message.length} bytes is shorter than its ${HEADER_BYTES}-byte header`,
      { hint: "Write struct fwctl_rpc_pds, then the request payload" },
    );
  }
  if (!Number.isInteger(capacity) || capacity < HEADER_BYTES) {
    throw new UsageError(
      `Room for ${capacity} bytes is less than the ${HEADER_BYTES}-byte header of a pds response`,
      { hint: `Ask for ${HEADER_BYTES} bytes and the response payload` },
    );
  }
  for (const member of ["in_payload", "out_payload"] as const) {
    if (!isNull(message, fwctl_rpc_pds[member].offset)) {
      throw new UsageError(
        `${
          member.replace("_", ".")
        } of a pds message is an address and must be 0`,
        { hint: "Put the payload behind the 48 bytes instead" },
      );
    }
  }
  return isProbe(message) ? frameProbe(message) : framePayloads(
    message,
    capacity - HEADER_BYTES,
  );
}

function frameProbe(message: Bytes): Frame {
  const request = message.slice();
  writeU32(request, fwctl_rpc_pds.in_rsvd.offset, 0);
  return {
    request,
    capacity: HEADER_BYTES,
    references: [],
    unframe: (response) => response,
  };
}

function framePayloads(message: Bytes, outLength: number): Frame {
  const payload = message.slice(HEADER_BYTES);
  stated(message, "in_len", payload.length);
  stated(message, "out_len", outLength);
  const request = message.slice(0, HEADER_BYTES);
  const out = new Uint8Array(outLength);
  writeU32(request, fwctl_rpc_pds.in_len.offset, payload.length);
  writeU32(request, fwctl_rpc_pds.out_len.offset, outLength);
  const references = [
    { at: fwctl_rpc_pds.in_payload.offset, buffer: payload },
    { at: fwctl_rpc_pds.out_payload.offset, buffer: out },
  ].filter(({ buffer }) => buffer.length > 0);
  for (const { at } of references) writeU32(request, at, POINTER_TO_COME);
  return {
    request,
    capacity: HEADER_BYTES,
    references,
    unframe: (response) => unframe(response, out),
  };
}

/** A length in the header is left 0 or right, never silently mended. */
function stated(
  message: Bytes,
  member: "in_len" | "out_len",
  length: number,
): void {
  const value = readU32(message, fwctl_rpc_pds[member].offset);
  if (value === 0 || value === length) return;
  throw new UsageError(
    `${
      member.replace("_", ".")
    } of the pds message is ${value}, but the payload has ${length} bytes`,
    { hint: "Leave it 0: it is filled in" },
  );
}

/** The kernel echoes our addresses, which mean nothing to anyone and differ from run to run. */
function unframe(response: Bytes, out: Bytes): Bytes {
  if (response.length < HEADER_BYTES) return response;
  const flat = concatBytes(response.subarray(0, HEADER_BYTES), out);
  flat.fill(
    0,
    fwctl_rpc_pds.in_payload.offset,
    fwctl_rpc_pds.out_retval.offset,
  );
  flat.fill(0, fwctl_rpc_pds.out_payload.offset, HEADER_BYTES);
  return flat;
}

/**
 * struct fwctl_info_pds: `uctx_caps`, or nothing where the kernel says nothing,
 * as Linux 7.2 does: its driver fills the struct and leaves the length 0.
 *
 * @throws `DecodeError` when it is neither
 */
export function decodeInfo(data: Bytes): Record<string, number> {
  if (data.length === 0) return {};
  if (data.length < 4) {
    throw new DecodeError(
      `FWCTL_INFO of pds has ${data.length} bytes, not 4`,
      { hint: "The kernel's driver is newer or broken; report it" },
    );
  }
  return { uctx_caps: readU32(data, 0) };
}

/** For people. */
export function describeInfo(
  info: Readonly<Record<string, number>>,
): readonly string[] {
  return info.uctx_caps === undefined
    ? []
    : [`uctx_caps 0x${info.uctx_caps.toString(16)}`];
}
