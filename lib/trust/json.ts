/**
 * JSON that is signed: one text for the same data, and limits on what is read.
 *
 * @module
 */
import { canonicalText, MOST_DEPTH } from "../canonical.ts";
import { TrustError } from "../errors.ts";
import type { PlainData } from "../plain.ts";

/** Most characters of a signed document. */
export const MOST_TEXT = 256 << 20;

/** The one text of some data. @throws {TrustError} for numbers JSON cannot hold, and for data too deep */
export function canonicalJson(data: PlainData): string {
  return canonicalText(data, malformed);
}

/** The same data in the same order, a member a line, for files people compare. Ends with a newline. */
export function readableJson(data: PlainData): string {
  return `${canonicalText(data, malformed, "\n")}\n`;
}

function malformed(why: string): TrustError {
  return new TrustError(why, "malformed", { hint: "Is it the right file?" });
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
    if (depth > MOST_DEPTH) {
      throw malformed(`${where} is nested deeper than ${MOST_DEPTH} levels`);
    }
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : []
    );
  }
  return data;
}
