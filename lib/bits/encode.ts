/**
 * From values to bytes: read-modify-write. What is not named stays as it is,
 * reserved bits too.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { readBits, writeBits, writeWide } from "./bits.ts";
import {
  type Field,
  fieldOf,
  isPlain,
  type Layout,
  layoutBytes,
  nestedLayout,
} from "./layout.ts";
import { elementCount, tooShort } from "./decode.ts";
import { type FieldInput, type FieldInputs, isList } from "./value.ts";

/** More bytes than any request may have; stops a hostile length of a list. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The bytes of `base` with `values` in them, in a buffer of its own. Without a
 * base all other bits are zero. The result is longer than the layout when a
 * flexible array has elements, and never shorter than `base`.
 *
 * Overlapping fields (members of a union, two views of one word) are written in
 * the order of `values`.
 *
 * @throws `UsageError` when a name is unknown or a value has the wrong form or
 * does not fit; `base` is never written to
 * @throws `DecodeError` when `base` is shorter than the layout
 */
export function encode(
  layout: Layout,
  values: FieldInputs,
  base?: Uint8Array,
): Bytes {
  const fixed = layoutBytes(layout);
  if (base !== undefined && base.length < fixed) {
    throw tooShort(layout, base.length);
  }
  const length = Math.max(
    base?.length ?? fixed,
    Math.ceil(extent(layout, values, layout.name, 0) / 8),
  );
  if (length > MAX_BYTES) {
    throw new UsageError(`${layout.name} would be ${length} bytes long`, {
      hint: `At most ${MAX_BYTES} bytes make sense`,
    });
  }
  const bytes = new Uint8Array(length);
  if (base !== undefined) bytes.set(base);
  encodeStruct({ bytes }, layout, values, 0, length * 8, layout.name);
  return bytes;
}

/**
 * The same on `bytes` itself, which do not grow. On an error nothing is written.
 *
 * @throws as {@linkcode encode} does
 */
export function encodeInto(
  layout: Layout,
  values: FieldInputs,
  bytes: Uint8Array,
): void {
  const changed = encode(layout, values, bytes);
  if (changed.length > bytes.length) throw tooShort(layout, bytes.length);
  bytes.set(changed);
}

interface Run {
  readonly bytes: Bytes;
}

/** Whether it is an object of values rather than a number, a list or bytes. */
function isFields(value: FieldInput): value is FieldInputs {
  return typeof value === "object" && value !== null && !isList(value) &&
    !(value instanceof Uint8Array);
}

/** Bits needed for the elements given to flexible arrays at the very end. */
function extent(
  layout: Layout,
  values: FieldInputs,
  path: string,
  depth: number,
): number {
  let bits = layout.bits;
  if (depth > 32) return bits;
  for (const name of Object.keys(values)) {
    const field = fieldOf(layout, name);
    const value = values[name];
    if (value === undefined) continue;
    if (field.flex) {
      if (isList<FieldInput>(value) || value instanceof Uint8Array) {
        bits = Math.max(bits, field.offset + value.length * field.elementWidth);
      }
    } else if (
      !isPlain(field) && field.count === undefined && isFields(value) &&
      field.offset + field.width === layout.bits
    ) {
      const inner = extent(
        nestedLayout(layout, field),
        value,
        `${path}.${name}`,
        depth + 1,
      );
      bits = Math.max(bits, field.offset + inner);
    }
  }
  return bits;
}

function encodeStruct(
  run: Run,
  layout: Layout,
  values: FieldInputs,
  base: number,
  limit: number,
  path: string,
): void {
  for (const name of Object.keys(values)) {
    const field = fieldOf(layout, name);
    const value = values[name];
    // A key whose value is undefined does not name the field.
    if (value === undefined) continue;
    const end = field.flex || field.offset + field.width === layout.bits
      ? limit
      : base + field.offset + field.width;
    encodeField(run, layout, field, value, base, end, `${path}.${name}`);
  }
}

function encodeField(
  run: Run,
  layout: Layout,
  field: Field,
  value: FieldInput,
  base: number,
  limit: number,
  path: string,
): void {
  const offset = base + field.offset;
  const count = elementCount(field, offset, limit);
  if (count === undefined) {
    encodeOne(run, layout, field, value, offset, field.width, limit, path);
    return;
  }
  if (!isList<FieldInput>(value) && !(value instanceof Uint8Array)) {
    throw wrongForm(path, "a list", value);
  }
  if (value.length > count || (!field.flex && value.length !== count)) {
    throw new UsageError(`${path} got ${value.length} elements`, {
      hint: field.flex
        ? `There is room for ${count}`
        : `Give exactly ${count} elements`,
    });
  }
  for (let i = 0; i < value.length; i++) {
    const at = offset + i * field.elementWidth;
    const one = value[i];
    if (one === undefined) throw wrongForm(`${path}[${i}]`, "a value", one);
    encodeOne(
      run,
      layout,
      field,
      one,
      at,
      field.elementWidth,
      at + field.elementWidth,
      `${path}[${i}]`,
    );
  }
}

/** One scalar or one element. */
function encodeOne(
  run: Run,
  layout: Layout,
  field: Field,
  value: FieldInput,
  offset: number,
  width: number,
  limit: number,
  path: string,
): void {
  const order = layout.order ?? "big";
  if (!isPlain(field)) {
    const nested = nestedLayout(layout, field);
    if (isFields(value)) {
      encodeStruct(run, nested, value, offset, limit, path);
    } else if (value instanceof Uint8Array) {
      named(path, () => writeWide(run.bytes, offset, width, value, order));
    } else {throw wrongForm(
        path,
        `the fields of ${nested.name}, or bytes`,
        value,
      );}
    return;
  }
  const number = typeof value === "boolean" ? Number(value) : value;
  if (typeof number === "number" || typeof number === "bigint") {
    if (width <= 64) {
      named(path, () => writeBits(run.bytes, offset, width, number, order));
      return;
    }
  } else if (number instanceof Uint8Array) {
    named(path, () => writeWide(run.bytes, offset, width, number, order));
    return;
  }
  throw wrongForm(
    path,
    width <= 64 ? "a whole number" : `${(width + 7) >> 3} bytes`,
    value,
  );
}

/** Puts the field's path in front of a refusal. */
function named(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `${path}: ${error.message}`,
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
}

function wrongForm(path: string, wanted: string, value: unknown): UsageError {
  const got = isList(value)
    ? "a list"
    : value instanceof Uint8Array
    ? "bytes"
    : value === null
    ? "null"
    : typeof value === "object"
    ? "an object"
    : typeof value === "string"
    ? `the text ${JSON.stringify(value.slice(0, 40))}`
    : String(value);
  return new UsageError(`${path} must be ${wanted}, not ${got}`, {
    hint: "Give the value in the form decode gives it",
  });
}

/** Reads one plain field of at most 53 bits by name. @throws `DecodeError`, `UsageError` */
export function readField(
  layout: Layout,
  bytes: Uint8Array,
  name: string,
): number {
  const field = fieldOf(layout, name);
  return readBits(bytes, field.offset, field.width, layout.order);
}
