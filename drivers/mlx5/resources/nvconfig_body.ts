/**
 * What a recipe says to declare an `mlx5.nvconfig`, and how it is checked.
 *
 * @module
 */
import { isFwctlError, RecipeError, UsageError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { knowledgeFor } from "../nvconfig/knowledge.ts";
import {
  elementNames,
  needParameter,
  typeText,
  typeWord,
} from "../nvconfig/names.ts";
import type { NvKnowledge, NvRef, NvValue } from "../nvconfig/types.ts";
import { checkedValue } from "../nvconfig/values.ts";

/** A checked declaration: parameters of one item. */
export interface NvConfigBody {
  /** The device by any of its names. */
  readonly device: string;
  /** What the names mean. */
  readonly knowledge: NvKnowledge;
  /** Values by parameter, all of one item. */
  readonly set: ReadonlyMap<NvRef, NvValue>;
  /** Values declared beside them, of other items: gates take them as set. */
  readonly beside: ReadonlyMap<NvRef, NvValue>;
}

const KEYS = ["device", "set", "database", "beside"];

/** Refuses keys nobody knows. @throws {RecipeError} */
export function onlyKeys(
  kind: string,
  body: PlainObject,
  keys: readonly string[],
): void {
  for (const key of Object.keys(body)) {
    if (keys.includes(key)) continue;
    throw new RecipeError(`${kind} has no key "${key.slice(0, 64)}"`, {
      hint: didYouMean(key, keys) ?? `Its keys are ${keys.join(", ")}`,
    });
  }
}

/** The device's name. @throws {RecipeError} */
export function deviceOf(body: PlainObject): string {
  const { device } = body;
  if (typeof device === "string" && device !== "") return device;
  throw new RecipeError("device is not given", {
    hint: "Name it: fwctl0, its PCI address, net or RDMA device",
  });
}

/** Runs what a recipe's text is checked with: its failure is the recipe's. */
export function ofRecipe<T>(key: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new RecipeError(
      `${key}: ${error.message}`,
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
}

/**
 * Checks `{ device, set: { NAME: value }, database? }`. `beside` is for
 * declarations of the same recipe on other items; {@linkcode expandNvConfig}
 * fills it in.
 *
 * @throws {RecipeError} naming the key that is wrong
 */
export function parseNvConfig(body: PlainObject): NvConfigBody {
  const whole = parseAll(body);
  const types = new Set([...whole.set.keys()].map(unitOf));
  if (types.size > 1) {
    throw new RecipeError("set: names parameters of more than one item", {
      hint: "Declare them one by one",
    });
  }
  return whole;
}

/** The unit a parameter is written in: its item's type word as text. */
export function unitOf({ tlv, instance }: NvRef): string {
  return typeText(typeWord(tlv, instance));
}

/**
 * One declaration for each item that `set` has parameters of: an item is what
 * a device writes as a whole.
 *
 * @throws {RecipeError} naming the key that is wrong
 */
export function expandNvConfig(body: PlainObject): PlainObject[] {
  const { set } = parseAll(body);
  const units = new Map<string, Record<string, NvValue>>();
  for (const [ref, value] of gatesFirst(set)) {
    const unit = units.get(unitOf(ref)) ?? {};
    unit[ref.label] = value;
    units.set(unitOf(ref), unit);
  }
  return [...units].map(([unit, own]) => {
    const beside: Record<string, NvValue> = {};
    for (const [ref, value] of set) {
      if (unitOf(ref) !== unit) beside[ref.label] = value;
    }
    return {
      device: body.device ?? "",
      set: own,
      ...(Object.keys(beside).length > 0 ? { beside } : {}),
      ...(body.database === undefined ? {} : { database: body.database }),
    };
  });
}

/** Items that gates of other declared parameters look at come first: they open them. */
function gatesFirst(set: ReadonlyMap<NvRef, NvValue>): [NvRef, NvValue][] {
  const gates = [...set.keys()];
  const opens = ({ tlv }: NvRef): boolean =>
    gates.some(({ field }) =>
      field.tlv !== tlv.name && field.gate.includes(`$${tlv.name}.`)
    );
  return [...set].sort(([a], [b]) => Number(opens(b)) - Number(opens(a)));
}

function parseAll(body: PlainObject): NvConfigBody {
  onlyKeys("mlx5.nvconfig", body, KEYS);
  const device = deviceOf(body);
  const { set, beside = {} } = body;
  if (!isPlainObject(set) || Object.keys(set).length === 0) {
    throw new RecipeError("set: must be an object of parameter: value", {
      hint:
        'For instance { SRIOV_EN: true, NUM_OF_VFS: 8, LINK_TYPE_P1: "ETH" }',
    });
  }
  if (!isPlainObject(beside)) {
    throw new RecipeError("beside: must be an object of parameter: value", {
      hint: "Leave it out",
    });
  }
  const own = ofRecipe("set", () => byElement(set));
  const others = ofRecipe("beside", () => byElement(beside));
  const names = [...Object.keys(own), ...Object.keys(others)];
  const knowledge = ofRecipe(
    "set",
    () => knowledgeFor(names, body.database),
  );
  return {
    device,
    knowledge,
    set: parseValues("set", own, knowledge),
    beside: parseValues("beside", others, knowledge),
  };
}

/** Values with `NAME[0..3]` as one for each element. @throws `UsageError` for one that is given twice */
function byElement(values: PlainObject): PlainObject {
  const all: Record<string, PlainData> = {};
  for (const [name, value] of Object.entries(values)) {
    for (const each of elementNames(name)) {
      if (Object.hasOwn(all, each)) {
        throw new UsageError(`${each.slice(0, 64)} is given twice`, {
          hint: "Give it once",
        });
      }
      all[each] = value;
    }
  }
  return all;
}

function parseValues(
  key: string,
  values: PlainObject,
  knowledge: NvKnowledge,
): Map<NvRef, NvValue> {
  return new Map(
    Object.entries(values).map(([name, value]: [string, PlainData]) =>
      ofRecipe(key, () => {
        const ref = needParameter(knowledge, name);
        return [ref, checkedValue(ref, value)];
      })
    ),
  );
}
