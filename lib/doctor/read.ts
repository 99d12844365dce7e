/**
 * Reading for the doctor: what cannot be read is a fact too.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { ErrorFact, TextFact } from "./facts.ts";

/** An error as text; anything that is none of ours passes. */
export function errorFact(error: unknown): ErrorFact {
  if (!isFwctlError(error)) throw error;
  return {
    message: error.message,
    hint: error.hint ?? "",
    errno: errnoOf(error),
  };
}

/** The errno by name, or "". */
export function errnoOf(error: unknown): string {
  return isFwctlError(error) && "errnoName" in error &&
      typeof error.errnoName === "string"
    ? error.errnoName
    : "";
}

/** What `read` gives, or the error of the machine as a fact. */
export function attempt<T>(
  read: () => T,
): { readonly value: T } | { readonly error: ErrorFact } {
  try {
    return { value: read() };
  } catch (error) {
    return { error: errorFact(error) };
  }
}

/** The text of a file without the white space around it. */
export function textFact(host: Host, path: string, limit = 4096): TextFact {
  const read = attempt(() => host.readFile(path, limit));
  return "value" in read
    ? {
      path,
      text: new TextDecoder().decode(read.value).trim(),
      error: "",
    }
    : { path, error: read.error.errno || read.error.message };
}

/** The names in a folder, one a line. */
export function folderFact(host: Host, path: string): TextFact {
  const read = attempt(() => host.list(path));
  return "value" in read
    ? { path, text: read.value.join("\n"), error: "" }
    : { path, error: read.error.errno || read.error.message };
}

/** A fact without its text, for lists of what was read. */
export function withoutText({ path, error }: TextFact): TextFact {
  return { path, error };
}
