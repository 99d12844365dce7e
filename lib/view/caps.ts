/**
 * Answer of the query `caps` for people: every field with its current and its
 * maximum value, those that differ marked.
 *
 * @module
 */
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** What of it is shown. */
export interface CapsViewOptions {
  /** Only the fields whose current value is not the maximum. */
  readonly diff?: boolean;
}

/** A table for each capability type; ends with a newline. */
export function capsText(
  answer: PlainData,
  style: Style,
  options: CapsViewOptions = {},
): string {
  const found = isPlainObject(answer) ? answer : {};
  const blocks: string[] = [];
  for (const type of objects(found.types)) {
    blocks.push(typeLines(type, options.diff ?? false, style).join("\n"));
  }
  const missing = list(found.unsupported).map(String);
  if (missing.length > 0) {
    blocks.push(
      style(`Not supported by this firmware: ${missing.join(", ")}`, "dim"),
    );
  }
  return `${blocks.join("\n\n")}\n`;
}

/** The answer with only the fields that differ. */
export function onlyDiffering(answer: PlainData): PlainData {
  if (!isPlainObject(answer)) return answer;
  return {
    ...answer,
    types: objects(answer.types).map((type): PlainObject => ({
      ...type,
      fields: objects(type.fields).filter(differs),
    })),
  };
}

function typeLines(
  type: PlainObject,
  diff: boolean,
  style: Style,
): string[] {
  const fields = objects(type.fields);
  const differing = fields.filter(differs);
  const shown = diff ? differing : fields;
  const title = `${style(String(type.type), "bold")}  ${
    style(
      `${String(type.layout)}, ${
        count(fields.length, "field")
      }, ${differing.length} not at the maximum`,
      "dim",
    )
  }`;
  if (shown.length === 0) return [title];
  return [
    title,
    ...table(
      shown.map(fieldCells),
      {
        header: ["", "FIELD", "BIT", "WIDTH", "CURRENT", "MAXIMUM", "NAME"],
        right: [2, 3, 4, 5],
      },
      style,
    ),
  ];
}

function fieldCells(field: PlainObject): Cell[] {
  const marked = differs(field);
  const cell = (text: string): Cell => marked ? [text, "yellow"] : text;
  return [
    marked ? ["*", "yellow"] : "",
    cell(String(field.field)),
    String(field.bit),
    String(field.width),
    cell(String(field.current)),
    cell(String(field.maximum)),
    field.name === undefined ? "" : String(field.name),
  ];
}

function differs({ current, maximum }: PlainObject): boolean {
  return current !== maximum;
}

function list(data: PlainData | undefined): readonly PlainData[] {
  return Array.isArray(data) ? data : [];
}

/** The objects of a list; nothing for anything else. */
export function objects(data: PlainData | undefined): PlainObject[] {
  return list(data).filter(isPlainObject);
}
