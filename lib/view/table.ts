/**
 * Columns: text aligned by the width it has on a terminal.
 *
 * @module
 */
import { type Look, printable, type Style } from "./style.ts";

/** One cell: text, or text with a look. */
export type Cell = string | readonly [text: string, look: Look];

/** How a table is laid out. */
export interface TableOptions {
  /** Titles of the columns; none when absent. */
  readonly header?: readonly string[];
  /** Columns whose text stands right, by index. */
  readonly right?: readonly number[];
  /** What every line starts with. */
  readonly indent?: string;
  /** Least width of columns, by index. */
  readonly least?: readonly number[];
}

const GAP = "  ";
/** Above this the column is not widened for the rest: one long cell is not to push all others away. */
const WIDEST = 64;

/** The lines of a table; a missing cell is empty, no line ends in blanks. */
export function table(
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
  style: Style,
): string[] {
  const { header, right = [], indent = "", least = [] } = options;
  const all: (readonly Cell[])[] = header
    ? [header.map((title): Cell => [title, "bold"]), ...rows]
    : [...rows];
  const widths: number[] = [...least];
  for (const row of all) {
    row.forEach((cell, column) => {
      const width = Math.min(WIDEST, displayWidth(printable(textOf(cell))));
      widths[column] = Math.max(widths[column] ?? 0, width);
    });
  }
  return all.map((row) => {
    let line = indent;
    // Blanks wait here until something follows them.
    let blank = "";
    widths.forEach((width, column) => {
      // A column that is empty in all rows takes no room.
      if (width === 0) return;
      const cell = row[column] ?? "";
      const text = textOf(cell);
      const fill = " ".repeat(
        Math.max(0, width - displayWidth(printable(text))),
      );
      if (right.includes(column)) blank += fill;
      if (text !== "") {
        line += blank +
          style(text, typeof cell === "string" ? undefined : cell[1]);
        blank = "";
      }
      if (!right.includes(column)) blank += fill;
      blank += GAP;
    });
    return line;
  });
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell[0];
}

const NARROW = /^[\x20-\x7e]*$/;
const ZERO = /\p{M}/u;
/** East Asian wide and full-width forms, and the emoji blocks. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** How many columns of a terminal printable text takes. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const char of text) {
    if (WIDE.test(char)) width += 2;
    else if (!ZERO.test(char)) width++;
  }
  return width;
}
