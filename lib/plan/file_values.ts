/**
 * Values of a plan file, each read with its limits. What is wrong is a
 * `ModelError` of the reader; `file_read.ts` says it as an error of the plan.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { type ObjectReader, refuse } from "../model/reader.ts";
import { item, missing } from "../model/required.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { isPlainObject } from "../plain.ts";
import { MAX_RPC_LEN } from "../uapi/fwctl.ts";

export { flag, integer, object } from "../model/required.ts";

/** Most items of any list: steps, resources, images. */
export const MOST_ITEMS = 1_000_000;

/** Longest text, in characters; values as wide as an image are hex text. */
const MOST_TEXT = 2 * MAX_RPC_LEN;

/** Text that must be there. */
export function text(reader: ObjectReader, key: string): string {
  return asText(reader.raw(key), reader.path(key));
}

/** A value that must be text. */
export function asText(value: PlainData | undefined, at: string): string {
  if (typeof value !== "string" || value.length > MOST_TEXT) {
    refuse(at, "must be text");
  }
  return value;
}

/** Text or null. */
export function textOrNull(reader: ObjectReader, key: string): string | null {
  const value = reader.raw(key);
  return value === null ? null : asText(value, reader.path(key));
}

/** One of a few texts. */
export function choice<T extends string>(
  reader: ObjectReader,
  key: string,
  choices: readonly T[],
): T {
  return reader.choice(key, choices) ?? missing(reader, key);
}

/** Bytes from hex digits. */
export function hex(reader: ObjectReader, key: string): Bytes {
  return asHex(reader.raw(key), reader.path(key));
}

/** A value that must be hex digits: bytes of a request or an image. */
export function asHex(value: PlainData | undefined, at: string): Bytes {
  if (
    typeof value !== "string" || value.length > 2 * MAX_RPC_LEN ||
    value.length % 2 !== 0 || /[^0-9a-f]/.test(value)
  ) refuse(at, "must be bytes as lower-case hex digits");
  return Uint8Array.fromHex(value);
}

/** A list whose items are read one by one. */
export function list<T>(
  reader: ObjectReader,
  key: string,
  read: (item: PlainData, at: string, index: number) => T,
): T[] {
  const items = reader.list(key, MOST_ITEMS) ?? missing(reader, key);
  const path = reader.path(key);
  return items.map((item, index) => read(item, `${path}[${index}]`, index));
}

/** A list of objects, every key of which is asked for. */
export function objects<T>(
  reader: ObjectReader,
  key: string,
  read: (item: ObjectReader, index: number) => T,
): T[] {
  return list(
    reader,
    key,
    (value, at, index) => item(value, at, (one) => read(one, index)),
  );
}

/** An object of any plain data. */
export function anything(reader: ObjectReader, key: string): PlainObject {
  const value = reader.raw(key);
  if (!isPlainObject(value)) refuse(reader.path(key), "must be an object");
  return value;
}

/** An object of values of one kind. */
export function record<T>(
  reader: ObjectReader,
  key: string,
  read: (value: PlainData | undefined, at: string) => T,
): Record<string, T> {
  const at = reader.path(key);
  return Object.fromEntries(
    Object.entries(anything(reader, key)).map(([name, value]) => [
      name,
      read(value, `${at}.${name.slice(0, 64)}`),
    ]),
  );
}
