/**
 * What is said between a served model and the processes that use it: frames of
 * a 32-bit length, a 32-bit length of a JSON head, the head, and buffers.
 * Lengths are little endian; the first counts all that follows it.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../../bytes.ts";
import { ModelError } from "../../errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../plain.ts";

/** Longest frame in bytes: a request and a response of 2 MiB each, and their payloads. */
export const MAX_FRAME: number = 16 << 20;
/** Most buffers of a frame. */
const MAX_BUFFERS = 64;

/** One message: a head, whose `buffers` gives the lengths, and the buffers. */
export interface Message {
  /** What is asked or answered. */
  readonly head: PlainObject;
  /** The buffers it speaks of. */
  readonly buffers: readonly Bytes[];
}

/** A message as a frame. */
export function encodeFrame({ head, buffers }: Message): Bytes {
  const json = new TextEncoder().encode(
    JSON.stringify({ ...head, buffers: buffers.map(({ length }) => length) }),
  );
  const lengths = new DataView(new ArrayBuffer(8));
  const size = buffers.reduce((sum, { length }) => sum + length, json.length);
  lengths.setUint32(0, 4 + size, true);
  lengths.setUint32(4, json.length, true);
  return concatBytes(new Uint8Array(lengths.buffer), json, ...buffers);
}

/** The length of a frame behind its first four bytes. @throws `ModelError` when it is absurd */
export function frameLength(first: Bytes): number {
  const length = new DataView(first.buffer, first.byteOffset, 4)
    .getUint32(0, true);
  if (length < 4 || length > MAX_FRAME) throw broken(`${length} bytes long`);
  return length;
}

/** The message in a frame without its first four bytes. @throws `ModelError` when it is none */
export function decodeFrame(frame: Bytes): Message {
  if (frame.length < 4) throw broken("cut short");
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const end = 4 + view.getUint32(0, true);
  if (end > frame.length) throw broken("cut short");
  let head: PlainData;
  try {
    head = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(frame.subarray(4, end)),
    );
  } catch {
    throw broken("no JSON");
  }
  if (!isPlainObject(head)) throw broken("no object");
  const { buffers: lengths, ...rest } = head;
  if (!Array.isArray(lengths) || lengths.length > MAX_BUFFERS) {
    throw broken("without the lengths of its buffers");
  }
  let at = end;
  const buffers = lengths.map((length: PlainData) => {
    if (
      typeof length !== "number" || !Number.isInteger(length) || length < 0 ||
      at + length > frame.length
    ) throw broken("wrong about its buffers");
    return frame.slice(at, at += length);
  });
  return { head: rest, buffers };
}

function broken(how: string): ModelError {
  return new ModelError(`A message of the served model is ${how}`, {
    hint: "Do both sides run the same version of fwctl?",
  });
}
