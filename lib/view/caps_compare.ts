/**
 * Capabilities of several functions side by side, over all types: only what
 * differs.
 *
 * @module
 */
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { objects } from "./caps.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** One function, or what was saved of one. */
export interface CapsSide {
  /** For people: an address, a device, a file. */
  readonly name: string;
  /** What the query `caps` answered. */
  readonly answer: PlainData;
}

/** A field as each side has it; null where a side has no such field. */
type Values = readonly (PlainObject | undefined)[];

/**
 * All sides as one: in every type the fields that are not the same on all sides
 * that have the type, with the values of each.
 */
export function compareCaps(sides: readonly CapsSide[]): PlainObject {
  const all = sides.map(({ answer }) => typesOf(answer));
  const names = [...new Set(all.flatMap((types) => [...types.keys()]))];
  return {
    functions: sides.map(({ name, answer }) => ({
      name,
      function: isPlainObject(answer) ? answer.function ?? null : null,
    })),
    types: names.map((name) =>
      compareType(all.map((types) => types.get(name)))
    ),
    lacking: names.flatMap((type): PlainObject[] => {
      const without = sides.filter((_, index) => !all[index]?.has(type));
      return without.length === 0
        ? []
        : [{ type, functions: without.map((side) => side.name) }];
    }),
  };
}

function typesOf(answer: PlainData): Map<string, PlainObject> {
  return new Map(
    (isPlainObject(answer) ? objects(answer.types) : [])
      .map((type) => [String(type.type), type]),
  );
}

function compareType(sides: readonly (PlainObject | undefined)[]): PlainObject {
  const fields = sides.map((side) =>
    new Map(objects(side?.fields).map((field) => [String(field.field), field]))
  );
  const names = [...new Set(fields.flatMap((each) => [...each.keys()]))];
  const first = sides.find((side) => side !== undefined) ?? {};
  return {
    type: first.type ?? null,
    number: first.number ?? null,
    layout: first.layout ?? null,
    fields: names.flatMap((name) => {
      const values = fields.map((each) => each.get(name));
      // A side without the type is said once and not field by field.
      const counted = values.filter((_, index) => sides[index] !== undefined);
      return differs(counted, "current") || differs(counted, "maximum")
        ? [fieldOf(name, values)]
        : [];
    }),
  };
}

function differs(values: Values, mode: "current" | "maximum"): boolean {
  return new Set(values.map((value) => value?.[mode])).size > 1;
}

function fieldOf(field: string, values: Values): PlainObject {
  const first = values.find((value) => value !== undefined);
  return {
    field,
    bit: first?.bit ?? 0,
    width: first?.width ?? 0,
    values: values.map((value) =>
      value
        ? { current: value.current ?? null, maximum: value.maximum ?? null }
        : null
    ),
  };
}

/** The comparison as one table: a column a side, and what differs from the first stands out. */
export function compareText(compared: PlainObject, style: Style): string {
  const names = objects(compared.functions).map(({ name }) => String(name));
  const rows = objects(compared.types).flatMap((type) =>
    objects(type.fields).flatMap((field) => rowsOf(String(type.type), field))
  );
  const lines = rows.length === 0
    ? [style(`${list(names)} do not differ`)]
    : table(rows, {
      header: ["TYPE", "FIELD", "BIT", "OF", ...names],
      right: [2, ...names.map((_, index) => index + 4)],
    }, style);
  for (const { type, functions } of objects(compared.lacking)) {
    const who = Array.isArray(functions) ? functions.map(String) : [];
    lines.push(style(`${String(type)} is not there: ${list(who)}`, "dim"));
  }
  if (rows.length > 0) lines.push("", style(summary(compared), "dim"));
  return `${lines.join("\n")}\n`;
}

function rowsOf(type: string, field: PlainObject): Cell[][] {
  const values: readonly PlainData[] = Array.isArray(field.values)
    ? field.values
    : [];
  return (["current", "maximum"] as const).flatMap((mode): Cell[][] => {
    const texts = values.map((value) =>
      isPlainObject(value) ? String(value[mode]) : "-"
    );
    if (new Set(texts).size === 1) return [];
    return [[
      type,
      [String(field.field), "yellow"],
      String(field.bit),
      mode,
      ...texts.map((text): Cell => text === texts[0] ? text : [text, "yellow"]),
    ]];
  });
}

function summary(compared: PlainObject): string {
  const types = objects(compared.types)
    .map(({ fields }) => objects(fields).length).filter((each) => each > 0);
  const fields = types.reduce((sum, each) => sum + each, 0);
  return `${count(fields, "field")} of ${count(types.length, "type")} differ`;
}

function list(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2
    ? last
    : `${names.slice(0, -1).join(", ")} and ${last}`;
}
