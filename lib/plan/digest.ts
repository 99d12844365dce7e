/**
 * The digest of plain data: sha256 over one and the same text for the same
 * data, however its file was laid out.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { PlanError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";

/** Deepest nesting of data that is read; more is hostile. */
const DEPTH = 64;

/**
 * JSON without white space, keys in code unit order.
 *
 * @throws {PlanError} when the data is nested too deep
 */
export function canonicalJson(value: PlainData, depth = 0): string {
  if (depth > DEPTH) {
    throw new PlanError(
      `The data is nested deeper than ${DEPTH} levels`,
      "malformed",
    );
  }
  if (Array.isArray(value)) {
    const items = value as readonly PlainData[];
    return `[${items.map((item) => canonicalJson(item, depth + 1)).join()}]`;
  }
  if (!isPlainObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort().map((key) =>
    `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null, depth + 1)}`
  );
  return `{${members.join()}}`;
}

/** sha256 of text as UTF-8 or of bytes: `sha256:` and 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** The digest of data: of its {@linkcode canonicalJson}. */
export function digestOf(value: PlainData): string {
  return sha256(canonicalJson(value));
}
