/**
 * A recipe's declaration of its parameters, checked: it is data from outside.
 *
 * @module
 */
import { didYouMean } from "../suggest.ts";
import { RecipeError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { checkPlain, hasControls, shorten } from "./plain_check.ts";
import { checkValue } from "./param_value.ts";
import type { ParamSpec, ParamSpecs } from "./types.ts";

/** Keys of a spec by its type, beyond those every spec has. */
const KEYS: Readonly<Record<ParamSpec["type"], readonly string[]>> = {
  string: ["pattern"],
  integer: ["min", "max"],
  boolean: [],
  choice: ["choices"],
  device: [],
  "pci-list": [],
  "integer-list": ["min", "max"],
  fields: [],
};
const COMMON = ["type", "help", "required", "default"];
const NAME = /^[a-z][a-z0-9-]*$/;
const MOST_PARAMS = 100;
const LONGEST_HELP = 500;
const MOST_CHOICES = 1000;

/**
 * Checks a recipe's `params`.
 *
 * @throws {RecipeError} naming the parameter and the key: unknown types and
 *   keys, limits that are no integers or cross, patterns that are none,
 *   defaults that break their own limits
 */
export function checkSpecs(value: unknown): ParamSpecs {
  const specs = checkPlain(value, "params");
  if (!isPlainObject(specs)) {
    throw wrong("params", "must be an object of parameters by name");
  }
  const entries = Object.entries(specs);
  if (entries.length > MOST_PARAMS) {
    throw wrong("params", `has more than ${MOST_PARAMS} parameters`);
  }
  return Object.fromEntries(entries.map(([name, spec]) => {
    if (!NAME.test(name) || name.length > 40) {
      throw wrong(
        `params: the name ${shorten(name)}`,
        "must be lower-case letters, digits and dashes, at most 40",
      );
    }
    return [name, checkSpec(spec, `params.${name}`, name)];
  }));
}

function checkSpec(spec: PlainData, at: string, name: string): ParamSpec {
  if (!isPlainObject(spec)) throw wrong(at, "must be an object");
  const { type, help, required } = spec;
  if (typeof type !== "string" || !Object.hasOwn(KEYS, type)) {
    const types = Object.keys(KEYS);
    throw wrong(
      `${at}.type`,
      `is ${shorten(type)}, which is no type of parameter`,
      (typeof type === "string" ? didYouMean(type, types) : undefined) ??
        `The types are ${types.join(", ")}.`,
    );
  }
  const allowed = [...COMMON, ...KEYS[type as ParamSpec["type"]]];
  for (const key of Object.keys(spec)) {
    if (allowed.includes(key)) continue;
    throw wrong(
      at,
      `has the key ${shorten(key)}, which ${type} does not know`,
      didYouMean(key, allowed) ?? `It knows ${allowed.join(", ")}.`,
    );
  }
  if (
    typeof help !== "string" || help === "" || help.length > LONGEST_HELP ||
    hasControls(help)
  ) {
    throw wrong(`${at}.help`, `must be one sentence (≤ ${LONGEST_HELP})`);
  }
  if (required !== undefined && typeof required !== "boolean") {
    throw wrong(`${at}.required`, "must be true or false");
  }
  checkLimits(spec, at);
  const checked = spec as unknown as ParamSpec;
  if (spec.default === undefined) return checked;
  if (required === true) {
    throw wrong(at, "is required and has a default; it can only be one");
  }
  const value = checkValue(checked, spec.default, name, "its own default");
  return { ...checked, default: value } as ParamSpec;
}

function checkLimits(spec: PlainObject, at: string): void {
  const { min, max, pattern, choices, type } = spec;
  for (const [key, limit] of Object.entries({ min, max })) {
    if (limit !== undefined && !Number.isSafeInteger(limit)) {
      throw wrong(`${at}.${key}`, `is ${shorten(limit)}, not an integer`);
    }
  }
  if (typeof min === "number" && typeof max === "number" && min > max) {
    throw wrong(at, `has min ${min} above max ${max}`);
  }
  if (pattern !== undefined && typeof pattern !== "string") {
    throw wrong(`${at}.pattern`, "must be text");
  }
  if (type !== "choice") return;
  const listed = Array.isArray(choices) && choices.length > 0 &&
    choices.length <= MOST_CHOICES &&
    choices.every((choice: PlainData) =>
      typeof choice === "string" && choice !== "" && !hasControls(choice)
    );
  if (!listed) throw wrong(`${at}.choices`, "must be a list of texts");
}

function wrong(at: string, what: string, hint?: string): RecipeError {
  return new RecipeError(`${at} ${what}`, {
    hint: hint ?? "The recipe must be corrected.",
  });
}
