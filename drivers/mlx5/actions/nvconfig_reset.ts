/**
 * Action `mlx5.nvconfig_reset`: takes nvconfig back to the card's defaults: one
 * item (register MNVDI), or everything (MNVIA). The next reset loads it.
 *
 * A value that is reset is not a value that is set to the default: the card
 * forgets it, and follows when a later firmware has another default.
 *
 * @module
 */
import { RecipeError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type {
  ActionArgument,
  ActionType,
  ObserveContext,
  PreparedAction,
} from "../../driver.ts";
import { itemName, knowledgeFor } from "../nvconfig/knowledge.ts";
import {
  needParameter,
  refsOf,
  typeText,
  typeWord,
} from "../nvconfig/names.ts";
import {
  NV_REGISTER,
  resetAll,
  resetItem,
  roomFor,
} from "../nvconfig/registers.ts";
import {
  DPU_NOTE,
  locateNv,
  resetOf,
  sharedReader,
} from "../nvconfig/target.ts";
import type { NvKnowledge, NvRef } from "../nvconfig/types.ts";
import { portText } from "../resources/nvconfig_observe.ts";
import { valueIn } from "../nvconfig/values.ts";
import { readU16 } from "../protocol.ts";
import {
  deviceOf,
  ofRecipe,
  onlyKeys,
  unitOf,
} from "../resources/nvconfig_body.ts";

/** A checked request; without a parameter or an item it is about everything. */
export interface NvConfigReset {
  /** The device by any of its names. */
  readonly device: string;
  /** What the names mean. */
  readonly knowledge: NvKnowledge;
  /** A parameter of the item; null for an item by its type, and for everything. */
  readonly ref: NvRef | null;
  /** Type word of the item; null for everything. */
  readonly type: number | null;
}

const KEYS = ["device", "parameters", "item", "all", "database"];

/** An item by its type word, of which nothing else need be known. */
function parseItem(device: string, item: PlainData): NvConfigReset {
  if (typeof item !== "string" || !/^[0-9a-f]{8}$/i.test(item)) {
    throw new RecipeError("item: must be a type of eight hex digits", {
      hint: 'For instance "00000080"',
    });
  }
  const knowledge = ofRecipe("item", () => knowledgeFor([], undefined));
  return { device, knowledge, ref: null, type: Number.parseInt(item, 16) };
}

function parse(body: PlainObject): NvConfigReset {
  onlyKeys("mlx5.nvconfig_reset", body, KEYS);
  const device = deviceOf(body);
  const { parameters = [], all = false, item } = body;
  if (item !== undefined && body.parameters === undefined && !all) {
    return parseItem(device, item);
  }
  const given = Array.isArray(parameters)
    ? parameters.filter((name): name is string => typeof name === "string")
    : [];
  if (!Array.isArray(parameters) || given.length !== parameters.length) {
    throw new RecipeError("parameters: must be a list of names", {
      hint: 'For instance ["SRIOV_EN"]',
    });
  }
  if (
    typeof all !== "boolean" || all === given.length > 0 || item !== undefined
  ) {
    throw new RecipeError("Give one of parameters, item, and all: true", {
      hint: "parameters and item reset one item, all erases the whole store",
    });
  }
  const knowledge = ofRecipe(
    "parameters",
    () => knowledgeFor(given, body.database),
  );
  const refs = given.map((name) =>
    ofRecipe("parameters", () => needParameter(knowledge, name))
  );
  const [ref = null] = refs;
  if (new Set(refs.map(unitOf)).size > 1) {
    throw new RecipeError("parameters: are of more than one item", {
      hint: "An action resets one item; ask for one action each",
    });
  }
  const type = ref && typeWord(ref.tlv, ref.instance);
  return { device, knowledge, ref, type };
}

/** What an item's parameters go from and to, for people. */
function argumentsOf(
  { knowledge, ref, type }: NvConfigReset,
  context: ObserveContext,
): ActionArgument[] {
  if (!ref) {
    return [
      type === null
        ? { name: "items", value: "all" }
        : { name: "item", value: titleOf(ref, type) },
    ];
  }
  const reader = sharedReader(context);
  const next = reader.item(ref.tlv, ref.instance, "next")?.data;
  const standard = reader.item(ref.tlv, ref.instance, "default")?.data;
  const list: ActionArgument[] = [];
  for (const field of ref.tlv.fields.values()) {
    for (const each of refsOf(knowledge, field, [ref.instance])) {
      const end = field.bit + field.width * (each.element + 1);
      if (!next || end > 8 * next.length) continue;
      const before = valueIn(next, each);
      const after = standard && end <= 8 * standard.length
        ? valueIn(standard, each)
        : "the default";
      if (before === after) continue;
      list.push({ name: each.label, value: `${before} → ${after}` });
    }
  }
  return list;
}

/** The item for people. */
function titleOf(ref: NvRef | null, type: number): string {
  return ref
    ? `${ref.tlv.name}${portText(ref.tlv, ref.instance)}`
    : itemName(type) ?? `item 0x${typeText(type)}`;
}

function prepare(
  reset: NvConfigReset,
  context: ObserveContext,
): PreparedAction {
  const { ref, type } = reset;
  const reader = sharedReader(context);
  const request = type === null ? resetAll() : resetItem(type);
  const loads = resetOf(reader);
  const needless = type === null
    ? reader.stored()?.length === 0
    : reader.isStored(type) === false;
  const writable = !ref || reader.support(ref.tlv, ref.instance).write;
  return {
    request,
    capacity: roomFor(request),
    identity: type === null ? {} : { type: `0x${typeText(type)}` },
    arguments: argumentsOf(reset, context),
    // What is at its default already is not reset once more.
    needless,
    notes: needless ? [] : [
      ...(loads.dpu ? [DPU_NOTE] : []),
      `The next ${loads.name} loads it`,
      ...(ref
        ? ["All parameters of the item are reset, not only the named ones"]
        : []),
      ...(type === null
        ? ["Everything anybody ever configured on this card is erased"]
        : []),
    ],
    refused: writable ? [] : [
      `${ref.label} is refused: the device does not let write ${ref.tlv.name}`,
    ],
  };
}

/** The action. */
export const nvconfigReset: ActionType<NvConfigReset> = {
  kind: "mlx5.nvconfig_reset",
  summary:
    "Takes one nvconfig item, or all, back to the defaults (MNVDI, MNVIA)",
  scope: "configuration",
  effect: null,
  parse,
  locate: ({ device, ref, type }, inventory) =>
    locateNv(
      inventory,
      device,
      type === null ? "nvconfig reset" : `nvconfig reset ${typeText(type)}`,
      type === null
        ? "reset nvconfig, everything"
        : `reset nvconfig ${titleOf(ref, type)}`,
    ),
  prepare: (reset, _located, context) => prepare(reset, context),
  answer: (request) => ({
    reset: readU16(request, 10) === NV_REGISTER.MNVIA
      ? "all items are back to their defaults, loaded by the next reset"
      : "the item is back to its default, loaded by the next reset",
  }),
};
