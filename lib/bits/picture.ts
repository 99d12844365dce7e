/**
 * A drawing of a layout: rows of 32 bits with the names of what is in them, as
 * data sheets have it.
 *
 * @module
 */
import { readNumber } from "./decode.ts";
import { describe, type DescribeOptions, type FlatField } from "./describe.ts";
import type { Layout } from "./layout.ts";
import { cellsOf, fieldsByWord, WORD } from "./picture_cells.ts";

/** What is drawn. */
export interface PictureOptions extends DescribeOptions {
  /** Bytes whose values are put behind the names. */
  readonly bytes?: Uint8Array;
}

/** Fields of more bits have no value in the drawing. */
const VALUE_BITS = 64;

/** Characters a bit takes; 32 bits and the offset fit into 110 columns. */
const CELL = 3;
/** Rows at most; a layout of 4096 bytes has 1024. */
const MAX_WORDS = 1024;

/**
 * The lines of the drawing. Each row is one word of 32 bits in the order of the
 * header (bit 31 on the left), with its byte offset before it; runs of words
 * without a name in them are one line. A name that does not fit in its bits is
 * a number that the lines below explain. With bytes, each name has its value.
 */
export function bitPicture(
  layout: Layout,
  options: PictureOptions = {},
): string[] {
  const { bytes, ...what } = options;
  const fields = describe(layout, { rawUnions: true, ...what })
    .filter((field) => !field.reserved && field.width > 0)
    .map((field) => bytes ? valued(field, layout, bytes) : field);
  const words = Math.min(MAX_WORDS, Math.ceil(layout.bits / WORD));
  const rows = fieldsByWord(fields, words);
  const notes: string[] = [];
  const lines = [ruler(), edge()];
  let before: readonly FlatField[] = [];
  for (let word = 0; word < words; word++) {
    const here = rows.get(word) ?? [];
    if (here.length === 0) {
      const next = nextNamed(rows, word, words);
      lines.push(row(
        word * 4,
        cellText(
          next - word === 1
            ? "reserved"
            : `reserved to 0x${(next * 4 - 1).toString(16)}`,
          WORD,
        ),
      ));
      word = next - 1;
    } else if (sameRun(before, here)) {
      // A field that covers whole words is drawn once.
      const last = lastOf(rows, here, word, words);
      lines.push(row(
        word * 4,
        cellText(
          last === word ? '"' : `" to 0x${(last * 4 + 3).toString(16)}`,
          WORD,
        ),
      ));
      word = last;
    } else lines.push(row(word * 4, cells(word, here, notes)));
    lines.push(edge());
    before = here;
  }
  if (layout.bits > words * WORD) lines.push("and more, not drawn");
  return [...lines, ...notes];
}

/** The field with its value behind its name; without when the bytes end before it. */
function valued(
  field: FlatField,
  { order = "big" }: Layout,
  bytes: Uint8Array,
): FlatField {
  const { path, bit, width } = field;
  if (width > VALUE_BITS || bit + width > bytes.length * 8) return field;
  const value = readNumber(bytes, bit, width, order);
  return { ...field, path: `${path}=${String(value)}` };
}

function nextNamed(
  rows: ReadonlyMap<number, readonly FlatField[]>,
  from: number,
  words: number,
): number {
  let word = from;
  while (word < words && !rows.has(word)) word++;
  return word;
}

/** Whether a word holds nothing but more of the one field before it. */
function sameRun(
  before: readonly FlatField[],
  here: readonly FlatField[],
): boolean {
  return here.length === 1 && before.length === 1 && before[0] === here[0];
}

function lastOf(
  rows: ReadonlyMap<number, readonly FlatField[]>,
  here: readonly FlatField[],
  from: number,
  words: number,
): number {
  let word = from;
  while (word + 1 < words && sameRun(here, rows.get(word + 1) ?? [])) word++;
  return word;
}

/** The cells of one word; fields of a union that overlap are not drawn twice. */
function cells(
  word: number,
  fields: readonly FlatField[],
  notes: string[],
): string {
  return cellsOf(word, fields).map(({ bits, field }) =>
    field ? cellText(field.path, bits, notes) : cellText("", bits)
  ).join("");
}

/** One cell with its right edge: the name, or the number of a note. */
function cellText(name: string, bits: number, notes?: string[]): string {
  const room = bits * CELL - 1;
  let text = name;
  if (text.length > room && notes) {
    notes.push(`${notes.length + 1}: ${name}`);
    text = String(notes.length);
  }
  text = text.slice(0, room);
  const left = Math.floor((room - text.length) / 2);
  return `${" ".repeat(left)}${text}`.padEnd(room) + "|";
}

function row(offset: number, text: string): string {
  return `0x${offset.toString(16).padStart(3, "0")} |${text}`;
}

function edge(): string {
  return `      +${`${"-".repeat(CELL - 1)}+`.repeat(WORD)}`;
}

function ruler(): string {
  let text = "       ";
  for (let bit = WORD - 1; bit >= 0; bit--) {
    text += String(bit).padStart(CELL - 1) + " ";
  }
  return text.trimEnd();
}
