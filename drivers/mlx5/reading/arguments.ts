/**
 * Arguments of the reading queries, checked.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";

/** Refuses an argument the query does not have. @throws `UsageError` naming it */
export function onlyArguments(
  query: string,
  known: Readonly<Record<string, unknown>>,
  args: PlainObject,
): void {
  for (const key of Object.keys(args)) {
    if (Object.hasOwn(known, key)) continue;
    throw new UsageError(
      `The query ${query} has no argument "${key.slice(0, 64)}"`,
      {
        hint: didYouMean(key, Object.keys(known)) ??
          `Run \`fwctl describe DEVICE\` for what it reads`,
      },
    );
  }
}

/** What goes with a list of what there is: the forms of an answer. */
const OF_A_LIST: readonly string[] = ["raw", "picture"];

/** Refuses arguments that need a target where none is named. @throws `UsageError` naming the first */
export function onlyList(
  query: string,
  known: Readonly<Record<string, unknown>>,
  args: PlainObject,
): void {
  onlyArguments(query, known, args);
  const [key] = Object.keys(args).filter((each) => !OF_A_LIST.includes(each));
  if (key === undefined) return;
  throw new UsageError(`${key}: it is not said of what`, {
    hint: "Name what is to be read before it, or leave it out for a list",
  });
}

/** A whole number from 0 to `most`. @throws `UsageError` naming the argument */
export function integerOf(
  args: PlainObject,
  key: string,
  most: number,
): number | undefined {
  const value = args[key];
  if (value === undefined) return undefined;
  if (
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 &&
    value <= most
  ) {
    return value;
  }
  throw new UsageError(
    `${key}: ${
      JSON.stringify(value)?.slice(0, 64)
    } is not a whole number from 0 to ${most}`,
    { hint: `Give ${key}=NUMBER` },
  );
}

/** A text. @throws `UsageError` naming the argument */
export function textOf(args: PlainObject, key: string): string | undefined {
  const value = args[key];
  if (value === undefined || typeof value === "string") return value;
  throw new UsageError(`${key}: is not a text`, {
    hint: `Give ${key}=TEXT`,
  });
}

/** A flag. @throws `UsageError` naming the argument */
export function flagOf(args: PlainObject, key: string): boolean {
  const value = args[key] ?? false;
  if (typeof value === "boolean") return value;
  throw new UsageError(`${key}: is not a flag`, {
    hint: `Give ${key}, or leave it out`,
  });
}
