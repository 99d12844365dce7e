/**
 * UUIDs as text and as bytes. A CXL UUID's bytes lie in the order of its text.
 *
 * @module
 */
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";

const UUID =
  /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i;

/** Bytes of a UUID. */
export const UUID_LEN = 16;

/** Lower-case text with dashes of 16 bytes; what is missing reads as zero. */
export function uuidText(bytes: Uint8Array): string {
  const hex = toHex(bytes.subarray(0, UUID_LEN)).padEnd(32, "0");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]]
    .map(([from, to]) => hex.slice(from, to)).join("-");
}

/** A UUID's usual form, with or without dashes on the way in; undefined when it is none. */
export function asUuid(text: string): string | undefined {
  return UUID.test(text)
    ? uuidText(fromHex(text.replaceAll("-", "")))
    : undefined;
}

/** Its 16 bytes. `uuid` is what {@linkcode asUuid} gave. */
export function uuidBytes(uuid: string): Bytes {
  return fromHex(uuid.replaceAll("-", ""));
}
