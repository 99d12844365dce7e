/**
 * From bytes to values, for any layout.
 *
 * @module
 */
import { DecodeError } from "../errors.ts";
import { readBigBits, readBits, readWide } from "./bits.ts";
import {
  type Field,
  fieldMap,
  fieldOf,
  isPlain,
  type Layout,
  layoutBytes,
  nestedLayout,
} from "./layout.ts";
import { scheduleOf } from "./schedule.ts";
import type { FieldValue, FieldValues } from "./value.ts";

/** How to decode. */
export interface DecodeOptions {
  /**
   * Which member of a union to decode, by the path of field names that leads to
   * the union, without indexes: `{ "host_params": "host_params_context" }`. For
   * a union decoded by itself the path is "".
   */
  readonly choose?: Readonly<Record<string, string>>;
  /** Leave out what the header calls reserved. */
  readonly skipReserved?: boolean;
}

/**
 * Above so many fields a structure is filled in as a hash table from the start.
 * A `{}` becomes one on the way, but not when JSON.parse has seen an object with
 * the same keys; then V8 takes four times as long (cmd_hca_cap: 9 or 36 µs).
 */
const DICTIONARY = 128;

/** How deep hostile hand-made layouts may nest. */
const MAX_DEPTH = 32;

/**
 * All fields of the layout, from byte `start` on. A flexible array takes as
 * many whole elements as the bytes hold.
 *
 * @throws `DecodeError` when the bytes are fewer than the layout needs
 * @throws `UsageError` when a chosen member does not exist
 */
export function decode(
  layout: Layout,
  bytes: Uint8Array,
  options: DecodeOptions = {},
  start = 0,
): FieldValues {
  const base = start * 8;
  const limit = bytes.length * 8;
  if (!(base >= 0) || base + layout.bits > limit) {
    throw tooShort(layout, bytes.length - start);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const run = { bytes, view, options };
  return layout.kind === "union"
    ? decodeUnion(run, layout, base, limit, "")
    : decodeStruct(run, layout, base, limit, "", 0);
}

/** The error of a buffer that ends within the structure. */
export function tooShort(layout: Layout, available: number): DecodeError {
  return new DecodeError(
    `${layout.name} needs ${layoutBytes(layout)} bytes, there are ${
      Math.max(0, available)
    }`,
    { hint: "The device answered less than the structure, or it was cut" },
  );
}

interface Run {
  readonly bytes: Uint8Array;
  /** Of the same bytes. */
  readonly view: DataView;
  readonly options: DecodeOptions;
}

function decodeStruct(
  run: Run,
  layout: Layout,
  base: number,
  limit: number,
  path: string,
  depth: number,
): FieldValues {
  if (depth > MAX_DEPTH) {
    throw new DecodeError(`${layout.name} nests more than ${MAX_DEPTH} deep`, {
      hint: "A layout must not contain itself",
    });
  }
  if (base + layout.bits > run.bytes.length * 8) {
    throw tooShort(layout, run.bytes.length - Math.floor(base / 8));
  }
  const { names, fields, fast, reserved, word, shift, mask } = scheduleOf(
    layout,
  );
  const { view } = run;
  const skipReserved = run.options.skipReserved === true;
  const byte = base % 8 === 0 ? base / 8 : -1;
  const dictionary = names.length > DICTIONARY;
  const values: Record<string, FieldValue> = dictionary
    ? Object.create(null)
    : {};
  for (let i = 0; i < names.length; i++) {
    if (skipReserved && reserved[i] === 1) continue;
    const name = names[i] ?? "";
    if (byte >= 0 && fast[i] === 1) {
      const from = view.getUint32(byte + (word[i] ?? 0));
      values[name] = ((from >>> (shift[i] ?? 0)) & (mask[i] ?? 0)) >>> 0;
      continue;
    }
    const field = fields[i];
    if (field === undefined) continue;
    values[name] = decodeField(
      run,
      layout,
      field,
      base,
      // Only what ends the structure may reach beyond it.
      field.flex || field.offset + field.width === layout.bits
        ? limit
        : base + field.offset + field.width,
      path === "" ? name : `${path}.${name}`,
      depth,
    );
  }
  return dictionary ? Object.setPrototypeOf(values, Object.prototype) : values;
}

function decodeField(
  run: Run,
  layout: Layout,
  field: Field,
  base: number,
  limit: number,
  path: string,
  depth: number,
): FieldValue {
  const offset = base + field.offset;
  const order = layout.order ?? "big";
  const count = elementCount(field, offset, limit);
  if (isPlain(field)) {
    if (count === undefined) {
      return readNumber(run.bytes, offset, field.width, order);
    }
    if (field.elementWidth === 8) {
      return readWide(run.bytes, offset, count * 8, order);
    }
    return Array.from(
      { length: count },
      (_, i) =>
        readNumber(
          run.bytes,
          offset + i * field.elementWidth,
          field.elementWidth,
          order,
        ),
    );
  }
  const nested = nestedLayout(layout, field);
  const one = (at: number, end: number): FieldValue =>
    nested.kind === "union"
      ? decodeMember(run, nested, at, end, path, depth + 1)
      : decodeStruct(run, nested, at, end, path, depth + 1);
  if (count === undefined) return one(offset, limit);
  return Array.from({ length: count }, (_, i) => {
    const at = offset + i * field.elementWidth;
    return one(at, at + field.elementWidth);
  });
}

/** Elements of an array within `limit`; undefined for a scalar. */
export function elementCount(
  field: Field,
  offset: number,
  limit: number,
): number | undefined {
  if (!field.flex) return field.count;
  if (field.elementWidth <= 0) return 0;
  return Math.max(0, Math.floor((limit - offset) / field.elementWidth));
}

/** A plain value in the form its width asks for. */
export function readNumber(
  bytes: Uint8Array,
  offset: number,
  width: number,
  order: "big" | "little",
): FieldValue {
  if (width <= 32) return readBits(bytes, offset, width, order);
  if (width <= 64) return readBigBits(bytes, offset, width, order);
  return readWide(bytes, offset, width, order);
}

/** A nested union: raw unless a member is chosen. */
function decodeMember(
  run: Run,
  union: Layout,
  base: number,
  limit: number,
  path: string,
  depth: number,
): FieldValue {
  const chosen = run.options.choose;
  if (chosen !== undefined && Object.hasOwn(chosen, path)) {
    return decodeChosen(
      run,
      union,
      chosen[path] ?? "",
      base,
      limit,
      path,
      depth,
    );
  }
  return readWide(run.bytes, base, union.bits, union.order);
}

/** A union by itself: all members, or the chosen one. */
function decodeUnion(
  run: Run,
  union: Layout,
  base: number,
  limit: number,
  path: string,
): FieldValues {
  const chosen = run.options.choose;
  if (chosen !== undefined && Object.hasOwn(chosen, path)) {
    return decodeChosen(run, union, chosen[path] ?? "", base, limit, path, 0);
  }
  return decodeStruct(run, union, base, limit, path, 0);
}

function decodeChosen(
  run: Run,
  union: Layout,
  member: string,
  base: number,
  limit: number,
  path: string,
  depth: number,
): FieldValues {
  const field = fieldMap(union).get(member) ?? fieldOf(union, member);
  const inner = path === "" ? member : `${path}.${member}`;
  // A member may be shorter than its union and still end with a flexible array.
  const value = decodeField(run, union, field, base, limit, inner, depth);
  return { [member]: value };
}
