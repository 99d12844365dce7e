/**
 * Fields of a register written by their path: `admin_status`, `dscp[3].prio`.
 *
 * @module
 */
import { isPlain, isReserved, type Layout } from "../../../lib/bits/layout.ts";
import { fits, locate, type Place, writeBits } from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { UsageError } from "../../../lib/errors.ts";

/** Wider fields are bytes, not numbers. */
const MOST_BITS = 64;

/**
 * The bytes of `base` with the fields in them; all others stay as they are.
 *
 * @throws `UsageError` for a field that is not there, is no number, or is too
 * small for its value
 */
export function writeFields(
  struct: Layout,
  fields: Readonly<Record<string, number>>,
  base: Uint8Array,
): Bytes {
  const bytes = new Uint8Array(base);
  for (const [path, value] of Object.entries(fields)) {
    const { offset, width } = fieldPlace(struct, path);
    if (!fits(value, width)) {
      throw new UsageError(
        `${path.slice(0, 80)}: ${value} does not fit in ${width} bits`,
        { hint: `Give a whole number from 0 to ${2n ** BigInt(width) - 1n}` },
      );
    }
    writeBits(bytes, offset, width, value, "big");
  }
  return bytes;
}

/** Where a field that holds one number is. @throws `UsageError` when there is none */
export function fieldPlace(struct: Layout, path: string): Place {
  const name = path.slice(0, 80);
  if (path.split(".").some((part) => isReserved(part))) {
    throw new UsageError(`${name} is reserved`, { hint: "Leave it out" });
  }
  const parts = path.split(".");
  for (let end = 1; end <= parts.length; end++) {
    const way = parts.slice(0, end).join(".");
    const { field } = locate(struct, way);
    // Without an index it would be the first, which nobody said.
    const isList = field.count !== undefined || field.flex === true;
    if (!isList || way.endsWith("]")) continue;
    throw new UsageError(`${way.slice(0, 80)} has several elements`, {
      hint: `Name one of them: ${path.replace(way, `${way}[0]`).slice(0, 80)}`,
    });
  }
  const place = locate(struct, path);
  const { field, width } = place;
  if (!isPlain(field)) {
    throw new UsageError(`${name} has fields of its own`, {
      hint: `Name one of them: ${name}.FIELD`,
    });
  }
  if (width > 0 && width <= MOST_BITS) return place;
  throw new UsageError(`${name} is no number`, {
    hint: "Give the register's whole data as hex digits",
  });
}
