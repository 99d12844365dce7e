/**
 * The picture of a structure that a request changes: rows of 32 bits as data
 * sheets draw them, as a table that can be heard too. Only the rows that change
 * are drawn; what lies between is counted.
 *
 * @module
 */
import type { FieldChange, ImageField } from "../../../drivers/driver.ts";
import { readNumber } from "../../bits/decode.ts";
import {
  type Cell,
  cellsOf,
  fieldsByWord,
  WORD,
} from "../../bits/picture_cells.ts";
import { toHex } from "../../bytes.ts";
import { html } from "./html.ts";
import { count, hex } from "../words.ts";

/** Rows drawn at most. */
const MOST_ROWS = 16;
/** Rows of one field; the rest of it is not drawn. */
const MOST_OF_FIELD = 4;
/** Characters that find room in the width of a bit. */
const PER_BIT = 2.6;
/** Fields wider than this are bytes to people. */
const NUMBER_BITS = 64;

/** What is drawn. */
export interface BitsOptions {
  /** What it is of. */
  readonly title: string;
  /** What is on the device. */
  readonly before: Uint8Array;
  /** Fields that change. */
  readonly changes: readonly FieldChange[];
  /** All fields that are known, the changed ones may be among them. */
  readonly fields: readonly ImageField[];
}

/** A field as drawn. */
interface Drawn {
  readonly name: string;
  readonly bit: number;
  readonly width: number;
  /** `17`, or `17 → 12`. */
  readonly value: string;
  readonly changed: boolean;
}

/** The picture, with a list of what is too narrow for its name; "" when nothing can be drawn. */
export function bitsTable(options: BitsOptions): string {
  const { title, before, changes, fields } = options;
  const words = Math.ceil(before.length * 8 / WORD);
  const little = fields.some(({ order }) => order === "little");
  const rows = fieldsByWord(drawn(options), words);
  const wanted = changedWords(changes, words);
  if (wanted.length === 0) return "";
  const notes: Drawn[] = [];
  const lines: string[] = [];
  let next = 0;
  for (const word of wanted) {
    if (word > next) lines.push(gap(next, word));
    const cells = cellsOf(word, rows.get(word) ?? []);
    lines.push(
      `<tr><th scope="row">${offset(word)}</th>${
        cells.map((cell) => cellOf(cell, notes, little)).join("")
      }</tr>`,
    );
    next = word + 1;
  }
  if (next < words) lines.push(gap(next, words));
  return `<div class="wide" tabindex="0" role="group" aria-label="${
    html(`Bits of ${title}`)
  }"><table class="bits"><caption>${
    little
      ? "Rows of four bytes in their order, the highest bit of each on the left; numbers begin with their lowest byte"
      : "Rows of 32 bits, bit 31 on the left"
  }; before each its byte offset in the image of ${
    count(before.length, "byte")
  }</caption><thead aria-hidden="true"><tr><td></td>${
    ruler(little)
  }</tr></thead><tbody>
${lines.join("\n")}
</tbody></table></div>${legend(notes)}`;
}

/** The known fields with their values, and the changed ones that are not among them. */
function drawn({ before, changes, fields }: BitsOptions): Drawn[] {
  const byPlace = new Map(
    changes.map((change) => [`${change.bit} ${change.width}`, change]),
  );
  const changed = changes.map((change): Drawn => ({
    name: change.field,
    bit: change.bit,
    width: change.width,
    value: `${change.before} → ${change.after}`,
    changed: true,
  }));
  const others = fields.filter(({ bit, width }) =>
    width > 0 && !byPlace.has(`${bit} ${width}`)
  ).map((field): Drawn => ({
    name: field.field,
    bit: field.bit,
    width: field.width,
    value: valueOf(before, field),
    changed: false,
  }));
  // Of fields that overlap the first is drawn: those that change.
  return [...changed, ...others.filter((other) => !overlaps(other, changed))];
}

function overlaps(one: Drawn, changed: readonly Drawn[]): boolean {
  return changed.some(({ bit, width }) =>
    one.bit < bit + width && bit < one.bit + one.width
  );
}

function valueOf(
  image: Uint8Array,
  { bit, width, order }: ImageField,
): string {
  if (bit + width > image.length * 8) return "";
  const whole = bit % 8 === 0 && width % 8 === 0;
  if (width > NUMBER_BITS || order === "bytes") {
    return whole ? toHex(image.subarray(bit / 8, (bit + width) / 8)) : "";
  }
  const little = order === "little" && whole;
  return String(
    little
      ? readNumber(image, bit, width, "little")
      : readNumber(image, bit, width, "big"),
  );
}

/** The words in which a declared field changes, in order. */
function changedWords(
  changes: readonly FieldChange[],
  words: number,
): number[] {
  const found = new Set<number>();
  for (const { bit, width } of changes) {
    const first = Math.floor(bit / WORD);
    const last = Math.floor((bit + width - 1) / WORD);
    const end = Math.min(last, first + MOST_OF_FIELD - 1, words - 1);
    for (let word = first; word <= end; word++) found.add(word);
  }
  return [...found].sort((a, b) => a - b).slice(0, MOST_ROWS);
}

function offset(word: number): string {
  return hex(word * 4, 3);
}

function gap(from: number, to: number): string {
  return `<tr class="gap"><th scope="row">${
    offset(from)
  }</th><td colspan="32">${count(to - from, "row")} to ${
    hex(to * 4 - 1, 3)
  }, unchanged</td></tr>`;
}

function cellOf(
  { bits, from, field }: Cell<Drawn>,
  notes: Drawn[],
  little: boolean,
): string {
  if (!field) return `<td colspan="${bits}"></td>`;
  const { name, value, changed } = field;
  const room = bits * PER_BIT;
  const where = placeOf(from, bits, little);
  const both = `${html(name)} <b>${html(value)}</b>`;
  const narrow = Math.max(name.length, value.length) > room;
  if (narrow && !notes.includes(field)) notes.push(field);
  const shown = narrow
    ? `<span aria-hidden="true">${
      notes.indexOf(field) + 1
    }</span><span class="sr">${both}</span>`
    : both;
  return `<td colspan="${bits}"${
    changed ? ' class="chg"' : ""
  }>${shown}<span class="sr">, ${where}${
    changed ? ", changes" : ""
  }</span></td>`;
}

/** What the numbers in narrow cells stand for; read aloud it is in the cells already. */
function legend(notes: readonly Drawn[]): string {
  if (notes.length === 0) return "";
  return `<ol class="legend" aria-hidden="true">${
    notes.map(({ name, value, changed }) =>
      `<li${changed ? ' class="chg"' : ""}>${html(name)} <b>${
        html(value)
      }</b></li>`
    ).join("")
  }</ol>`;
}

/** The numbers of the bits: of the word, or of each byte where numbers begin with their lowest. */
function ruler(little: boolean): string {
  const bits = little ? 8 : WORD;
  return Array.from(
    { length: WORD },
    (_, at) => `<td>${bits - 1 - at % bits}</td>`,
  ).join("");
}

/** A cell's place in words, by the same numbers. */
function placeOf(from: number, bits: number, little: boolean): string {
  const size = little ? 8 : WORD;
  const last = from + bits - 1;
  const [first, end] = [from, last].map((bit) => Math.floor(bit / size));
  if (first !== end) return `bytes ${first} to ${end} of the row`;
  const [high, low] = [from, last].map((bit) => size - 1 - bit % size);
  const place = high === low ? `bit ${high}` : `bits ${high} to ${low}`;
  return little ? `byte ${first} of the row, ${place}` : place;
}
