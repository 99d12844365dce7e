/**
 * A layout as a flat list: for showing, and for telling which fields of an
 * image changed.
 *
 * @module
 */
import { DecodeError } from "../errors.ts";
import { readNumber } from "./decode.ts";
import {
  isPlain,
  isReserved,
  type Layout,
  layoutBytes,
  nestedLayout,
} from "./layout.ts";
import type { FieldValue } from "./value.ts";

/** One plain field, wherever it is nested. */
export interface FlatField {
  /** `a.b`, with an index for an element: `ads[1].vhca_port_num`. */
  readonly path: string;
  /** From the start of the outermost layout. */
  readonly bit: number;
  /** In bits. */
  readonly width: number;
  /** Whether its own name says reserved. */
  readonly reserved: boolean;
}

/** What to leave out. */
export interface DescribeOptions {
  /** Leave out what the header calls reserved. */
  readonly skipReserved?: boolean;
  /** List a union as one entry instead of all its members. */
  readonly rawUnions?: boolean;
}

const MAX_DEPTH = 32;

/**
 * All plain fields in the order of the header, nested ones with their path.
 * Elements of arrays have entries of their own, but for arrays of 8-bit
 * elements, which are one entry. Flexible arrays have none. Members of unions
 * overlap.
 *
 * @throws `DecodeError` when the layout contains itself
 */
export function describe(
  layout: Layout,
  options: DescribeOptions = {},
): FlatField[] {
  const out: FlatField[] = [];
  walk(layout, options, 0, "", out, 0);
  return out;
}

function walk(
  layout: Layout,
  options: DescribeOptions,
  base: number,
  prefix: string,
  out: FlatField[],
  depth: number,
): void {
  if (depth > MAX_DEPTH) {
    throw new DecodeError(`${layout.name} nests more than ${MAX_DEPTH} deep`, {
      hint: "A layout must not contain itself",
    });
  }
  for (const field of layout.fields) {
    const reserved = isReserved(field.name);
    if (field.flex || reserved && options.skipReserved) continue;
    const nested = isPlain(field) ? undefined : nestedLayout(layout, field);
    const whole = field.count === undefined ||
      nested === undefined && field.elementWidth === 8;
    const count = whole ? 1 : field.count ?? 1;
    const width = whole ? field.width : field.elementWidth;
    for (let i = 0; i < count; i++) {
      const path = `${prefix}${field.name}${whole ? "" : `[${i}]`}`;
      const bit = base + field.offset + i * width;
      if (
        nested === undefined || options.rawUnions && nested.kind === "union"
      ) {
        out.push({ path, bit, width, reserved });
      } else walk(nested, options, bit, `${path}.`, out, depth + 1);
    }
  }
}

/** A field that differs between two images. */
export interface FieldDifference extends FlatField {
  /** In the first image. */
  readonly before: FieldValue;
  /** In the second image. */
  readonly after: FieldValue;
}

/**
 * The plain fields in which two images of one layout differ.
 *
 * @throws `DecodeError` when either is shorter than the layout
 */
export function differences(
  layout: Layout,
  before: Uint8Array,
  after: Uint8Array,
  options: DescribeOptions = {},
): FieldDifference[] {
  for (const image of [before, after]) {
    if (image.length < layoutBytes(layout)) {
      throw new DecodeError(
        `${layout.name} needs ${
          layoutBytes(layout)
        } bytes, there are ${image.length}`,
        { hint: "Both images must hold the whole structure" },
      );
    }
  }
  const order = layout.order ?? "big";
  const out: FieldDifference[] = [];
  for (const flat of describe(layout, options)) {
    if (sameBytes(before, after, flat.bit, flat.width)) continue;
    const was = readNumber(before, flat.bit, flat.width, order);
    const is = readNumber(after, flat.bit, flat.width, order);
    if (!sameValue(was, is)) out.push({ ...flat, before: was, after: is });
  }
  return out;
}

/** Whether all bytes the run touches are the same: the quick answer. */
function sameBytes(
  a: Uint8Array,
  b: Uint8Array,
  bit: number,
  width: number,
): boolean {
  const end = (bit + width + 7) >> 3;
  for (let i = bit >> 3; i < end; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameValue(a: FieldValue, b: FieldValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }
  return a === b;
}
