/**
 * Layouts of C structures as a little-endian machine lays them out: the form of
 * the CXL, bnxt and pds messages and of the kernel's own ABI.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Field, Layout } from "./layout.ts";

/**
 * The type of a member: a number of bytes, some bits of one (bit fields are
 * packed from the least significant bit up, as GCC does it), or a structure.
 */
export type CType =
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | `u8:${number}`
  | `u16:${number}`
  | `u32:${number}`
  | `u64:${number}`
  | Layout;

/** Name, type, and for an array its elements; 0 is a flexible array. */
export type CMember =
  | readonly [name: string, type: CType]
  | readonly [name: string, type: CType, count: number];

/** How a structure is put together. */
export interface CStructOptions {
  /** No padding, as `__packed` says; else members lie at multiples of their size. */
  readonly packed?: boolean;
  /** All members begin at byte 0. */
  readonly union?: boolean;
}

/**
 * Lays out a structure and holds it against the size the specification states.
 *
 * ```ts
 * const INFO = cStruct("fwctl_info", 24, [
 *   ["size", "u32"], ["flags", "u32"], ["out_device_type", "u32"],
 *   ["device_data_len", "u32"], ["out_device_data", "u64"],
 * ]);
 * ```
 *
 * @param size bytes without the elements of a flexible array
 * @throws `UsageError` when the members do not make that size, a bit field does
 * not fit its type, or two members have one name
 */
export function cStruct(
  name: string,
  size: number,
  members: readonly CMember[],
  options: CStructOptions = {},
): Layout {
  const fields: Field[] = [];
  const nested = new Map<string, Layout>();
  let at = 0;
  let end = 0;
  let strictest = 8;
  for (const [member, type, count] of members) {
    if (fields.some((field) => field.name === member)) {
      throw wrong(`${name} has two members "${member}"`);
    }
    const { width, unit, bits } = measure(name, member, type);
    if (!bits) at = roundUp(at, options.packed ? 8 : unit);
    else if (Math.floor(at / unit) !== Math.floor((at + width - 1) / unit)) {
      // A bit field never crosses a unit of its own type.
      at = roundUp(at, unit);
    }
    if (!options.packed) strictest = Math.max(strictest, unit);
    if (typeof type === "object") nested.set(type.name, type);
    fields.push({
      name: member,
      type: typeof type === "object" ? type.name : "u8",
      offset: at,
      ...extent(width, count),
    });
    const after = at + width * (count ?? 1);
    end = Math.max(end, after);
    at = options.union ? 0 : after;
  }
  end = roundUp(end, strictest);
  if (end !== size * 8) {
    throw wrong(`${name} is ${end / 8} bytes, not ${size}`);
  }
  const layout: Layout = {
    name,
    kind: options.union ? "union" : "struct",
    bits: end,
    order: "little",
    fields,
    resolve: (type) => {
      const found = nested.get(type);
      if (found === undefined) throw wrong(`${name} knows no "${type}"`);
      return found;
    },
  };
  ALIGNMENT.set(layout, strictest);
  return layout;
}

/** Bits of one element, of the unit it is aligned to, and whether a bit field. */
function measure(
  owner: string,
  member: string,
  type: CType,
): { width: number; unit: number; bits: boolean } {
  if (typeof type === "object") {
    return { width: type.bits, unit: ALIGNMENT.get(type) ?? 8, bits: false };
  }
  const [, size, part] = /^u(8|16|32|64)(?::(\d+))?$/.exec(type) ?? [];
  const unit = Number(size);
  const width = Number(part ?? size);
  if (!(width >= 1 && width <= unit)) {
    throw wrong(`${owner}.${member} cannot be "${type}"`);
  }
  return { width, unit, bits: part !== undefined };
}

/** Bits a structure made here is aligned to: as its strictest member. */
const ALIGNMENT = new WeakMap<Layout, number>();

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** Widths of a scalar, an array or a flexible array of `elementWidth`. */
function extent(
  elementWidth: number,
  count: number | undefined,
): Pick<Field, "width" | "elementWidth" | "count" | "flex"> {
  if (count === undefined) return { width: elementWidth, elementWidth };
  if (count === 0) return { width: 0, elementWidth, flex: true };
  return { width: elementWidth * count, elementWidth, count };
}

function wrong(message: string): UsageError {
  return new UsageError(message, {
    hint: "Compare the members with the specification",
  });
}
