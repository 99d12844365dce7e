/**
 * One field of a definition file.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { didYouMean } from "../../lib/suggest.ts";
import {
  fail,
  integerAt,
  MAX_DATA,
  NAME,
  objectAt,
  onlyKeys,
  textAt,
} from "./definition_check.ts";
import type { FeatureField } from "./fields.ts";

const NUMBERS: Readonly<Record<string, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
};
const TYPES = [...Object.keys(NUMBERS), "bits", "enum", "bytes"];
const COMMON = ["name", "offset", "type", "help"];
/** Widest number. */
const WIDEST = 64;

/** Checks a field. @throws `UsageError` naming the key path */
export function readFieldDefinition(
  body: PlainObject,
  at: string,
): FeatureField {
  const type = textAt(body.type, `${at}.type`);
  if (!TYPES.includes(type)) {
    fail(
      `${at}.type`,
      `is ${JSON.stringify(body.type ?? null)?.slice(0, 40)}`,
      didYouMean(type, TYPES) ?? `It is one of ${TYPES.join(", ")}`,
    );
  }
  const name = textAt(body.name, `${at}.name`);
  if (!NAME.test(name)) {
    fail(`${at}.name`, "is no name", "Take letters, digits, _ . - and []");
  }
  const start = integerAt(body.offset, `${at}.offset`, 0, MAX_DATA) * 8;
  const help = textAt(body.help, `${at}.help`);
  if (type === "bytes") {
    onlyKeys(body, [...COMMON, "size"], at);
    const size = integerAt(body.size, `${at}.size`, 1, MAX_DATA);
    return { name, bit: start, width: size * 8, type: "bytes", help };
  }
  const place = type in NUMBERS
    ? { bit: start, width: (NUMBERS[type] ?? 1) * 8 }
    : placeOf(body, type, start, at);
  const limits = type === "enum" ? ["values"] : ["min", "max"];
  const own = type in NUMBERS
    ? []
    : type === "enum"
    ? ["size", "bit", "bits"]
    : ["bit", "bits"];
  onlyKeys(body, [...COMMON, ...own, ...limits], at);
  const field: FeatureField = { name, ...place, type: "number", help };
  return type === "enum"
    ? { ...field, values: valuesOf(body.values, place.width, `${at}.values`) }
    : { ...field, ...limitsOf(body, place.width, at) };
}

/** Where bits are: `bit` and `bits`, or for an enum `size` bytes. */
function placeOf(
  body: PlainObject,
  type: string,
  start: number,
  at: string,
): { bit: number; width: number } {
  if (type === "enum" && body.bits === undefined) {
    if (body.bit !== undefined) fail(`${at}.bit`, "needs bits");
    const size = integerAt(body.size ?? 1, `${at}.size`, 1, 4);
    return { bit: start, width: size * 8 };
  }
  if (body.size !== undefined) fail(`${at}.size`, "does not go with bits");
  const bit = integerAt(body.bit ?? 0, `${at}.bit`, 0, WIDEST - 1);
  const width = integerAt(body.bits, `${at}.bits`, 1, WIDEST);
  return { bit: start + bit, width };
}

function limitsOf(
  body: PlainObject,
  width: number,
  at: string,
): { min?: number; max?: number } {
  const most = 2 ** Math.min(width, 53) - 1;
  const { min, max } = body;
  const least = min === undefined
    ? undefined
    : integerAt(min, `${at}.min`, 0, most);
  const greatest = max === undefined
    ? undefined
    : integerAt(max, `${at}.max`, least ?? 0, most);
  return {
    ...(least === undefined ? {} : { min: least }),
    ...(greatest === undefined ? {} : { max: greatest }),
  };
}

function valuesOf(
  value: PlainData | undefined,
  width: number,
  at: string,
): Record<string, number> {
  const body = objectAt(value, at);
  const most = 2 ** Math.min(width, 53) - 1;
  const entries = Object.entries(body);
  if (entries.length === 0) fail(at, "is empty");
  if (entries.length > 1000) fail(at, "has more than 1000 names");
  const seen = new Map<number, string>();
  // Made from entries: a key such as __proto__ stays a key.
  return Object.fromEntries(entries.map(([name, number]) => {
    if (!NAME.test(name)) {
      fail(`${at}.${name.slice(0, 64)}`, "is no name");
    }
    const checked = integerAt(number, `${at}.${name}`, 0, most);
    const other = seen.get(checked);
    if (other !== undefined) {
      fail(`${at}.${name}`, `is ${checked}, as ${other} is`);
    }
    seen.set(checked, name);
    return [name, checked];
  }));
}
