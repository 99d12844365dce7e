/**
 * The digest of plain data: sha256 over one and the same text for the same
 * data, however its file was laid out.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalText } from "../canonical.ts";
import { PlanError } from "../errors.ts";
import type { PlainData } from "../plain.ts";

/**
 * JSON without white space, keys in code unit order.
 *
 * @throws {PlanError} when the data is nested too deep
 */
export function canonicalJson(value: PlainData): string {
  return canonicalText(value, (why) => new PlanError(why, "malformed"));
}

/** sha256 of text as UTF-8 or of bytes: `sha256:` and 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** The digest of data: of its {@linkcode canonicalJson}. */
export function digestOf(value: PlainData): string {
  return sha256(canonicalJson(value));
}
