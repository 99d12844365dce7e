/**
 * Checking the JSON of definition files: each helper names the key that is wrong.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../lib/plain.ts";
import { didYouMean } from "../../lib/suggest.ts";

/** Longest data of a feature: its sizes have 16 bits. */
export const MAX_DATA = 0xffff;
/** How a feature or a field may be called. */
export const NAME = /^[A-Za-z_][A-Za-z0-9_.\-\[\]]{0,63}$/;

/** An object. @throws {UsageError} */
export function objectAt(
  value: PlainData | undefined,
  at: string,
): PlainObject {
  return isPlainObject(value) ? value : fail(at, "must be an object");
}

/** A list of items, at least one. @throws {UsageError} */
export function listAt(
  value: PlainData | undefined,
  at: string,
  most: number,
): readonly PlainData[] {
  if (!Array.isArray(value)) fail(at, "must be a list");
  const list = value as readonly PlainData[];
  if (list.length === 0) fail(at, "is empty");
  return list.length > most
    ? fail(at, `has ${list.length} items; ${most} are the most`)
    : list;
}

/** Text of at most 1000 characters, "" when absent. @throws {UsageError} */
export function textAt(value: PlainData | undefined, at: string): string {
  if (value === undefined) return "";
  return typeof value === "string" && value.length <= 1000
    ? value
    : fail(at, "must be text");
}

/** A whole number within limits. @throws {UsageError} */
export function integerAt(
  value: PlainData | undefined,
  at: string,
  min: number,
  max: number,
): number {
  return typeof value === "number" && Number.isSafeInteger(value) &&
      value >= min && value <= max
    ? value
    : fail(at, `must be a whole number from ${min} to ${max}`);
}

/** Refuses keys that are not known. @throws {UsageError} with the key that was meant */
export function onlyKeys(
  body: PlainObject,
  keys: readonly string[],
  at: string,
): void {
  for (const key of Object.keys(body)) {
    if (keys.includes(key)) continue;
    const name = key.slice(0, 64);
    fail(
      at === "" ? name : `${at}.${name}`,
      "is not known",
      didYouMean(name, keys) ?? `Known here: ${keys.join(", ")}`,
    );
  }
}

/** Refuses what stands at a key. @throws {UsageError} */
export function fail(at: string, problem: string, hint?: string): never {
  throw new UsageError(`${at} ${problem}`, {
    hint: hint ?? "See the form of definition files in the README",
  });
}
