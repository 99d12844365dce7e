/**
 * Values of parameters: from what a person or a recipe writes, to bits and
 * back.
 *
 * @module
 */
import {
  readBits,
  readWide,
  writeBits,
  writeWide,
} from "../../../lib/bits/bits.ts";
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { DecodeError, UsageError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { NvField, NvRef, NvValue } from "./types.ts";

/** Widest number; anything wider is hex digits. */
const NUMBER_WIDTH = 32;

/** Where a parameter is in its item's data. */
export function placeOf({ field, element }: NvRef): {
  readonly bit: number;
  readonly width: number;
} {
  return { bit: field.bit + element * field.width, width: field.width };
}

function isText(field: NvField): boolean {
  return field.type === "string";
}

function isNumber({ type, width }: NvField): boolean {
  return width <= NUMBER_WIDTH && type !== "string" && type !== "bytes";
}

/** A field's bits as a number, for expressions; undefined when it is none or not there. */
export function numberIn(
  data: Uint8Array,
  field: NvField,
): number | undefined {
  if (!isNumber(field) || field.bit + field.width > 8 * data.length) {
    return undefined;
  }
  return readBits(data, field.bit, field.width);
}

/**
 * A parameter's value in an item's data.
 *
 * @throws {DecodeError} when the data is too short for it
 */
export function valueIn(data: Uint8Array, ref: NvRef): NvValue {
  const { field } = ref;
  const { bit, width } = placeOf(ref);
  if (bit + width > 8 * data.length) {
    throw new DecodeError(
      `${ref.label} ends at bit ${
        bit + width
      }, but the device's ${field.tlv} has ${data.length} bytes`,
      { hint: "The firmware has an older layout of the item" },
    );
  }
  if (!isNumber(field)) {
    const bytes = readWide(data, bit, width);
    return isText(field) ? textOf(bytes) : toHex(bytes);
  }
  const raw = readBits(data, bit, width);
  if (field.type === "int" && raw >= 2 ** (width - 1)) return raw - 2 ** width;
  return field.type === "enum" ? enumText(field, raw) : raw;
}

/** Writes a value into an item's data; the bits around it stay. */
export function putValue(data: Uint8Array, ref: NvRef, value: NvValue): void {
  const { bit, width } = placeOf(ref);
  if (isNumber(ref.field)) {
    const raw = rawNumber(ref.field, value);
    writeBits(data, bit, width, raw < 0 ? raw + 2 ** width : raw);
    return;
  }
  const bytes = new Uint8Array((width + 7) >> 3);
  bytes.set(
    isText(ref.field)
      ? new TextEncoder().encode(String(value))
      : fromHex(String(value)),
  );
  writeWide(data, bit, width, bytes);
}

/** The number behind a value; 0 for what is none. */
export function rawNumber(field: NvField, value: NvValue): number {
  if (typeof value === "number") return value;
  return field.values.get(value) ?? (/^\d+$/.test(value) ? Number(value) : 0);
}

/** The names of a field's values and its unit, for people. */
export function domainOf(field: NvField): string {
  if (field.type === "bool") return "0 or 1";
  if (field.values.size > 0) {
    return [...field.values.keys()].join(", ");
  }
  if (isText(field)) return `text of at most ${field.width >> 3} bytes`;
  if (!isNumber(field)) return `${(field.width + 7) >> 3} bytes as hex digits`;
  return numberRange(field)?.join(" to ") ?? "";
}

/** Least and greatest number of a field's width; undefined for all that is no plain number. */
export function numberRange(
  field: NvField,
): readonly [least: number, most: number] | undefined {
  if (!isNumber(field)) return undefined;
  if (field.type === "bool" || field.type === "enum") return undefined;
  const half = 2 ** (field.width - 1);
  return field.type === "int" ? [-half, half - 1] : [0, 2 * half - 1];
}

/**
 * Checks a value and gives it the form it is compared in: enums by name,
 * numbers as numbers, bytes as lower-case hex digits.
 *
 * @throws {UsageError} naming the parameter and what it takes
 */
export function checkedValue(ref: NvRef, given: PlainData): NvValue {
  const { field, label } = ref;
  const wrong = (hint?: string): never => {
    throw new UsageError(
      `${label}: ${
        JSON.stringify(given)?.slice(0, 80)
      } is not one of its values`,
      {
        hint: hint ??
          `It takes ${domainOf(field)}${field.unit && ` (${field.unit})`}`,
      },
    );
  };
  if (isText(field)) {
    const text = typeof given === "string" ? given : wrong();
    const bytes = new TextEncoder().encode(text);
    return bytes.length > field.width >> 3 || text.includes("\0")
      ? wrong()
      : text;
  }
  if (!isNumber(field)) {
    const text = typeof given === "string"
      ? given.toLowerCase().replace(/^0x/, "")
      : wrong();
    return /^[0-9a-f]*$/.test(text) && text.length === field.width + 7 >> 3 << 1
      ? text
      : wrong();
  }
  if (typeof given === "boolean") {
    return field.type === "bool" ? Number(given) : wrong();
  }
  if (typeof given === "string") {
    if (field.values.has(given)) return given;
    // As the vendor's tool prints it: ETH(2), True(1).
    const printed = /^(\w+)\((\d+)\)$/.exec(given);
    if (printed && meansTheSame(field, printed[1] ?? "", Number(printed[2]))) {
      return checkedValue(ref, Number(printed[2]));
    }
    const upper = [...field.values.keys()].find((name) =>
      name.toUpperCase() === given.toUpperCase()
    );
    if (upper !== undefined) return upper;
    if (field.type === "bool" && /^(true|false)$/i.test(given)) {
      return given.toLowerCase() === "true" ? 1 : 0;
    }
    if (!/^(\d+|0x[0-9a-f]+)$/i.test(given)) {
      return wrong(didYouMean(given, field.values.keys()));
    }
  }
  const number = Number(given);
  const least = field.type === "int" ? -(2 ** (field.width - 1)) : 0;
  const most = field.type === "int"
    ? 2 ** (field.width - 1) - 1
    : 2 ** field.width - 1;
  if (
    given === null || typeof given === "object" || !Number.isInteger(number) ||
    number < least || number > most
  ) return wrong();
  if (field.type !== "enum") return number;
  const name = enumText(field, number);
  return typeof name === "string" ? name : wrong();
}

function meansTheSame(field: NvField, name: string, number: number): boolean {
  return field.type === "bool"
    ? name === (number === 1 ? "True" : number === 0 ? "False" : "")
    : field.values.get(name) === number;
}

function enumText(field: NvField, raw: number): NvValue {
  for (const [name, value] of field.values) if (value === raw) return name;
  return raw;
}

/** Text up to the first zero; bytes that are no printable ASCII make it hex. */
function textOf(bytes: Bytes): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  return text.every((byte) => byte >= 0x20 && byte < 0x7f)
    ? String.fromCharCode(...text)
    : toHex(bytes);
}
