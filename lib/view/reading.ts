/**
 * What was read of a device, for people: a title, the fields as a table, a
 * picture of the bits, or the bytes.
 *
 * @module
 */
import type { RawBytes } from "../../drivers/driver.ts";
import { fromHex } from "../bytes.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { hexdump } from "./hexdump.ts";
import { reportText } from "./report.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** Members that have a form of their own. */
const APART = new Set(["raw", "picture"]);

/**
 * An answer with a title of its single values, a table for each list of
 * objects, and its picture. Its raw bytes are not shown.
 */
export function readingText(answer: PlainData, style: Style): string {
  if (!isPlainObject(answer)) return reportText(answer, style);
  const parts = Object.entries(answer).filter(([name]) => !APART.has(name));
  const blocks: string[] = [];
  const title = titleLine(parts.filter(([, value]) => isSingle(value)), style);
  if (title !== "") blocks.push(title);
  for (const [name, value] of parts) {
    if (isSingle(value)) continue;
    blocks.push(
      !isRows(value)
        ? reportText({ [name]: value }, style).trimEnd()
        : value.some((row) => typeof row.payload === "string")
        ? runLines(value, style).join("\n")
        : rowLines(value, style).join("\n"),
    );
  }
  if (blocks.length === (title === "" ? 0 : 1) && answer.raw !== undefined) {
    blocks.push(style(String(answer.raw)));
  }
  const drawn = pictureText(answer, style);
  if (drawn !== "") blocks.push(drawn);
  return `${blocks.join("\n\n")}\n`;
}

/** The picture of an answer; "" when it has none. */
export function pictureText(answer: PlainData, style: Style): string {
  const drawn = isPlainObject(answer) ? answer.picture : undefined;
  if (!Array.isArray(drawn)) return "";
  return drawn.filter(isPlainObject)
    .map(({ bits }) => style(String(bits))).join("\n");
}

/** Bytes with their offsets, each run below its title. */
export function bytesText(parts: readonly RawBytes[], style: Style): string {
  return parts.map(({ title, bytes }) =>
    `${style(title, "bold")}  ${style(`${bytes.length} bytes`, "dim")}\n${
      hexdump(bytes)
    }`
  ).join("\n");
}

/** The first value stands out, the others have their names. */
function titleLine(
  [first, ...rest]: readonly (readonly [string, PlainData])[],
  style: Style,
): string {
  if (first === undefined) return "";
  const more = rest.map(([name, value]) => `${name} ${String(value)}`);
  const line = style(String(first[1]), "bold");
  return more.length === 0 ? line : `${line}  ${style(more.join(", "), "dim")}`;
}

function isSingle(value: PlainData): boolean {
  return typeof value !== "object" || value === null;
}

function isRows(data: PlainData): data is readonly PlainObject[] {
  return Array.isArray(data) && data.length > 0 &&
    data.every((item: PlainData) =>
      isPlainObject(item) && Object.values(item).every(isSingle)
    );
}

/** Rows that are runs of bytes: what is known of each, and its payload below. */
function runLines(rows: readonly PlainObject[], style: Style): string[] {
  return rows.flatMap((row) => {
    const { name = "", payload, ...rest } = row;
    const title = titleLine([["name", name], ...Object.entries(rest)], style);
    const bytes = typeof payload === "string" ? hexdump(fromHex(payload)) : "";
    return bytes === "" ? [title] : [title, indented(bytes)];
  });
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, "  ");
}

function rowLines(rows: readonly PlainObject[], style: Style): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const right = names.flatMap((name, column) =>
    rows.every((row) =>
        row[name] === undefined || typeof row[name] === "number"
      )
      ? [column]
      : []
  );
  return table(
    rows.map((row) =>
      names.map((name): Cell =>
        Object.hasOwn(row, name) ? String(row[name]) : ""
      )
    ),
    { header: names.map((name) => name.toUpperCase()), right },
    style,
  );
}
