/**
 * Words of 32 bits and what stands in them: the ground of every drawing of a
 * structure, as text and on a page.
 *
 * @module
 */

/** Bits a word. */
export const WORD = 32;

/** A run of bits. */
export interface Run {
  /** Its first bit, from the start of the structure. */
  readonly bit: number;
  /** Its bits. */
  readonly width: number;
}

/** A part of a word: a field's, or nobody's. */
export interface Cell<F extends Run> {
  /** Bits of it in this word. */
  readonly bits: number;
  /** First of them from the left edge of the word, 0 to 31. */
  readonly from: number;
  /** Whose it is; absent where no field is. */
  readonly field?: F;
}

/** The fields of the first `words` words, by word; a field over several is in each. */
export function fieldsByWord<F extends Run>(
  fields: readonly F[],
  words: number,
): ReadonlyMap<number, readonly F[]> {
  const rows = new Map<number, F[]>();
  for (const field of fields) {
    const first = Math.floor(field.bit / WORD);
    const last = Math.floor((field.bit + field.width - 1) / WORD);
    for (let word = first; word <= Math.min(last, words - 1); word++) {
      const row = rows.get(word);
      if (row) row.push(field);
      else rows.set(word, [field]);
    }
  }
  return rows;
}

/** One word from left to right, 32 bits in all; of fields that overlap the first is drawn. */
export function cellsOf<F extends Run>(
  word: number,
  fields: readonly F[],
): Cell<F>[] {
  const start = word * WORD;
  const end = start + WORD;
  const cells: Cell<F>[] = [];
  let at = start;
  for (const field of [...fields].sort((a, b) => a.bit - b.bit)) {
    const from = Math.max(field.bit, start);
    const to = Math.min(field.bit + field.width, end);
    if (from < at || to <= from) continue;
    if (from > at) cells.push({ from: at - start, bits: from - at });
    cells.push({ from: from - start, bits: to - from, field });
    at = to;
  }
  if (at < end) cells.push({ from: at - start, bits: end - at });
  return cells;
}
