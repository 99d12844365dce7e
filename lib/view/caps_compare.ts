/**
 * Capabilities of two functions side by side: only what differs.
 *
 * @module
 */
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { objects } from "./caps.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/**
 * Two answers of the query `caps` as one: in every type both have, the fields
 * whose current values differ, each with `current` and `other`.
 */
export function compareCaps(
  answer: PlainData,
  other: PlainData,
): PlainObject {
  const left = isPlainObject(answer) ? answer : {};
  const right = isPlainObject(other) ? other : {};
  const others = new Map(
    objects(right.types).map((type) => [type.type, objects(type.fields)]),
  );
  return {
    function: left.function ?? null,
    compared: right.function ?? null,
    types: objects(left.types).flatMap((type): PlainObject[] => {
      const theirs = others.get(type.type);
      return theirs
        ? [{ ...type, fields: differing(objects(type.fields), theirs) }]
        : [];
    }),
  };
}

function differing(
  ours: readonly PlainObject[],
  theirs: readonly PlainObject[],
): PlainObject[] {
  const values = new Map(theirs.map(({ field, current }) => [field, current]));
  return ours.flatMap(({ field, bit, width, current }): PlainObject[] => {
    const other = values.get(field);
    if (other === undefined || other === current) return [];
    return [{
      field: field ?? "",
      bit: bit ?? 0,
      width: width ?? 0,
      current: current ?? null,
      other,
    }];
  });
}

/** The comparison as one table; `names` are the two functions for people. */
export function compareText(
  compared: PlainObject,
  names: readonly [string, string],
  style: Style,
): string {
  const rows = objects(compared.types).flatMap((type) =>
    objects(type.fields).map((field): Cell[] => [
      String(type.type),
      [String(field.field), "yellow"],
      String(field.bit),
      String(field.current),
      String(field.other),
    ])
  );
  if (rows.length === 0) {
    return `${style(`${names[0]} and ${names[1]} do not differ`)}\n`;
  }
  const header = ["TYPE", "FIELD", "BIT", ...names];
  const lines = table(rows, { header, right: [2, 3, 4] }, style);
  return `${lines.join("\n")}\n`;
}
