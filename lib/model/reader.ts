/**
 * Strict reading of plain data that came from outside: every key is asked for
 * by name and type, and a key nobody asked for is an error.
 *
 * @module
 */
import { nearest } from "../suggest.ts";
import { ModelError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";

/** Limits of an integer. */
export interface IntegerLimits {
  /** Smallest value allowed; default 0. */
  readonly min?: number;
  /** Largest value allowed; default 2^53 - 1. */
  readonly max?: number;
}

/** `; did you mean "x"?` or nothing, for the end of a message. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const near = nearest(name, names, 1)[0];
  return near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
}

/** A value for a message, short. */
function shown(value: PlainData | undefined): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Refuses a value of a scenario or a state. */
export function refuse(at: string, problem: string, hint?: string): never {
  throw new ModelError(`${at} ${problem}`, hint === undefined ? {} : { hint });
}

/** Reads the keys of one object; {@linkcode ObjectReader.end} refuses the rest. */
export class ObjectReader {
  /** Where the object stands, for messages: `devices[0].firmware`. */
  readonly at: string;
  #object: PlainObject;
  #asked: string[] = [];

  /** `at` is where the value stands, for messages. @throws `ModelError` when it is no object */
  constructor(value: PlainData | undefined, at: string) {
    if (!isPlainObject(value)) {
      refuse(at || "it", `is ${shown(value)} but must be an object`);
    }
    this.#object = value;
    this.at = at;
  }

  /** The key path of a member. */
  path(key: string): string {
    return this.at === "" ? key : `${this.at}.${key}`;
  }

  /** The member as it is; undefined when absent. */
  raw(key: string): PlainData | undefined {
    this.#asked.push(key);
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  /** Text of at most 4096 characters; undefined when absent. */
  text(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value.length > 4096) {
      refuse(this.path(key), `is ${shown(value)} but must be text`);
    }
    return value;
  }

  /** Text that one of `choices` equals; undefined when absent. */
  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      refuse(
        this.path(key),
        `is ${shown(value)} but must be one of ${choices.join(", ")}` +
          didYouMean(value, choices),
      );
    }
    return found;
  }

  /** An integer within limits; undefined when absent. */
  integer(key: string, limits: IntegerLimits = {}): number | undefined {
    const value = this.raw(key);
    return value === undefined
      ? undefined
      : asInteger(value, this.path(key), limits);
  }

  /** A boolean; undefined when absent. */
  flag(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value !== undefined && typeof value !== "boolean") {
      refuse(this.path(key), `is ${shown(value)} but must be true or false`);
    }
    return value;
  }

  /** A list of at most `max` items; undefined when absent. */
  list(key: string, max: number): readonly PlainData[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      refuse(this.path(key), `is ${shown(value)} but must be a list`);
    }
    if (value.length > max) {
      refuse(this.path(key), `has ${value.length} items; ${max} are the most`);
    }
    return value as readonly PlainData[];
  }

  /** A list of texts; undefined when absent. */
  texts(key: string, max: number): string[] | undefined {
    return this.list(key, max)?.map((item, index) => {
      if (typeof item !== "string" || item.length > 4096) {
        refuse(
          `${this.path(key)}[${index}]`,
          `is ${shown(item)} but must be text`,
        );
      }
      return item;
    });
  }

  /** A reader of a member that is an object; undefined when absent. */
  object(key: string): ObjectReader | undefined {
    const value = this.raw(key);
    return value === undefined
      ? undefined
      : new ObjectReader(value, this.path(key));
  }

  /** The keys present. */
  keys(): string[] {
    return Object.keys(this.#object);
  }

  /** Refuses keys nobody asked for. @throws `ModelError` naming the key path */
  end(): void {
    const key = this.keys().find((key) => !this.#asked.includes(key));
    if (key === undefined) return;
    const name = key.slice(0, 64);
    refuse(
      this.path(name),
      `is not known${didYouMean(name, this.#asked)}`,
      `Known here: ${this.#asked.join(", ")}.`,
    );
  }
}

/** An integer within limits. @throws `ModelError` naming `at` */
export function asInteger(
  value: PlainData | undefined,
  at: string,
  limits: IntegerLimits = {},
): number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = limits;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    refuse(at, `is ${shown(value)} but must be an integer`);
  }
  if (value < min || value > max) {
    refuse(at, `is ${value} but must be from ${min} to ${max}`);
  }
  return value;
}
