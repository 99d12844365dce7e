/**
 * Values of a recording, each read with its limits. What is wrong is a
 * `ModelError` of the reader; `read.ts` says it as an error of the recording.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { type ObjectReader, refuse } from "../model/reader.ts";
import { integer, item, missing, object } from "../model/required.ts";
import type { PlainData } from "../plain.ts";
import { MAX_RPC_LEN } from "../uapi/fwctl.ts";
import { MOST_TEXT, type RecordedError } from "./types.ts";

export { flag, integer, missing, object } from "../model/required.ts";

/** Text that must be there. */
export function text(reader: ObjectReader, key: string): string {
  return reader.text(key) ?? missing(reader, key);
}

/** Text or null. */
export function textOrNull(reader: ObjectReader, key: string): string | null {
  return nullable(reader, key, text);
}

/** Milliseconds. */
export function moment(reader: ObjectReader, key: string): number {
  const value = reader.raw(key);
  if (typeof value !== "number" || !(value >= 0 && value < 2 ** 53)) {
    refuse(reader.path(key), "must be milliseconds");
  }
  return value;
}

/** Bytes as hex digits. */
export function hex(reader: ObjectReader, key: string, most: number): Bytes {
  const value = reader.raw(key);
  if (
    typeof value !== "string" || value.length > 2 * most ||
    value.length % 2 !== 0 || /[^0-9a-f]/.test(value)
  ) {
    refuse(
      reader.path(key),
      `must be at most ${most} bytes as lower-case hex digits`,
    );
  }
  return Uint8Array.fromHex(value);
}

/** The same where it need not be there. */
export function hexOrNothing(
  reader: ObjectReader,
  key: string,
  most: number,
): Bytes | undefined {
  return reader.raw(key) === undefined ? undefined : hex(reader, key, most);
}

/** Names or lines. */
export function texts(
  reader: ObjectReader,
  key: string,
  mostItems: number,
  most = MOST_TEXT,
): string[] {
  const items = reader.list(key, mostItems) ?? missing(reader, key);
  return items.map((item, index) => {
    if (typeof item === "string" && item.length <= most) return item;
    return refuse(`${reader.path(key)}[${index}]`, "must be text");
  });
}

/** A list of objects, every key of which is asked for. */
export function objects<T>(
  reader: ObjectReader,
  key: string,
  most: number,
  read: (item: ObjectReader) => T,
): T[] {
  const items = reader.list(key, most) ?? missing(reader, key);
  return items.map((value, index) =>
    item(value, `${reader.path(key)}[${index}]`, read)
  );
}

/** An object of which every key is asked for, or null. */
export function objectOrNull<T>(
  reader: ObjectReader,
  key: string,
  read: (member: ObjectReader) => T,
): T | null {
  return nullable(reader, key, (reader, key) => object(reader, key, read));
}

/** A refusal where there is one. */
export function refusal(reader: ObjectReader): RecordedError | undefined {
  if (reader.raw("error") === undefined) return undefined;
  return object(reader, "error", (error) => {
    const hint = error.text("hint");
    const device = error.text("device");
    return {
      errno: integer(error, "errno", { min: 1, max: 4095 }),
      call: text(error, "call"),
      message: text(error, "message"),
      ...(hint === undefined ? {} : { hint }),
      ...(device === undefined ? {} : { device }),
    };
  });
}

/** Most bytes of a buffer: a request or a response. */
export const MOST_BUFFER: number = MAX_RPC_LEN;

function nullable<T>(
  reader: ObjectReader,
  key: string,
  read: (reader: ObjectReader, key: string) => T,
): T | null {
  const value: PlainData | undefined = reader.raw(key);
  return value === null ? null : read(reader, key);
}
