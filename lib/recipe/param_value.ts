/**
 * One parameter's value: from a command line's text to data, and from data to
 * a checked value.
 *
 * @module
 */
import { didYouMean } from "../suggest.ts";
import { pciAddress } from "../device/find.ts";
import { RecipeError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { matchesWhole } from "./pattern.ts";
import { shorten } from "./plain_check.ts";
import type { ParamSpec } from "./types.ts";

const LONGEST_TEXT = 4096;
const MOST_ITEMS = 65_536;
const PCI = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;

/**
 * What a text of the command line means for a type: numbers, lists and fields
 * are taken apart, the rest stays text. Limits come after, in `checkValue`.
 *
 * @throws {RecipeError} naming the parameter
 */
export function parseText(
  spec: ParamSpec,
  text: string,
  name: string,
): PlainData {
  if (text.includes("\uFFFD")) {
    throw wrong(name, "is not UTF-8", "Give it as UTF-8 text.");
  }
  switch (spec.type) {
    case "integer":
      return integer(text) ?? text;
    case "boolean":
      if (/^(?:true|yes|on|1)$/i.test(text)) return true;
      return /^(?:false|no|off|0)$/i.test(text) ? false : text;
    case "pci-list":
      return items(text);
    case "integer-list":
      return items(text).flatMap((item) => range(item, name));
    case "fields":
      return fields(text, name);
    default:
      return text;
  }
}

/**
 * Checks a value against its spec; `origin` says in messages where it is from.
 *
 * @throws {RecipeError} naming the parameter, the limit and the value
 */
export function checkValue(
  spec: ParamSpec,
  value: PlainData,
  name: string,
  origin = "given",
): PlainData {
  const refuse = (must: string, hint?: string): RecipeError =>
    wrong(name, `${must}; ${origin}: ${shorten(value)}`, hint);
  switch (spec.type) {
    case "string":
      if (typeof value !== "string") throw refuse("must be text");
      checkText(value, name);
      if (
        spec.pattern !== undefined &&
        !matchesWhole(spec.pattern, value, `parameter ${name}`)
      ) throw refuse(`must match ${shorten(spec.pattern)}`);
      return value;
    case "integer":
      return checkInteger(spec, value, refuse);
    case "boolean":
      if (typeof value === "boolean") return value;
      throw refuse("must be true or false");
    case "choice":
      if (typeof value === "string" && spec.choices.includes(value)) {
        return value;
      }
      throw refuse(
        `must be one of ${spec.choices.join(", ")}`,
        typeof value === "string" ? didYouMean(value, spec.choices) : undefined,
      );
    case "device":
      if (typeof value !== "string" || value === "") {
        throw refuse("must be the name of a device");
      }
      checkText(value, name);
      return pciAddress(value);
    case "pci-list":
      return distinct(
        list(value, refuse).map((item) => {
          const address = typeof item === "string" ? pciAddress(item) : "";
          if (PCI.test(address)) return address;
          throw refuse(
            `must be PCI addresses, and ${shorten(item)} is none`,
            "Write them as 0000:3b:00.2, separated by commas.",
          );
        }),
        refuse,
      );
    case "integer-list":
      return distinct(
        list(value, refuse).map((item) => checkInteger(spec, item, refuse)),
        refuse,
      );
    case "fields":
      return checkFields(value, refuse);
  }
}

type Refuse = (must: string, hint?: string) => RecipeError;

function checkInteger(
  { min, max }: { readonly min?: number; readonly max?: number },
  value: PlainData,
  refuse: Refuse,
): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw refuse("must be an integer");
  }
  const low = min ?? Number.MIN_SAFE_INTEGER;
  const high = max ?? Number.MAX_SAFE_INTEGER;
  if (value >= low && value <= high) return value;
  const bounds = min === undefined
    ? `at most ${max}`
    : max === undefined
    ? `at least ${min}`
    : `from ${min} to ${max}`;
  throw refuse(`must be ${bounds}`);
}

function checkFields(value: PlainData, refuse: Refuse): PlainData {
  if (!isPlainObject(value)) throw refuse("must be fields with numbers");
  for (const [field, wanted] of Object.entries(value)) {
    if (!/^[A-Za-z_][\w.[\]-]*$/.test(field) || field.length > 200) {
      throw refuse(`has a field ${shorten(field)}, which is no name`);
    }
    if (typeof wanted === "number" && Number.isSafeInteger(wanted)) continue;
    throw refuse(
      `must be integers, and ${field} is ${shorten(wanted)}`,
      "Write numbers in decimal or as 0x hex.",
    );
  }
  return value;
}

function list(value: PlainData, refuse: Refuse): readonly PlainData[] {
  if (!Array.isArray(value)) throw refuse("must be a list");
  if (value.length > MOST_ITEMS) {
    throw refuse(`must be at most ${MOST_ITEMS} items`);
  }
  return value;
}

function distinct(
  values: readonly PlainData[],
  refuse: Refuse,
): readonly PlainData[] {
  const seen = new Set<PlainData>();
  for (const value of values) {
    if (seen.has(value)) throw refuse(`must not have ${shorten(value)} twice`);
    seen.add(value);
  }
  return values;
}

function checkText(text: string, name: string): void {
  if (text.length > LONGEST_TEXT) {
    throw wrong(
      name,
      `is ${text.length} characters, the limit ${LONGEST_TEXT}`,
    );
  }
  if (!text.isWellFormed() || text.includes("\uFFFD")) {
    throw wrong(name, "is not UTF-8", "Give it as UTF-8 text.");
  }
}

/** Decimal or 0x hex, with a sign; undefined for another text. */
function integer(text: string): number | undefined {
  if (!/^-?(?:\d+|0x[0-9a-f]+)$/i.test(text)) return undefined;
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
}

function items(text: string): string[] {
  return text === "" ? [] : text.split(",").map((item) => item.trim());
}

function range(item: string, name: string): PlainData[] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(item) ?? [];
  if (first === undefined || last === undefined) return [integer(item) ?? item];
  const low = Number(first);
  const length = Number(last) - low + 1;
  if (length >= 1 && length <= MOST_ITEMS) {
    return Array.from({ length }, (_, i) => low + i);
  }
  throw wrong(
    name,
    length < 1
      ? `has the range ${item}, which goes down`
      : `has the range ${item}; at most ${MOST_ITEMS} items are possible`,
  );
}

function fields(text: string, name: string): PlainData {
  const found = new Map<string, PlainData>();
  for (const item of items(text)) {
    const at = item.indexOf("=");
    if (at < 1) {
      throw wrong(
        name,
        `must be field=value pairs, and ${shorten(item)} is none`,
        "For instance log_max_qp=12,roce=0",
      );
    }
    const field = item.slice(0, at).trim();
    if (found.has(field)) throw wrong(name, `has ${shorten(field)} twice`);
    const value = item.slice(at + 1).trim();
    found.set(field, integer(value) ?? value);
  }
  return Object.fromEntries(found);
}

function wrong(name: string, what: string, hint?: string): RecipeError {
  return new RecipeError(`parameter ${name} ${what}`, {
    hint: hint ?? "fwctl plan RECIPE --params-help lists the parameters.",
  });
}
