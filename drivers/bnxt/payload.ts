/**
 * Requests with buffers: flat bytes here, a struct with addresses at the kernel.
 *
 * A flat request is the struct with 0 in place of every address, and behind it
 * what the firmware is to read; a flat response is the response and behind it
 * what the firmware filled, in the kernel's order. Every other request is what
 * it is. Source: drivers/fwctl/bnxt/main.c (Linux 7.3).
 *
 * @module
 */
import { type Bytes, concatBytes } from "../../lib/bytes.ts";
import { UsageError } from "../../lib/errors.ts";
import type { Frame } from "../driver.ts";
import { OUTPUT_BYTES, reqTypeOf, RESPONSE_BYTES } from "./protocol.ts";
import {
  bufferBytes,
  type BufferCommand,
  type BufferMember,
  buffersOf,
  MAX_BUFFER_BYTES,
} from "./tables/buffers.ts";

/** What is filled, and where it begins in a flat response. */
export interface Filled {
  /** Which of the request's buffers it is. */
  readonly member: BufferMember;
  /** The bytes. */
  readonly bytes: Bytes;
}

/** Bytes that the firmware is to fill, behind the response; 0 for a request without buffers. */
export function filledBytes(request: Uint8Array): number {
  const { buffers = [] } = buffersOf(reqTypeOf(request)) ?? {};
  return buffers.reduce(
    (sum, buffer) => buffer.reads ? sum : sum + bufferBytes(request, buffer),
    0,
  );
}

/** Room for the flat response of a request. */
export function roomFor(request: Uint8Array): number {
  return RESPONSE_BYTES + filledBytes(request);
}

/**
 * What the firmware filled, from a flat response; none for a request without
 * buffers, or where the response is too short to hold them.
 */
export function filledOf(request: Uint8Array, response: Bytes): Filled[] {
  let at = response.length - filledBytes(request);
  if (at < OUTPUT_BYTES) return [];
  const { buffers = [] } = buffersOf(reqTypeOf(request)) ?? {};
  return buffers.filter(({ reads }) => !reads).map((member) => {
    const from = at;
    at += bufferBytes(request, member);
    return { member, bytes: response.subarray(from, at) };
  });
}

/** A flat response without what the firmware filled. */
export function withoutFilled(request: Uint8Array, response: Bytes): Bytes {
  const end = response.length - filledBytes(request);
  return end < OUTPUT_BYTES ? response : response.subarray(0, end);
}

/**
 * A flat request from its struct and what the firmware is to read. The length of
 * that is written into the struct unless it stands there. An option for NVM may
 * be as short as its bits: the kernel wants a byte for each, so zeros follow.
 *
 * @throws `UsageError` when the struct says another length, or what is to be read
 *   is none of the command's, too long or no whole number of units
 */
export function withPayload(struct: Bytes, payload: Uint8Array): Bytes {
  const named = buffersOf(reqTypeOf(struct));
  const read = named?.buffers.find(({ reads }) => reads);
  if (!named || !read) {
    if (payload.length === 0) return struct;
    throw new UsageError(
      `${named?.name ?? "The command"} has no buffer that the firmware reads`,
      { hint: "Leave the payload out" },
    );
  }
  const whole = named.name === "NVM_SET_VARIABLE"
    ? byteForEachBit(struct, read, payload)
    : payload;
  return concatBytes(sized(struct, named, read, whole.length), whole);
}

/** See tables/nvm_variables.ts. Without a width all bits of the value count. */
function byteForEachBit(
  struct: Uint8Array,
  read: BufferMember,
  value: Uint8Array,
): Uint8Array {
  const bits = bufferBytes(struct, read) || 8 * value.length;
  if (value.length === 0 || Math.ceil(bits / 8) !== value.length) return value;
  const whole = new Uint8Array(bits);
  whole.set(value);
  return whole;
}

/** The struct with the length of what is read in it. */
function sized(
  struct: Bytes,
  { name, size }: BufferCommand,
  read: BufferMember,
  length: number,
): Bytes {
  const { unit } = read;
  const most = Math.min(
    MAX_BUFFER_BYTES,
    unit * (2 ** (8 * (read.length?.width ?? 4)) - 1),
  );
  if (length === 0 || length > most || length % unit !== 0) {
    throw new UsageError(
      `The payload of ${name} has ${length} bytes`,
      {
        hint: `The kernel takes 1 to ${most} bytes${
          unit === 1 ? "" : `, in units of ${unit}`
        }`,
      },
    );
  }
  const stated = bufferBytes(struct, read);
  if (stated !== 0 && stated !== length) {
    throw new UsageError(
      `${read.length?.name} of ${name} says ${stated} bytes, but the payload has ${length}`,
      { hint: "Leave it 0: it is filled in" },
    );
  }
  const own = new Uint8Array(size);
  own.set(struct.subarray(0, size));
  const { offset = 0, width = 0 } = read.length ?? {};
  for (let i = 0; i < width; i++) {
    own[offset + i] = Math.floor(length / unit / 0x100 ** i);
  }
  return own;
}

/**
 * A flat message as the kernel takes it.
 *
 * @param capacity room for the flat response: the response and what is filled
 * @throws `UsageError` when a request with buffers has another length than its
 *   struct and what is read, carries an address, or names no length
 */
export function frame(message: Bytes, capacity: number): Frame {
  const named = buffersOf(reqTypeOf(message));
  if (!named || message.length < 2) {
    return {
      request: message,
      capacity,
      references: [],
      unframe: (response) => response,
    };
  }
  const { name, size, buffers } = named;
  if (message.length < size) {
    throw new UsageError(
      `A request of ${name} has ${size} bytes, not ${message.length}`,
      { hint: "The kernel takes exactly the bytes of its struct" },
    );
  }
  for (const { name: member, address } of buffers) {
    if (message.subarray(address, address + 8).every((byte) => byte === 0)) {
      continue;
    }
    throw new UsageError(`${member} of ${name} is an address and must be 0`, {
      hint: "Put what the firmware is to read behind the request instead",
    });
  }
  const flat = buffers.some(({ reads }) => reads) || message.length > size
    ? withPayload(message.slice(0, size), message.subarray(size))
    : message;
  const request = flat.slice(0, size);
  const references = buffers.map((member) => ({
    at: member.address,
    fills: !member.reads,
    buffer: member.reads
      ? flat.slice(size)
      : new Uint8Array(lengthToFill(name, request, member)),
  }));
  const room = capacity - filledBytes(request);
  if (!Number.isInteger(capacity) || room < OUTPUT_BYTES) {
    throw new UsageError(
      `Room for ${capacity} bytes is not enough for a response and what ${name} fills`,
      { hint: `Give room for ${roomFor(request)} bytes` },
    );
  }
  return {
    request,
    capacity: room,
    references: references.map(({ at, buffer }) => ({ at, buffer })),
    unframe: (response) =>
      concatBytes(
        response,
        ...references.filter(({ fills }) => fills).map(({ buffer }) => buffer),
      ),
  };
}

function lengthToFill(
  name: string,
  request: Uint8Array,
  member: BufferMember,
): number {
  const length = bufferBytes(request, member);
  if (length > 0 && length <= MAX_BUFFER_BYTES) return length;
  throw new UsageError(
    `${name} is to fill ${length} bytes, by its ${member.length?.name}`,
    {
      hint:
        `Give ${member.length?.name}: the kernel takes 1 to ${MAX_BUFFER_BYTES} bytes`,
    },
  );
}
