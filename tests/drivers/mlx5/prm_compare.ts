/**
 * Our registers held against the vendor's register database, field by field.
 *
 * @module
 */
import {
  isPlain,
  isReserved,
  type Layout,
  nestedLayout,
} from "../../../lib/bits/layout.ts";
import { layout } from "../../../drivers/mlx5/tables/ifc.ts";
import { registerLayouts } from "../../../drivers/mlx5/tables/register_layouts.ts";
import type { PrmField, PrmRegister } from "./prm.ts";

/**
 * How a field of ours stands to the database: `same` bits and name, another
 * name (`named`), several fields there (`split`), part of a wider one there
 * (`part`), nothing there (`absent`), or bits that do not fit together (`other`).
 */
export type Verdict = "same" | "named" | "split" | "part" | "absent" | "other";

/** One field of ours. */
export interface Compared {
  /** `PTYS.an_status`. */
  readonly field: string;
  /** How it stands. */
  readonly verdict: Verdict;
  /** The fields there that share bits with it: `name@bit+width`. */
  readonly there: readonly string[];
}

/** Our named fields; arrays of plain elements are one. */
export function ownFields(
  struct: Layout,
  base = 0,
  path = "",
  out: PrmField[] = [],
): PrmField[] {
  for (const field of struct.fields) {
    if (isReserved(field.name) || field.flex) continue;
    const name = `${path}${field.name}`;
    const bit = base + field.offset;
    if (isPlain(field)) {
      out.push({ path: name, bit, width: field.width });
      continue;
    }
    const nested = nestedLayout(struct, field);
    for (let i = 0; i < (field.count ?? 1); i++) {
      const own = field.count === undefined ? name : `${name}[${i}]`;
      ownFields(nested, bit + i * field.elementWidth, `${own}.`, out);
    }
  }
  return out;
}

/** The last name of a path, without an index. */
export function lastName(path: string): string {
  return (path.split(".").at(-1) ?? "").replace(/\[\d+\]$/, "");
}

function compare(own: PrmField, database: readonly PrmField[]): Verdict {
  const end = own.bit + own.width;
  const equal = database.filter(({ bit, width }) =>
    bit === own.bit && width === own.width
  );
  if (equal.some(({ path }) => lastName(path) === lastName(own.path))) {
    return "same";
  }
  if (equal.length > 0) return "named";
  const there = database.filter(({ bit, width }) =>
    bit < end && own.bit < bit + width
  );
  if (there.length === 0) return "absent";
  if (there.every(({ bit, width }) => bit >= own.bit && bit + width <= end)) {
    return "split";
  }
  return there.some(({ bit, width }) => bit <= own.bit && bit + width >= end)
    ? "part"
    : "other";
}

/** Every field of every register that both know. */
export function compareRegisters(
  database: ReadonlyMap<number, PrmRegister>,
): { readonly registers: number; readonly fields: readonly Compared[] } {
  let count = 0;
  const fields: Compared[] = [];
  for (const [id, known] of registerLayouts()) {
    const register = database.get(id);
    if (!register) continue;
    count++;
    for (const own of ownFields(layout(known.layout))) {
      const end = own.bit + own.width;
      fields.push({
        field: `${register.name}.${own.path}`,
        verdict: compare(own, register.fields),
        there: register.fields.filter(({ bit, width }) =>
          bit < end && own.bit < bit + width
        ).map(({ path, bit, width }) => `${path}@${bit}+${width}`),
      });
    }
  }
  return { registers: count, fields };
}
