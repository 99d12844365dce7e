/**
 * JSON that is signed: one text for the same data, and limits on what is read.
 *
 * The canonical text has the members of every object in order of their names
 * (by UTF-16 code units, as RFC 8785 has it), no white space, and scalars as
 * `JSON.stringify` writes them.
 *
 * @module
 */
import { TrustError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";

/** Most characters of a signed document. */
export const MOST_TEXT = 256 << 20;

/** How deep signed data may be; nothing here comes near it. */
const MOST_DEPTH = 64;

/** The one text of some data. @throws {TrustError} for numbers JSON cannot hold, and for data too deep */
export function canonicalJson(data: PlainData): string {
  return written(data, 0);
}

/** The same data in the same order, a member a line, for files people compare. Ends with a newline. */
export function readableJson(data: PlainData): string {
  return `${written(data, 0, "\n")}\n`;
}

/**
 * Not through `JSON.stringify` of a sorted object: an object lists names that
 * look like numbers first, in the order of the numbers.
 */
function written(data: PlainData, depth: number, line = ""): string {
  if (depth > MOST_DEPTH) throw tooDeep("The data");
  if (typeof data === "number" && !Number.isFinite(data)) {
    throw new TrustError(`${data} is not a number JSON can hold`, "malformed");
  }
  if (typeof data !== "object" || data === null) return JSON.stringify(data);
  const inner = line === "" ? "" : `${line}  `;
  const item = (value: PlainData): string => written(value, depth + 1, inner);
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

/**
 * Reads JSON from outside.
 *
 * @param where what it is, for messages
 * @throws {TrustError} when it is no JSON, too long or too deep
 */
export function parseJson(text: string, where: string): PlainData {
  if (text.length > MOST_TEXT) {
    throw new TrustError(
      `${where} has ${text.length} characters, more than ${MOST_TEXT}`,
      "malformed",
      { hint: "Is it the right file?" },
    );
  }
  let data: PlainData;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError(`${where} is not JSON: ${reason}`, "malformed", {
      cause,
      hint: "It may be cut short, or be another file",
    });
  }
  // Not by recursion: it is the depth that is in doubt.
  let level: PlainData[] = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_DEPTH) throw tooDeep(where);
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : []
    );
  }
  return data;
}

function tooDeep(where: string): TrustError {
  return new TrustError(
    `${where} is nested deeper than ${MOST_DEPTH} levels`,
    "malformed",
    { hint: "Is it the right file?" },
  );
}
