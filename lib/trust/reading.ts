/**
 * Strict reading of trust files and of our own predicates: a key nobody knows
 * is an error. A misspelt `notAfter` that is passed over would be trust for
 * ever.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import { ObjectReader } from "../model/reader.ts";
import type { PlainData } from "../plain.ts";
import { MOMENT_HELP, parseMoment } from "./time.ts";

/** Makes the error for a problem with what was read. */
export type Complaint = (message: string, hint?: string) => Error;

/** Reads an object with `read`; what is wrong with it becomes `complain`'s error. */
export function strictly<T>(
  data: PlainData,
  complain: Complaint,
  read: (reader: ObjectReader) => T,
): T {
  try {
    const reader = new ObjectReader(data, "");
    const result = read(reader);
    reader.end();
    return result;
  } catch (error) {
    if (isFwctlError(error) && error.code === "ModelError") {
      throw complain(error.message, error.hint);
    }
    throw error;
  }
}

/** A moment below `key`; null when absent. @throws what `complain` makes */
export function momentIn(
  reader: ObjectReader,
  key: string,
  complain: Complaint,
): Date | null {
  const text = reader.text(key);
  if (text === undefined) return null;
  const moment = parseMoment(text);
  if (moment) return moment;
  throw complain(
    `${reader.path(key)} is ${JSON.stringify(text.slice(0, 40))}, not a moment`,
    `Write ${MOMENT_HELP}`,
  );
}
