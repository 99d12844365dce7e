/**
 * A recipe's own report, which may be any plain data, for people: lists of
 * alike objects as tables, the rest indented by depth.
 *
 * @module
 */
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** The data as lines; ends with a newline. */
export function reportText(data: PlainData, style: Style): string {
  return `${lines(data, "", style).join("\n")}\n`;
}

function lines(data: PlainData, indent: string, style: Style): string[] {
  if (isRows(data)) return rowLines(data, indent, style);
  if (Array.isArray(data)) {
    return data.flatMap((item: PlainData) =>
      isScalar(item)
        ? [`${indent}- ${style(scalar(item))}`]
        : [`${indent}-`, ...lines(item, `${indent}  `, style)]
    );
  }
  if (isPlainObject(data)) {
    return Object.entries(data).flatMap(([name, value]) =>
      isScalar(value)
        ? [`${indent}${style(name, "bold")}: ${style(scalar(value))}`]
        : [
          `${indent}${style(name, "bold")}:`,
          ...lines(value, `${indent}  `, style),
        ]
    );
  }
  return [`${indent}${style(scalar(data))}`];
}

/** Objects with scalar values only, so that a table loses nothing. */
function isRows(data: PlainData): data is readonly PlainObject[] {
  return Array.isArray(data) && data.length > 0 &&
    data.every((item: PlainData) =>
      isPlainObject(item) && Object.values(item).every(isScalar)
    );
}

function rowLines(
  rows: readonly PlainObject[],
  indent: string,
  style: Style,
): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return table(
    rows.map((row) =>
      names.map((name): Cell => {
        const value = Object.hasOwn(row, name) ? row[name] : undefined;
        return value === undefined ? "" : scalar(value);
      })
    ),
    { header: names, indent },
    style,
  );
}

function isScalar(data: PlainData): boolean {
  return typeof data !== "object" || data === null ||
    (Array.isArray(data) &&
      data.every((item: PlainData) =>
        typeof item !== "object" || item === null
      ));
}

function scalar(data: PlainData): string {
  if (Array.isArray(data)) {
    return data.map((item: PlainData) => scalar(item)).join(", ") || "-";
  }
  return data === null ? "-" : String(data);
}
