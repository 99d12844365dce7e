/**
 * Canonical JSON: one text for the same data, for digests and signatures. The
 * members of every object in order of their names (by UTF-16 code units, as RFC
 * 8785 has it), no white space, scalars as `JSON.stringify` writes them.
 *
 * @module
 */
import { isPlainObject, type PlainData } from "./plain.ts";

/** How deep data may be; nothing here comes near it, more is hostile. */
export const MOST_DEPTH = 64;

/**
 * The one text of some data.
 *
 * @param fail makes the error for data too deep or numbers that JSON cannot
 *   hold, from a sentence about them
 * @param line what a line starts with, to put every member on a line of its own
 *   (`"\n"`); absent for no white space at all
 */
export function canonicalText(
  data: PlainData,
  fail: (why: string) => Error,
  line = "",
): string {
  return written(data, 0, fail, line);
}

/**
 * Not through `JSON.stringify` of a sorted object: an object lists names that
 * look like numbers first, in the order of the numbers.
 */
function written(
  data: PlainData,
  depth: number,
  fail: (why: string) => Error,
  line: string,
): string {
  if (depth > MOST_DEPTH) {
    throw fail(`The data is nested deeper than ${MOST_DEPTH} levels`);
  }
  if (typeof data === "number" && !Number.isFinite(data)) {
    throw fail(`${data} is not a number JSON can hold`);
  }
  if (typeof data !== "object" || data === null) return JSON.stringify(data);
  const inner = line === "" ? "" : `${line}  `;
  const item = (value: PlainData): string =>
    written(value, depth + 1, fail, inner);
  const [open, close, items] = isPlainObject(data)
    ? [
      "{",
      "}",
      Object.keys(data).sort().map((name) =>
        `${JSON.stringify(name)}:${line === "" ? "" : " "}${
          item(data[name] ?? null)
        }`
      ),
    ]
    : ["[", "]", data.map(item)];
  if (items.length === 0) return `${open}${close}`;
  return `${open}${inner}${items.join(`,${inner}`)}${line}${close}`;
}
