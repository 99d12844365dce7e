/**
 * Values of a document that must be there, whatever document it is: a plan file,
 * a recording. What is wrong is a `ModelError` of the reader.
 *
 * @module
 */
import type { PlainData } from "../plain.ts";
import {
  asInteger,
  type IntegerLimits,
  ObjectReader,
  refuse,
} from "./reader.ts";

/** Refuses an object without a key. */
export function missing(reader: ObjectReader, key: string): never {
  return refuse(reader.path(key), "is missing");
}

/** A whole number within limits. */
export function integer(
  reader: ObjectReader,
  key: string,
  limits: IntegerLimits = {},
): number {
  return asInteger(reader.raw(key), reader.path(key), limits);
}

/** True or false. */
export function flag(reader: ObjectReader, key: string): boolean {
  return reader.flag(key) ?? missing(reader, key);
}

/** An object of which every key is asked for. */
export function object<T>(
  reader: ObjectReader,
  key: string,
  read: (member: ObjectReader) => T,
): T {
  return whole(reader.object(key) ?? missing(reader, key), read);
}

/** An item of a list: an object of which every key is asked for. */
export function item<T>(
  value: PlainData,
  at: string,
  read: (item: ObjectReader) => T,
): T {
  return whole(new ObjectReader(value, at), read);
}

function whole<T>(reader: ObjectReader, read: (reader: ObjectReader) => T): T {
  const result = read(reader);
  reader.end();
  return result;
}
