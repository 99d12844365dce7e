/**
 * Rules of a policy file.
 *
 * @module
 */
import { type Effect, EFFECTS } from "../../../drivers/driver.ts";
import { GROUP_NAMES } from "../../../drivers/groups.ts";
import { didYouMean, type ObjectReader, refuse } from "../../model/reader.ts";
import type { PlainData } from "../../plain.ts";
import { type Scope, SCOPES } from "../../uapi/fwctl.ts";
import { numberOf } from "./match.ts";
import type { PolicyRule, ValueTest } from "./types.ts";

/** Names that a policy's own must be among; without, any are taken. */
export interface PolicyNames {
  /** Drivers by name, with the kinds of their resources and actions. */
  readonly drivers: readonly {
    readonly name: string;
    readonly resources: Readonly<Record<string, { readonly kind: string }>>;
    readonly actions: Readonly<Record<string, { readonly kind: string }>>;
  }[];
}

/** Most names of one member of a rule. */
const NAMES = 256;
/** Most characters of a name or a reason. */
const TEXT = 256;

/** Reads one rule. @throws `ModelError` naming the key */
export function readRule(
  reader: ObjectReader,
  names: PolicyNames | undefined,
): PolicyRule {
  const drivers = names?.drivers.map(({ name }) => name);
  const kinds = names?.drivers.flatMap(({ resources, actions }) =>
    [...Object.values(resources), ...Object.values(actions)]
      .map(({ kind }) => kind)
  );
  const driver = namesOf(reader, "driver", known("driver", drivers));
  const device = namesOf(reader, "device", anything);
  const request = namesOf(reader, "request", anything);
  const group = namesOf(
    reader,
    "group",
    (at, name) => chosen(name, at, GROUP_NAMES),
  );
  const scope = namesOf(
    reader,
    "scope",
    (at, name): Scope => chosen(name, at, SCOPES),
  );
  const effect = namesOf(
    reader,
    "effect",
    (at, name): Effect => chosen(name, at, EFFECTS),
  );
  const kind = namesOf(reader, "kind", known("kind", kinds));
  const target = namesOf(reader, "target", anything);
  const field = namesOf(reader, "field", anything);
  const value = valueOf(reader);
  const reason = reasonOf(reader);
  reader.end();
  return {
    ...(driver ? { driver } : {}),
    ...(device ? { device } : {}),
    ...(request ? { request } : {}),
    ...(group ? { group } : {}),
    ...(scope ? { scope } : {}),
    ...(effect ? { effect } : {}),
    ...(kind ? { kind } : {}),
    ...(target ? { target } : {}),
    ...(field ? { field } : {}),
    ...(value ? { value } : {}),
    ...reason,
  };
}

/** One name or a list of names, each checked. */
function namesOf<T extends string>(
  reader: ObjectReader,
  key: string,
  check: (at: string, name: string) => T,
): T[] | undefined {
  const value = reader.raw(key);
  if (value === undefined) return undefined;
  const at = reader.path(key);
  const list: readonly PlainData[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) refuse(at, "is empty: the rule would never fit");
  if (list.length > NAMES) {
    refuse(at, `has ${list.length} names; ${NAMES} are the most`);
  }
  return list.map((item, index) => {
    const where = Array.isArray(value) ? `${at}[${index}]` : at;
    return check(where, textOf(item, where));
  });
}

function anything(_at: string, name: string): string {
  return name;
}

/** A check that a name without a wildcard is one of those there are. */
function known(
  what: string,
  names: readonly string[] | undefined,
): (at: string, name: string) => string {
  return (at, name) => {
    const wanted = name.toLowerCase();
    if (
      names && !/[*?]/.test(name) &&
      !names.some((each) => each.toLowerCase() === wanted)
    ) {
      refuse(
        at,
        `is ${JSON.stringify(name)}, which no ${what} is called${
          didYouMean(name, names)
        }`,
        `Known: ${names.join(", ")}`,
      );
    }
    return name;
  };
}

function valueOf(reader: ObjectReader): ValueTest | undefined {
  const object = reader.object("value");
  if (!object) return undefined;
  const min = bound(object, "min");
  const max = bound(object, "max");
  const choices = object.list("in", NAMES)?.map((item, index) =>
    typeof item === "number" && Number.isSafeInteger(item)
      ? String(item)
      : textOf(item, `${object.path("in")}[${index}]`)
  );
  object.end();
  if (min === undefined && max === undefined && choices === undefined) {
    refuse(object.at, "says nothing", 'Give "min", "max" or "in"');
  }
  if (choices?.length === 0) refuse(object.path("in"), "is empty");
  if (min !== undefined && max !== undefined && min > max) {
    refuse(object.at, `has min ${min} above max ${max}`);
  }
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(choices ? { in: choices } : {}),
  };
}

function bound(reader: ObjectReader, key: string): bigint | undefined {
  const value = reader.raw(key);
  if (value === undefined) return undefined;
  const exact = typeof value === "number"
    ? Number.isSafeInteger(value)
    : typeof value === "string" && value.length <= TEXT;
  const number = exact ? numberOf(value as number | string) : undefined;
  if (number === undefined) {
    refuse(
      reader.path(key),
      "is not a whole number",
      'Write a number up to 2^53, or a larger one as text: "0x…"',
    );
  }
  return number;
}

/** The `reason` of a rule or a window, as a member to spread. */
export function reasonOf(reader: ObjectReader): { reason?: string } {
  const reason = reader.raw("reason");
  return reason === undefined
    ? {}
    : { reason: textOf(reason, reader.path("reason")) };
}

/** An item that is one of `choices`. @throws `ModelError` naming `at` */
export function chosen<T extends string>(
  item: PlainData,
  at: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === item);
  if (found === undefined) {
    refuse(
      at,
      `is ${JSON.stringify(item)?.slice(0, 64)} but must be one of ${
        choices.join(", ")
      }${typeof item === "string" ? didYouMean(item, choices) : ""}`,
    );
  }
  return found;
}

/** Text without control characters: it is shown to people. */
function textOf(item: PlainData, at: string): string {
  if (
    typeof item !== "string" || item === "" || item.length > TEXT ||
    /\p{Cc}/u.test(item)
  ) {
    refuse(
      at,
      `must be text of 1 to ${TEXT} characters without control characters`,
    );
  }
  return item;
}
