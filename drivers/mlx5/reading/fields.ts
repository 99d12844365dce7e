/**
 * A structure's fields as rows to be shown: what is reserved is left out, unions
 * are raw unless it is known which member they hold.
 *
 * @module
 */
import { readNumber, tooShort } from "../../../lib/bits/decode.ts";
import {
  type Field,
  isPlain,
  isReserved,
  type Layout,
  layoutBytes,
  nestedLayout,
} from "../../../lib/bits/layout.ts";
import { readWide } from "../../../lib/bits/mod.ts";
import { toPlain } from "../../../lib/bits/value.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { valueName } from "../tables/value_names.ts";

/** How to decode. */
export interface RowOptions {
  /** The member of a union, by the path of field names to it, without indexes. */
  readonly choose?: Readonly<Record<string, string>>;
  /** Top-level fields to leave out: status, syndrome. */
  readonly skip?: readonly string[];
}

/** More rows than a person or a page can take; the rest is in the raw bytes. */
const MAX_ROWS = 4096;
const MAX_DEPTH = 32;

/** Fields that hold text. */
const TEXTS: ReadonlySet<string> = new Set([
  "node_description",
  "vsd",
  "vsd_contd_psid",
  "version_string",
  "status_message",
  "segment_name",
  "index1_name",
  "index2_name",
  "error",
]);

/** Names of words that only fill the room between two fields. */
const FILLER = /_\d+_to_\d+$/;

/**
 * The fields of the bytes in the order of the header: `field` (a path), `bit`,
 * `width`, `value` (a number, or hex digits above 53 bits and for raw bytes), and
 * `name` where the value has one. A flexible array has as many whole elements
 * as there are bytes.
 *
 * @throws `DecodeError` when the bytes are fewer than the layout needs
 */
export function fieldRows(
  layout: Layout,
  bytes: Uint8Array,
  options: RowOptions = {},
): PlainObject[] {
  if (layoutBytes(layout) > bytes.length) {
    throw tooShort(layout, bytes.length);
  }
  const rows: PlainObject[] = [];
  walk({ bytes, options, rows }, layout, 0, "", "", 0);
  return joined(rows);
}

/** A counter in two words, `x_high` and `x_low`, is one of 64 bits: `x`. */
function joined(rows: readonly PlainObject[]): PlainObject[] {
  const out: PlainObject[] = [];
  for (const row of rows) {
    const last = out.at(-1);
    const name = String(row.field);
    const base = name.replace(/_low$/, "");
    if (
      last && base !== name && last.field === `${base}_high` &&
      last.width === 32 && row.width === 32 &&
      typeof last.value === "number" && typeof row.value === "number"
    ) {
      const value = BigInt(last.value) << 32n | BigInt(row.value);
      out[out.length - 1] = {
        field: base,
        bit: last.bit ?? 0,
        width: 64,
        value: toPlain(value),
      };
    } else out.push(row);
  }
  return out;
}

interface Run {
  readonly bytes: Uint8Array;
  readonly options: RowOptions;
  readonly rows: PlainObject[];
}

function walk(
  run: Run,
  layout: Layout,
  base: number,
  path: string,
  plainPath: string,
  depth: number,
): void {
  if (depth > MAX_DEPTH) return;
  for (const field of layout.fields) {
    if (isReserved(field.name) || FILLER.test(field.name)) continue;
    if (depth === 0 && run.options.skip?.includes(field.name)) continue;
    walkField(run, layout, field, base + field.offset, path, plainPath, depth);
  }
}

function walkField(
  run: Run,
  layout: Layout,
  field: Field,
  bit: number,
  path: string,
  plainPath: string,
  depth: number,
): void {
  const name = `${path}${field.name}`;
  const plain = `${plainPath}${field.name}`;
  const left = run.bytes.length * 8 - bit;
  if (isPlain(field)) {
    const scalar = field.count === undefined && !field.flex;
    const whole = scalar || field.elementWidth === 8 || TEXTS.has(field.name);
    const width = field.flex ? Math.max(0, left - left % 8) : field.width;
    if (whole) return put(run, layout, field, bit, width, name);
    const count = Math.floor(width / field.elementWidth);
    for (let i = 0; i < count && run.rows.length < MAX_ROWS; i++) {
      const at = bit + i * field.elementWidth;
      put(run, layout, field, at, field.elementWidth, `${name}[${i}]`);
    }
    return;
  }
  const nested = nestedLayout(layout, field);
  const single = field.count === undefined && !field.flex;
  const chosen = nested.kind === "union"
    ? run.options.choose?.[plain]
    : undefined;
  // A flexible end that is one union of several sizes takes what is left.
  const member = nested.fields.find((each) => each.name === chosen);
  if (field.flex && member && !isPlain(member)) {
    const of = nestedLayout(nested, member);
    if (of.bits > left) return;
    return walk(
      run,
      of,
      bit,
      `${name}.`,
      `${plain}.${member.name}.`,
      depth + 1,
    );
  }
  const count = single
    ? 1
    : field.flex
    ? Math.floor(left / field.elementWidth)
    : field.count ?? 0;
  for (let i = 0; i < count && run.rows.length < MAX_ROWS; i++) {
    const at = bit + i * field.elementWidth;
    const here = single ? name : `${name}[${i}]`;
    if (nested.kind !== "union") {
      walk(run, nested, at, `${here}.`, `${plain}.`, depth + 1);
    } else if (member && !isPlain(member)) {
      const of = nestedLayout(nested, member);
      walk(run, of, at, `${here}.`, `${plain}.${member.name}.`, depth + 1);
    } else raw(run, at, field.elementWidth, here);
  }
}

function put(
  run: Run,
  layout: Layout,
  field: Field,
  bit: number,
  width: number,
  path: string,
): void {
  if (width === 0) return;
  // dcbx_param has a number of 8 bits that is called error.
  if (width > 64 && TEXTS.has(field.name) && bit % 8 === 0) {
    const bytes = run.bytes.subarray(bit / 8, (bit + width) / 8);
    run.rows.push({ field: path, bit, width, value: asText(bytes) });
    return;
  }
  if (width > 64) return raw(run, bit, width, path);
  const value = toPlain(readNumber(run.bytes, bit, width, "big"));
  const name = typeof value === "number"
    ? valueName(layout.name, field.name, value)
    : undefined;
  run.rows.push({
    field: path,
    bit,
    width,
    value,
    ...(name === undefined ? {} : { name }),
  });
}

function raw(run: Run, bit: number, width: number, path: string): void {
  const value = toPlain(readWide(run.bytes, bit, width));
  run.rows.push({ field: path, bit, width, value });
}

/** ASCII up to the first zero; what is not printable is a dot. */
export function asText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Array.from(
    end < 0 ? bytes : bytes.subarray(0, end),
    (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
  ).join("").trim();
}
