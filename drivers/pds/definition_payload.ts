/**
 * Payload layouts of an endpoint map: sizes, fields, and that they fit.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { asInteger, ObjectReader, refuse } from "../../lib/model/reader.ts";
import type { PlainData } from "../../lib/plain.ts";
import {
  type FieldType,
  type PayloadField,
  type PayloadLayout,
  writeField,
} from "./payload.ts";

/** Longest payload: more than any firmware is known to take, less than fwctl's 2 MiB. */
const MAX_PAYLOAD = 1 << 20;
const MAX_FIELDS = 1024;
const MAX_VALUES = 1024;
const TYPES: readonly FieldType[] = ["uint", "int", "text", "hex"];
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/**
 * Reads `{ size, fields }`.
 *
 * @param writable whether it is a request: its fields must not overlap
 * @throws `ModelError` naming the key path
 */
export function readLayout(
  reader: ObjectReader,
  writable: boolean,
): PayloadLayout {
  const size = reader.integer("size", { max: MAX_PAYLOAD }) ??
    refuse(reader.path("size"), "is missing", "It is the payload's bytes.");
  const at = reader.path("fields");
  const fields = (reader.list("fields", MAX_FIELDS) ?? []).map((value, index) =>
    readOne(new ObjectReader(value, `${at}[${index}]`), size)
  );
  reader.end();
  const names = new Set<string>();
  for (const [index, { name }] of fields.entries()) {
    if (names.has(name)) {
      refuse(`${at}[${index}].name`, `is "${name}" for the second time`);
    }
    names.add(name);
  }
  if (writable) apart(fields, at);
  return { size, fields };
}

/** Two fields of one request must not set the same bit. */
function apart(fields: readonly PayloadField[], at: string): void {
  const sorted = [...fields].sort((a, b) => a.bit - b.bit);
  for (const [index, field] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next && field.bit + field.width > next.bit) {
      refuse(at, `has ${next.name} where ${field.name} is`);
    }
  }
}

function readOne(reader: ObjectReader, size: number): PayloadField {
  const name = reader.text("name") ?? refuse(reader.path("name"), "is missing");
  if (!NAME.test(name)) {
    refuse(
      reader.path("name"),
      "must be a letter and up to 63 letters, digits, _ . or -",
    );
  }
  const type = reader.choice("type", TYPES) ?? "uint";
  const { bit, width } = readPlace(reader, type);
  if (bit + width > size * 8) {
    refuse(reader.at, `ends behind the payload's ${size} bytes`);
  }
  const number = type === "uint" || type === "int";
  const values = number ? readEnum(reader) : undefined;
  const limits = number ? readLimits(reader, type, width) : NO_LIMITS;
  const unit = reader.text("unit") ?? "";
  const given = reader.raw("default");
  reader.end();
  const field: PayloadField = {
    name,
    type,
    bit,
    width,
    values,
    ...limits,
    default: given,
    unit,
  };
  for (const [value, number] of values ?? []) holds(field, number, value, size);
  if (given !== undefined) writable(field, given, reader.path("default"), size);
  return field;
}

const NO_LIMITS = { min: 0n, max: 0n };

function readPlace(
  reader: ObjectReader,
  type: FieldType,
): { bit: number; width: number } {
  const offset = reader.integer("offset", { max: MAX_PAYLOAD }) ??
    refuse(reader.path("offset"), "is missing", "It is counted in bytes.");
  const bytes = reader.integer("size", { min: 1, max: MAX_PAYLOAD });
  const bits = reader.integer("bits", { min: 1, max: 64 });
  const low = reader.integer("bit", { max: 7 });
  const wide = type === "text" || type === "hex";
  if ((bytes === undefined) === (bits === undefined)) {
    refuse(reader.at, "needs either size, in bytes, or bits");
  }
  if (wide && bits !== undefined) {
    refuse(reader.path("bits"), `cannot be given for ${type}`);
  }
  if (bits === undefined && low !== undefined) {
    refuse(reader.path("bit"), "needs bits");
  }
  if (!wide && (bytes ?? 0) > 8) {
    refuse(
      reader.path("size"),
      "is more than the 8 bytes of a number",
      "Use type hex.",
    );
  }
  return { bit: offset * 8 + (low ?? 0), width: bits ?? (bytes ?? 0) * 8 };
}

function readEnum(reader: ObjectReader): Map<string, number> | undefined {
  const item = reader.object("enum");
  if (!item) return undefined;
  const names = item.keys();
  if (names.length === 0 || names.length > MAX_VALUES) {
    refuse(item.at, `has ${names.length} names; 1 to ${MAX_VALUES} are fine`);
  }
  const values = new Map<string, number>();
  for (const name of names) {
    // A name such as "7" would be read as the number.
    if (!NAME.test(name)) {
      refuse(item.path(name.slice(0, 64)), "must begin with a letter");
    }
    values.set(
      name,
      asInteger(item.raw(name), item.path(name), {
        min: Number.MIN_SAFE_INTEGER,
      }),
    );
  }
  return values;
}

/** Limits narrower than the type's own, if the map has them. */
function readLimits(
  reader: ObjectReader,
  type: FieldType,
  width: number,
): { min: bigint; max: bigint } {
  const span = 1n << BigInt(width);
  const least = type === "int" ? -span / 2n : 0n;
  const most = type === "int" ? span / 2n - 1n : span - 1n;
  const any = { min: Number.MIN_SAFE_INTEGER };
  const min = BigInt(reader.integer("min", any) ?? least);
  const max = BigInt(reader.integer("max", any) ?? most);
  if (min < least || max > most || min > max) {
    refuse(reader.at, `cannot go from ${min} to ${max} in ${width} bits`);
  }
  return { min, max };
}

function holds(
  field: PayloadField,
  value: number,
  name: string,
  size: number,
): void {
  writable(field, value, `enum "${name}" of ${field.name}`, size);
}

/** A value of the map itself must fit its field. */
function writable(
  field: PayloadField,
  value: PlainData,
  at: string,
  size: number,
): void {
  try {
    writeField(new Uint8Array(size), field, value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refuse(at, `does not fit: ${error.message}`, error.hint);
  }
}
