/**
 * Payloads of pds operations by their fields, as an endpoint map lays them out.
 *
 * @module
 */
import {
  readBigBits,
  readWide,
  writeBits,
  writeWide,
} from "../../lib/bits/bits.ts";
import { type Bytes, fromHex, toHex } from "../../lib/bytes.ts";
import { UsageError } from "../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { didYouMean } from "../../lib/suggest.ts";

/** What a field holds. Numbers are little endian. */
export type FieldType = "uint" | "int" | "text" | "hex";

/** One field of a payload. */
export interface PayloadField {
  /** Its name. */
  readonly name: string;
  /** `text` is padded with NUL, `hex` is bytes as they are. */
  readonly type: FieldType;
  /** First bit, counted from the least significant bit of byte 0. */
  readonly bit: number;
  /** Width in bits: at most 64 for numbers, whole bytes for the others. */
  readonly width: number;
  /** Names of its values, or nothing. */
  readonly values: ReadonlyMap<string, number> | undefined;
  /** Least value of a number; as the type has it unless the map says so. */
  readonly min: bigint;
  /** Largest value of a number. */
  readonly max: bigint;
  /** What it is when nothing is given; undefined means that it must be given. */
  readonly default: PlainData | undefined;
  /** Unit for people, such as `ms`, or "". */
  readonly unit: string;
}

/** A payload. */
export interface PayloadLayout {
  /** Its bytes. */
  readonly size: number;
  /** In the map's order. */
  readonly fields: readonly PayloadField[];
}

/** A payload and what its fields were given, for people. */
export interface EncodedPayload {
  readonly bytes: Bytes;
  readonly values: readonly { name: string; value: number | string }[];
}

/**
 * A payload from values by field name: numbers, names of values, numbers as
 * text (`0x1f`), text, hex digits. Bytes no field covers are 0.
 *
 * @throws `UsageError` naming the field that is unknown, missing or out of range
 */
export function encodePayload(
  layout: PayloadLayout,
  given: PlainObject,
): EncodedPayload {
  const names = layout.fields.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new UsageError(`there is no field "${name.slice(0, 64)}"`, {
      hint: didYouMean(name, names) ??
        (names.length === 0 ? "It has none" : `It has ${names.join(", ")}`),
    });
  }
  const bytes = new Uint8Array(layout.size);
  const values = layout.fields.map((field) => {
    const value = Object.hasOwn(given, field.name)
      ? given[field.name]
      : field.default;
    if (value === undefined) {
      throw new UsageError(`field ${field.name} is missing`, {
        hint: `Give ${describeField(field)}`,
      });
    }
    writeField(bytes, field, value);
    return { name: field.name, value: shown(readField(bytes, field)) };
  });
  return { bytes, values };
}

/** A value as an action's argument: numbers and text, enums by name. */
function shown(value: PlainData): number | string {
  return typeof value === "number" || typeof value === "string"
    ? value
    : JSON.stringify(value);
}

/** What a field takes, for people. */
export function describeField(
  { name, type, values, min, max, width, unit }: PayloadField,
): string {
  if (values) return `${name}: one of ${[...values.keys()].join(", ")}`;
  if (type === "text") return `${name}: text of at most ${width / 8} bytes`;
  if (type === "hex") return `${name}: ${width / 8} bytes as hex digits`;
  return `${name}: ${min} to ${max}${unit === "" ? "" : ` ${unit}`}`;
}

/**
 * Writes one field.
 *
 * @throws `UsageError` naming the field
 */
export function writeField(
  bytes: Bytes,
  field: PayloadField,
  value: PlainData,
): void {
  if (field.type === "text" || field.type === "hex") {
    writeWide(bytes, field.bit, field.width, wideValue(field, value), "little");
    return;
  }
  const number = numberOf(field, value);
  if (number < field.min || number > field.max) refuse(field, value);
  const raw = number < 0n ? number + (1n << BigInt(field.width)) : number;
  writeBits(bytes, field.bit, field.width, raw, "little");
}

function wideValue(field: PayloadField, value: PlainData): Bytes {
  const size = field.width / 8;
  if (typeof value !== "string") return refuse(field, value);
  const whole = new Uint8Array(size);
  if (field.type === "text") {
    const text = new TextEncoder().encode(value);
    // A NUL inside would read back as another text.
    if (text.length > size || text.includes(0)) refuse(field, value);
    whole.set(text);
    return whole;
  }
  let digits: Bytes;
  try {
    digits = fromHex(value);
  } catch {
    return refuse(field, value);
  }
  return digits.length === size ? digits : refuse(field, value);
}

function numberOf(field: PayloadField, value: PlainData): bigint {
  const { values } = field;
  const named = typeof value === "string" ? values?.get(value) : undefined;
  if (named !== undefined) return BigInt(named);
  const number = typeof value === "string"
    ? /^(0x[0-9a-f]{1,16}|-?\d{1,20})$/i.test(value) ? BigInt(value) : undefined
    : typeof value === "number" && Number.isSafeInteger(value)
    ? BigInt(value)
    : undefined;
  if (number === undefined) return refuse(field, value);
  // Where the map names the values, another number is a mistake.
  const known = !values ||
    [...values.values()].some((each) => BigInt(each) === number);
  return known ? number : refuse(field, value);
}

function refuse(field: PayloadField, value: PlainData): never {
  const text = JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  throw new UsageError(`field ${field.name} cannot be ${short}`, {
    hint: (typeof value === "string" && field.values
      ? didYouMean(value, field.values.keys())
      : undefined) ?? `Give ${describeField(field)}`,
  });
}

/**
 * Reads one field: a number, hex text for one above 2^53, the name of a value.
 *
 * @throws `DecodeError` when it is not within the bytes
 */
export function readField(bytes: Uint8Array, field: PayloadField): PlainData {
  const { type, bit, width } = field;
  if (type === "hex" || type === "text") {
    const wide = readWide(bytes, bit, width, "little");
    return type === "hex" ? toHex(wide) : textOf(wide);
  }
  const raw = readBigBits(bytes, bit, width, "little");
  const value = type === "int" && raw >> BigInt(width - 1) !== 0n
    ? raw - (1n << BigInt(width))
    : raw;
  const number = Number(value);
  for (const [name, named] of field.values ?? []) {
    if (named === number) return name;
  }
  return Number.isSafeInteger(number)
    ? number
    : value < 0n
    ? String(value)
    : `0x${value.toString(16)}`;
}

/** Printable ASCII up to the first NUL; anything else as hex, so that a terminal is safe. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  return used.every((byte) => byte >= 0x20 && byte < 0x7f)
    ? String.fromCharCode(...used)
    : `0x${toHex(bytes)}`;
}

/** Fields of a payload that are within it, and the names of those that are not. */
export function decodePayload(
  layout: PayloadLayout,
  bytes: Uint8Array,
): { fields: PlainObject; missing: string[] } {
  const fields: Record<string, PlainData> = {};
  const missing: string[] = [];
  for (const field of layout.fields) {
    if (field.bit + field.width > bytes.length * 8) missing.push(field.name);
    else fields[field.name] = readField(bytes, field);
  }
  return { fields, missing };
}
