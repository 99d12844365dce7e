/**
 * Limits of data that comes from outside, checked where it arrives.
 *
 * @module
 */
import { RecipeError } from "../errors.ts";
import type { PlainData } from "../plain.ts";

/** How large data from a recipe may be. */
export const PLAIN_LIMITS = {
  /** Levels of lists and objects. */
  depth: 32,
  /** Values of all kinds together. */
  nodes: 1_000_000,
  /** Characters of its JSON text. */
  text: 64 * 1024 * 1024,
} as const;

/** A step into data, as it is written: `[3]`, `.roce`, `["a-b"]`. */
export function step(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${shorten(key)}]`;
}

/** Text as JSON, cut to a length that fits a message. */
export function shorten(value: unknown, length = 60): string {
  const text = clean(
    typeof value === "string"
      ? JSON.stringify(value.slice(0, length + 1))
      : JSON.stringify(value) ?? String(value),
  );
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

// deno-lint-ignore no-control-regex -- these are what is meant
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Text for a message, at most 600 characters: control characters could steer a terminal. */
export function clean(text: string): string {
  const plain = text.replaceAll(CONTROLS, " ");
  return plain.length > 600 ? `${plain.slice(0, 599)}…` : plain;
}

/** Whether a text has control characters, which no name and no sentence needs. */
export function hasControls(text: string): boolean {
  return text.search(CONTROLS) >= 0;
}

/**
 * Checks that `value` is plain data within {@linkcode PLAIN_LIMITS}, and gives
 * it back with its type. `at` is how the data is called in messages.
 *
 * @throws {RecipeError} naming the path of the first value that is not
 */
export function checkPlain(value: unknown, at: string): PlainData {
  let nodes = 0;
  const ancestors = new Set<object>();
  const visit = (value: unknown, at: string): void => {
    if (++nodes > PLAIN_LIMITS.nodes) {
      throw refuse(at, `has more than ${PLAIN_LIMITS.nodes} values`);
    }
    switch (typeof value) {
      case "string":
      case "boolean":
        return;
      case "number":
        if (Number.isFinite(value)) return;
        throw refuse(at, `is ${value}`);
      case "object":
        if (value === null) return;
        break;
      case "undefined":
        throw refuse(at, "is undefined");
      default:
        throw refuse(at, `is a ${typeof value}`);
    }
    if (ancestors.has(value)) throw refuse(at, "refers back to itself");
    if (ancestors.size >= PLAIN_LIMITS.depth) {
      throw refuse(at, `is nested deeper than ${PLAIN_LIMITS.depth} levels`);
    }
    ancestors.add(value);
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) visit(value[i], at + step(i));
    } else {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== null && prototype !== Object.prototype) {
        throw refuse(at, "is not a plain object");
      }
      for (const [key, member] of Object.entries(value)) {
        if (key === "__proto__") throw refuse(at, "has a key __proto__");
        visit(member, at + step(key));
      }
    }
    ancestors.delete(value);
  };
  try {
    visit(value, at);
  } catch (error) {
    if (error instanceof RecipeError) throw error;
    // A proxy or a getter that throws; what it throws is not ours to trust.
    throw refuse(at, "cannot be read");
  }
  return value as PlainData;
}

function refuse(at: string, what: string): RecipeError {
  return new RecipeError(`${at} ${what}, which plain data cannot hold`, {
    hint:
      "Use only numbers, text, booleans, null, lists and plain objects of these.",
  });
}
