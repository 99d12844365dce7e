/**
 * The parameters of a recipe: from what a user gave to checked values.
 *
 * @module
 */
import { didYouMean } from "../suggest.ts";
import { RecipeError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { checkValue, parseText } from "./param_value.ts";
import { checkPlain, shorten } from "./plain_check.ts";
import { checkSpecs } from "./spec_check.ts";
import type { ParamSpec, ParamSpecs } from "./types.ts";

export { checkSpecs };

/** What a user gave. */
export interface GivenParams {
  /** `name=value` of the command line, in order; they win over `data`. */
  readonly texts?: readonly string[];
  /** Values by name, from a JSON file or a call. */
  readonly data?: PlainObject;
}

/** Types whose values given several times are put together. */
const LISTS: ReadonlySet<ParamSpec["type"]> = new Set<ParamSpec["type"]>([
  "pci-list",
  "integer-list",
  "fields",
]);

/**
 * The value of every parameter, defaults filled in; those that are neither
 * given nor have a default are absent. Lists given more than once are joined.
 *
 * @throws {RecipeError} naming the parameter: unknown, missing, given twice,
 *   of the wrong type, out of its limits
 */
export function parseParams(
  specs: ParamSpecs,
  given: GivenParams,
): PlainObject {
  const values = new Map<string, PlainData>();
  const data = checkPlain(given.data ?? {}, "the parameters");
  if (!isPlainObject(data)) {
    throw new RecipeError("the parameters are not an object", {
      hint: 'Give { "name": value, … }.',
    });
  }
  for (const [name, value] of Object.entries(data)) {
    const spec = specOf(specs, name);
    // A file may write a list as the command line does.
    const read = typeof value === "string" && LISTS.has(spec.type)
      ? parseText(spec, value, name)
      : value;
    values.set(name, checkValue(spec, read, name));
  }
  for (const [name, texts] of byName(given.texts ?? [])) {
    const spec = specOf(specs, name);
    if (texts.length > 1 && !LISTS.has(spec.type)) {
      throw new RecipeError(
        `parameter ${name} is given ${texts.length} times`,
        {
          hint: "Give it once.",
        },
      );
    }
    const read = parseText(spec, texts.join(","), name);
    values.set(name, checkValue(spec, read, name));
  }
  return complete(specs, values);
}

function complete(
  specs: ParamSpecs,
  values: ReadonlyMap<string, PlainData>,
): PlainObject {
  const full: [string, PlainData][] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const value = values.get(name) ?? spec.default;
    if (value !== undefined) full.push([name, value]);
    else if (spec.required === true) {
      throw new RecipeError(`parameter ${name} is required: ${spec.help}`, {
        hint: `Give it as -p ${name}=${form(spec)}.`,
      });
    }
  }
  return Object.fromEntries(full);
}

function byName(texts: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) {
      throw new RecipeError(`${shorten(text)} is not name=value`, {
        hint: "Give parameters as -p name=value.",
      });
    }
    const name = text.slice(0, at);
    const value = text.slice(at + 1);
    const before = found.get(name);
    if (before === undefined) found.set(name, [value]);
    else before.push(value);
  }
  return found;
}

function specOf(specs: ParamSpecs, name: string): ParamSpec {
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec !== undefined) return spec;
  const known = Object.keys(specs);
  throw new RecipeError(`the recipe has no parameter ${shorten(name)}`, {
    hint: didYouMean(name, known) ??
      (known.length === 0
        ? "It has none at all."
        : `It has ${known.join(", ")}.`),
  });
}

/** A parameter for people. */
export interface ParamDescription {
  /** Its name. */
  readonly name: string;
  /** How a value is written: `N`, `a|b`, `field=N,…`. */
  readonly form: string;
  /** The recipe's own sentence. */
  readonly help: string;
  /** Limits and default: `required`, `from 1 to 8`, `default GENERAL`. */
  readonly facts: readonly string[];
}

/** The parameters for `--help`, in the recipe's order. */
export function describeParams(specs: ParamSpecs): ParamDescription[] {
  return Object.entries(specs).map(([name, spec]) => ({
    name,
    form: form(spec),
    help: spec.help,
    facts: facts(spec),
  }));
}

function form(spec: ParamSpec): string {
  switch (spec.type) {
    case "string":
      return "TEXT";
    case "integer":
      return "N";
    case "boolean":
      return "true|false";
    case "choice":
      return spec.choices.join("|");
    case "device":
      return "DEVICE";
    case "pci-list":
      return "PCI,…";
    case "integer-list":
      return "N,N-M,…";
    case "fields":
      return "FIELD=N,…";
  }
}

function facts(spec: ParamSpec): string[] {
  const found: string[] = [];
  if (spec.required === true) found.push("required");
  if (spec.type === "integer" || spec.type === "integer-list") {
    if (spec.min !== undefined) found.push(`at least ${spec.min}`);
    if (spec.max !== undefined) found.push(`at most ${spec.max}`);
  }
  if (spec.type === "string" && spec.pattern !== undefined) {
    found.push(`matches ${spec.pattern}`);
  }
  if (spec.default !== undefined) {
    found.push(`default ${defaultText(spec.default)}`);
  }
  return found;
}

function defaultText(value: PlainData): string {
  if (Array.isArray(value)) return value.join(",");
  if (!isPlainObject(value)) return String(value);
  return Object.entries(value).map(([field, n]) => `${field}=${n}`).join(",");
}
