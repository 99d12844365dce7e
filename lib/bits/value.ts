/**
 * The values decoding gives and encoding takes.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { PlainData } from "../plain.ts";
import { toHex } from "../bytes.ts";

/**
 * A field's value by its width: at most 32 bits a number, at most 64 a bigint,
 * above that bytes as `readWide` gives them. An array of 8-bit elements is
 * bytes, any other array a list; a nested structure is an object; a union is
 * the bytes it covers, unless one of its members was chosen: then an object
 * with that member alone.
 */
export type FieldValue =
  | number
  | bigint
  | Bytes
  | readonly FieldValue[]
  | FieldValues;

/** Values by field name. */
export interface FieldValues {
  /** A field. */
  readonly [name: string]: FieldValue;
}

/** What a field is widened to in `encode`: any exact form of its value. */
export type FieldInput =
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly FieldInput[]
  | FieldInputs;

/** Values by field name; a field that is not named stays as it is. */
export interface FieldInputs {
  /** A field. */
  readonly [name: string]: FieldInput;
}

/**
 * A value as JSON can hold it: bytes as hex digits, and a bigint that a number
 * cannot hold exactly as `0x` and hex digits.
 */
export function toPlain(value: FieldValue): PlainData {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") {
    return value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : `0x${value.toString(16)}`;
  }
  if (value instanceof Uint8Array) return toHex(value);
  if (isList(value)) return value.map(toPlain);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, toPlain(one)]),
  );
}

/** `Array.isArray` that also narrows a read-only list. */
export function isList<T>(
  value: unknown | readonly T[],
): value is readonly T[] {
  return Array.isArray(value);
}
