/**
 * The fields of a feature's data: where they are, how they are read and
 * written, and how they stand in a plan.
 *
 * Numbers are little endian; bit 0 is the least significant bit of byte 0.
 *
 * @module
 */
import {
  readBits,
  readWide,
  writeBits,
  writeWide,
} from "../../lib/bits/mod.ts";
import { type Bytes, fromHex, toHex } from "../../lib/bytes.ts";
import type { ChangeValue } from "../driver.ts";

/** One field of a feature's data. */
export interface FeatureField {
  /** `a.b` or `frus[1].mode` where it is nested. */
  readonly name: string;
  /** First bit, from bit 0 of byte 0. */
  readonly bit: number;
  /** In bits. */
  readonly width: number;
  /** `bytes` is shown as hex in the order of the bytes, all others as numbers. */
  readonly type: "number" | "bytes";
  /** Names of values. */
  readonly values?: Readonly<Record<string, number>>;
  /** Smallest value that may be set. */
  readonly min?: number;
  /** Largest value that may be set. */
  readonly max?: number;
  /** One sentence, or "". */
  readonly help: string;
}

/** The fields of a feature's data in one direction. */
export interface FeatureLayout {
  /** Bytes of the data; undefined means whatever the device's entry says. */
  readonly size: number | undefined;
  /** In order of their offset. */
  readonly fields: readonly FeatureField[];
}

/** What is known of a feature's data. */
export interface FeatureSchema {
  /** What it is called: `patrol_scrub`. */
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** One sentence, or "". */
  readonly help: string;
  /** What Get Feature gives. */
  readonly get: FeatureLayout;
  /** What Set Feature takes where it is another layout: each field is in `get` too. */
  readonly set: FeatureLayout | undefined;
}

/** Widest field that is a number: above, a value is hex text. */
const NUMBER_BITS = 53;

/** First byte behind a field. */
export function endOf({ bit, width }: FeatureField): number {
  return (bit + width + 7) >> 3;
}

/** Whether all of a field lies in so many bytes. */
export function within(field: FeatureField, bytes: number): boolean {
  return endOf(field) <= bytes;
}

/**
 * A field's value: a number, hex with 0x for wider ones, hex digits for bytes.
 * The field must lie within `data`.
 */
export function readField(
  data: Uint8Array,
  { bit, width, type }: FeatureField,
): ChangeValue {
  if (type === "bytes") return toHex(readWide(data, bit, width, "little"));
  if (width <= NUMBER_BITS) return readBits(data, bit, width, "little");
  const wide = readWide(data, bit, width, "little");
  return `0x${toHex(wide.reverse()).replace(/^0+(?=.)/, "")}`;
}

/** A field's value for people: an enum's name where the value has one. */
export function shownField(data: Uint8Array, field: FeatureField): ChangeValue {
  return nameOf(field, readField(data, field));
}

/** The name of a value, or the value. */
export function nameOf(
  { values }: FeatureField,
  value: ChangeValue,
): ChangeValue {
  if (values === undefined) return value;
  return Object.keys(values).find((name) => values[name] === value) ?? value;
}

/** Writes what {@linkcode checkValue} or {@linkcode readField} gave. The field must lie within `data`. */
export function writeField(
  data: Uint8Array,
  { bit, width, type }: FeatureField,
  value: ChangeValue,
): void {
  if (type === "bytes") {
    writeWide(data, bit, width, fromHex(String(value)), "little");
  } else {
    const number = typeof value === "number" ? value : BigInt(value);
    writeBits(data, bit, width, number, "little");
  }
}

/**
 * A declared value as the field holds it.
 *
 * @returns the value, or why it cannot be: the end of a sentence
 */
export function checkValue(
  field: FeatureField,
  given: number | string | boolean,
): { readonly value: ChangeValue } | { readonly refused: string } {
  const { width, type, values } = field;
  if (type === "bytes") return checkBytes(given, width / 8);
  if (
    typeof given === "string" && values !== undefined &&
    Object.hasOwn(values, given)
  ) return checkNumber(field, values[given] ?? 0);
  if (typeof given === "string" && /^0x[0-9a-f]{1,16}$/i.test(given)) {
    const number = BigInt(given);
    if (width <= NUMBER_BITS) return checkNumber(field, Number(number));
    return number < 1n << BigInt(width)
      ? { value: `0x${number.toString(16)}` }
      : { refused: `does not fit its ${width} bits` };
  }
  if (typeof given === "string") {
    return {
      refused: values === undefined
        ? "is not a number"
        : `is none of ${Object.keys(values).join(", ")}`,
    };
  }
  const number = Number(given);
  if (width > NUMBER_BITS && Number.isSafeInteger(number) && number >= 0) {
    const checked = checkNumber(field, number);
    return "refused" in checked
      ? checked
      : { value: `0x${number.toString(16)}` };
  }
  return checkNumber(field, number);
}

function checkNumber(
  field: FeatureField,
  number: number,
): { readonly value: number } | { readonly refused: string } {
  const { values, width, min = 0, max = 2 ** Math.min(width, 53) - 1 } = field;
  if (values !== undefined && !Object.values(values).includes(number)) {
    return { refused: `is none of ${Object.keys(values).join(", ")}` };
  }
  return Number.isSafeInteger(number) && number >= min && number <= max
    ? { value: number }
    : { refused: `is not a whole number from ${min} to ${max}` };
}

function checkBytes(
  given: number | string | boolean,
  length: number,
): { readonly value: string } | { readonly refused: string } {
  const text = typeof given === "string" ? given.toLowerCase() : "";
  return text.length === 2 * length && /^[0-9a-f]*$/.test(text)
    ? { value: text }
    : { refused: `is not ${length} bytes in hex digits` };
}

/** How far a field may go, for people; "" when only its width limits it. */
export function limitOf({ min, max, values }: FeatureField): string {
  if (values !== undefined) return `one of ${Object.keys(values).join(", ")}`;
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  if (max !== undefined) return `at most ${max}`;
  return min === undefined ? "" : `at least ${min}`;
}

/**
 * A field's place as plans count bits: from the first, most significant bit of
 * byte 0. A field that is neither whole bytes nor within one byte has no run of
 * bits of its own there; then it is all bytes it touches.
 */
export function placeOf(
  { bit, width }: FeatureField,
): { readonly bit: number; readonly width: number } {
  const first = bit >> 3;
  const last = (bit + width - 1) >> 3;
  if (first === last) {
    return { bit: first * 8 + 8 - (bit & 7) - width, width };
  }
  return { bit: first * 8, width: (last - first + 1) * 8 };
}

/** The decoded fields that lie within the data, by name. */
export function decodeFields(
  { fields }: FeatureLayout,
  data: Bytes,
): Record<string, ChangeValue> {
  return Object.fromEntries(
    fields.filter((field) => within(field, data.length))
      .map((field) => [field.name, shownField(data, field)]),
  );
}
