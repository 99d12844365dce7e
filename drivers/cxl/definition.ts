/**
 * Definition files for CXL: what the fields of vendor features are.
 *
 * ```json
 * {
 *   "format": "fwctl-definition/1",
 *   "driver": "cxl",
 *   "features": [{
 *     "name": "power_limit",
 *     "uuid": "5b6e3c1a-0d0f-4a52-9f0e-1c2d3e4f5a6b",
 *     "help": "Power the device may draw",
 *     "get": { "size": 8, "fields": [
 *       { "name": "watts",  "offset": 0, "type": "u16", "min": 10, "max": 40 },
 *       { "name": "boost",  "offset": 2, "type": "bits", "bit": 0, "bits": 1 },
 *       { "name": "policy", "offset": 3, "type": "enum",
 *         "values": { "balanced": 0, "quiet": 1, "fast": 2 } },
 *       { "name": "tag",    "offset": 4, "type": "bytes", "size": 4 }
 *     ] }
 *   }]
 * }
 * ```
 *
 * `offset` is in bytes, numbers are little endian. `type` is `u8`, `u16`,
 * `u32`, `u64`, `bytes` (with `size` in bytes), `bits` (with `bits`, and `bit`,
 * the first of them counted from the least significant of the byte at
 * `offset`), or `enum` (with `values`, and `size` in bytes, 1 unless said, or
 * `bits` and `bit`). `min` and `max` say what may be set. `size` of `get` is
 * the length of the data; without it the device's entry says it. `set` has the
 * same form and is needed only where a device is written in another layout than
 * it is read in; each of its fields must be in `get` too, as what cannot be read
 * cannot be compared or undone. Bytes that no field covers are written as they
 * were read, or as zero where `set` is another layout.
 *
 * A recipe gives the same as `schema` of a `cxl.feature`.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { didYouMean } from "../../lib/suggest.ts";
import {
  fail,
  integerAt,
  listAt,
  MAX_DATA,
  NAME,
  objectAt,
  onlyKeys,
  textAt,
} from "./definition_check.ts";
import { readFieldDefinition } from "./definition_field.ts";
import {
  endOf,
  type FeatureField,
  type FeatureLayout,
  type FeatureSchema,
} from "./fields.ts";
import { STANDARD, standardByUuid } from "./tables/standard.ts";
import { asUuid } from "./tables/uuid.ts";

/** Most features of a file. */
const MAX_FEATURES = 1000;
/** Most fields of a layout. */
const MAX_FIELDS = 2000;

/** Checks a definition file's body. @throws {UsageError} naming the key path */
export function parseDefinition(body: PlainObject): FeatureSchema[] {
  onlyKeys(body, ["features", "name", "description"], "");
  const list = listAt(body.features, "features", MAX_FEATURES);
  const found: FeatureSchema[] = [];
  list.forEach((value, index) => {
    const at = `features[${index}]`;
    const schema = parseSchema(value, at);
    for (const key of ["uuid", "name"] as const) {
      const other = found.findIndex((each) => each[key] === schema[key]);
      if (other >= 0) {
        fail(`${at}.${key}`, `is that of features[${other}] too`);
      }
    }
    found.push(schema);
  });
  return found;
}

/**
 * Checks one feature: of a file, or `schema` of a declaration.
 *
 * @param known what `name` and `uuid` are where they may be left out
 * @throws {UsageError} naming the key path
 */
export function parseSchema(
  value: PlainData | undefined,
  at: string,
  known: { readonly name?: string; readonly uuid?: string } = {},
): FeatureSchema {
  const body = objectAt(value, at);
  onlyKeys(body, ["name", "uuid", "help", "get", "set"], at);
  const uuid = uuidAt(body.uuid ?? known.uuid, `${at}.uuid`);
  const name = nameAt(body.name ?? known.name ?? uuid, `${at}.name`, uuid);
  const get = parseLayout(body.get, `${at}.get`);
  const set = body.set === undefined
    ? undefined
    : parseLayout(body.set, `${at}.set`);
  for (const [index, field] of (set?.fields ?? []).entries()) {
    const read = get.fields.find(({ name }) => name === field.name);
    const where = `${at}.set.fields[${index}]`;
    if (!read) {
      fail(
        `${where}.name`,
        `"${field.name}" is not in get: what cannot be read cannot be compared or undone`,
        didYouMean(field.name, get.fields.map(({ name }) => name)),
      );
    }
    if (
      read.type !== field.type || read.width > 64 && read.width !== field.width
    ) {
      fail(`${where}.type`, "is another kind of field than in get");
    }
  }
  return { name, uuid, help: textAt(body.help, `${at}.help`), get, set };
}

function uuidAt(value: PlainData | undefined, at: string): string {
  const uuid = typeof value === "string" ? asUuid(value) : undefined;
  if (uuid === undefined) {
    fail(at, "is no UUID", "Write it as 01234567-89ab-cdef-0123-456789abcdef");
  }
  const standard = standardByUuid(uuid);
  if (standard) {
    fail(at, `is ${standard.name}, whose fields the specification says`);
  }
  return uuid;
}

function nameAt(value: PlainData, at: string, uuid: string): string {
  const name = textAt(value, at);
  const own = asUuid(name);
  if (own !== undefined ? own !== uuid : !NAME.test(name)) {
    fail(at, "is no name", "Take letters, digits, _ . and -, 64 at most");
  }
  if (STANDARD.some((each) => each.name === name)) {
    fail(at, `"${name}" is the name of a feature of the specification`);
  }
  return own ?? name;
}

function parseLayout(value: PlainData | undefined, at: string): FeatureLayout {
  const body = objectAt(value, at);
  onlyKeys(body, ["size", "fields"], at);
  const size = body.size === undefined
    ? undefined
    : integerAt(body.size, `${at}.size`, 1, MAX_DATA);
  const fields = listAt(body.fields, `${at}.fields`, MAX_FIELDS).map((
    item,
    index,
  ) =>
    readFieldDefinition(
      objectAt(item, `${at}.fields[${index}]`),
      `${at}.fields[${index}]`,
    )
  );
  checkFields(fields, size ?? MAX_DATA, `${at}.fields`);
  return { size, fields };
}

/** No two of a name, none outside, none over another. */
function checkFields(
  fields: readonly FeatureField[],
  size: number,
  at: string,
): void {
  const names = new Map<string, number>();
  fields.forEach((field, index) => {
    const other = names.get(field.name);
    if (other !== undefined) {
      fail(`${at}[${index}].name`, `is that of ${at}[${other}] too`);
    }
    names.set(field.name, index);
    if (endOf(field) > size) {
      fail(
        `${at}[${index}]`,
        `ends at byte ${endOf(field)}, the data is ${size} bytes`,
      );
    }
  });
  const sorted = fields.map((field, index) => ({ field, index }))
    .sort((a, b) => a.field.bit - b.field.bit);
  sorted.forEach(({ field, index }, order) => {
    const next = sorted[order + 1];
    if (next && next.field.bit < field.bit + field.width) {
      fail(
        `${at}[${Math.max(index, next.index)}]`,
        `${next.field.name} and ${field.name} lie over each other`,
      );
    }
  });
}
