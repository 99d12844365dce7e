/**
 * Arguments of pds queries.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";

/** Refuses arguments a query does not have. @throws `UsageError` */
export function checkArguments(
  query: string,
  args: PlainObject,
  known: readonly string[],
): void {
  const key = Object.keys(args).find((each) => !known.includes(each));
  if (key === undefined) return;
  throw new UsageError(
    `The query ${query} has no argument "${key.slice(0, 64)}"`,
    { hint: didYouMean(key, known) ?? `Its arguments are ${known.join(", ")}` },
  );
}

/** Text or a number as text; undefined when absent. @throws `UsageError` */
export function textOr(args: PlainObject, key: string): string | undefined {
  const value = Object.hasOwn(args, key) ? args[key] : undefined;
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new UsageError(`${key} is not a text`, {
    hint: "Give a name or a number",
  });
}

/**
 * Numbers from a list of numbers, names and ranges, such as `1-16` or `0x20`;
 * sorted, each once.
 *
 * @param named the number of a name
 * @throws `UsageError` when it is nothing of the kind, or more than `most`
 */
export function numbers(
  value: PlainData | undefined,
  key: string,
  limits: { readonly largest: number; readonly most: number },
  named: (name: string) => number,
): readonly number[] {
  const list: readonly PlainData[] = Array.isArray(value)
    ? value
    : typeof value === "string"
    ? value.split(",").map((each) => each.trim())
    : value === undefined
    ? []
    : [value];
  const found = new Set<number>();
  for (const item of list) {
    const [first, last] = range(item, key, named);
    if (first > last || last > limits.largest) {
      throw new UsageError(
        `${key}: ${JSON.stringify(item)} is not within 0 to 0x${
          limits.largest.toString(16)
        }`,
        { hint: "Write a range as FIRST-LAST" },
      );
    }
    // Counted before they are made, so that 0-0xffffffff costs nothing.
    if (found.size + last - first + 1 > limits.most) {
      throw new UsageError(`${key}: more than ${limits.most} numbers`, {
        hint: "Ask for a smaller range",
      });
    }
    for (let each = first; each <= last; each++) found.add(each);
  }
  if (found.size === 0) {
    throw new UsageError(`${key} is missing`, {
      hint: `Say which: ${key}=1-16, or ${key}=0x20,0x21`,
    });
  }
  return [...found].sort((a, b) => a - b);
}

const NUMBER = "(?:0x[0-9a-fA-F]{1,8}|[0-9]{1,10})";
const RANGE = new RegExp(`^(${NUMBER})(?:-(${NUMBER}))?$`);

function range(
  item: PlainData,
  key: string,
  named: (name: string) => number,
): readonly [number, number] {
  if (typeof item === "number" && Number.isInteger(item) && item >= 0) {
    return [item, item];
  }
  if (typeof item !== "string" || item === "") {
    throw new UsageError(`${key}: ${JSON.stringify(item)} is not a number`, {
      hint: "Give numbers, names or ranges such as 1-16",
    });
  }
  const [, first, last] = RANGE.exec(item) ?? [];
  if (first !== undefined) return [Number(first), Number(last ?? first)];
  const number = named(item);
  return [number, number];
}
