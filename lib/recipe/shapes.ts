/**
 * Shapes of what a recipe answers, checked: unknown keys and wrong types are
 * refused by their path.
 *
 * @module
 */
import { didYouMean } from "../suggest.ts";
import { RecipeError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { hasControls, shorten, step } from "./plain_check.ts";
import type { Declaration, ReadWish } from "./types.ts";

/** @throws {RecipeError} naming what is wrong in `observe()`'s answer */
export function checkWishes(answer: PlainData): ReadWish[] {
  return listOf(answer, "observe()").map((item, i) => {
    const at = `observe()${step(i)}`;
    const object = objectWith(item, at, ["device", "query", "args"]);
    const device = textOf(object, "device", at);
    const query = textOf(object, "query", at);
    const { args } = object;
    if (args === undefined) return { device, query };
    if (!isPlainObject(args)) throw wrong(`${at}.args`, "must be an object");
    return { device, query, args };
  });
}

/** @throws {RecipeError} naming what is wrong in `desired()`'s answer */
export function checkDeclarations(answer: PlainData): Declaration[] {
  return listOf(answer, "desired()").map((item, i) => {
    const at = `desired()${step(i)}`;
    const object = objectWith(item, at, ["kind", "body", "action"]);
    const kind = textOf(object, "kind", at);
    if (!/^[a-z0-9_]+\.[a-z0-9_]+$/.test(kind)) {
      throw wrong(`${at}.kind`, `is ${shorten(kind)}, not driver.noun`);
    }
    const { body, action } = object;
    if (!isPlainObject(body)) throw wrong(`${at}.body`, "must be an object");
    if (action === undefined) return { kind, body };
    if (action === true) return { kind, body, action };
    throw wrong(`${at}.action`, "must be true or absent", "Use action().");
  });
}

/** An object without keys that are not known. */
export function objectWith(
  value: PlainData,
  at: string,
  known: readonly string[],
): PlainObject {
  if (!isPlainObject(value)) throw wrong(at, "must be an object");
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    throw wrong(
      at,
      `has the key ${shorten(key)}, which is not known`,
      didYouMean(key, known) ?? `Its keys are ${known.join(", ")}.`,
    );
  }
  return value;
}

/** A member that is a text of sensible length. */
export function textOf(
  object: PlainObject,
  key: string,
  at: string,
  longest = 500,
): string {
  const value = object[key];
  if (
    typeof value === "string" && value !== "" && value.length <= longest &&
    !hasControls(value)
  ) return value;
  throw wrong(
    `${at}${step(key)}`.replace(/^\./, ""),
    value === undefined
      ? "is missing"
      : `must be one line of at most ${longest} characters, and is ${
        shorten(value)
      }`,
  );
}

function listOf(answer: PlainData, at: string): readonly PlainData[] {
  if (Array.isArray(answer)) return answer;
  throw wrong(at, `must return a list, and returns ${shorten(answer)}`);
}

function wrong(at: string, what: string, hint?: string): RecipeError {
  return new RecipeError(`${at} ${what}`, {
    hint: hint ?? "The recipe must be corrected.",
  });
}
