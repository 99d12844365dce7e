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
import type { PlainObject } from "../../../lib/plain.ts";
import type {
  ActionArgument,
  ActionType,
  ObserveContext,
  PreparedAction,
} from "../../driver.ts";
import { knowledgeFor } from "../nvconfig/knowledge.ts";
import { needParameter, refsOf, typeWord } from "../nvconfig/names.ts";
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
import { valueIn } from "../nvconfig/values.ts";
import { readU16 } from "../protocol.ts";
import {
  deviceOf,
  ofRecipe,
  onlyKeys,
  unitOf,
} from "../resources/nvconfig_body.ts";
import { portText } from "../resources/nvconfig_observe.ts";

/** A checked request; without a parameter it is about everything. */
export interface NvConfigReset {
  /** The device by any of its names. */
  readonly device: string;
  /** What the names mean. */
  readonly knowledge: NvKnowledge;
  /** A parameter of the item; null for everything. */
  readonly ref: NvRef | null;
}

const KEYS = ["device", "parameters", "all", "database"];

function parse(body: PlainObject): NvConfigReset {
  onlyKeys("mlx5.nvconfig_reset", body, KEYS);
  const device = deviceOf(body);
  const { parameters = [], all = false } = body;
  const given = Array.isArray(parameters)
    ? parameters.filter((name): name is string => typeof name === "string")
    : [];
  if (!Array.isArray(parameters) || given.length !== parameters.length) {
    throw new RecipeError("parameters: must be a list of names", {
      hint: 'For instance ["SRIOV_EN"]',
    });
  }
  if (typeof all !== "boolean" || all === given.length > 0) {
    throw new RecipeError("Give either parameters or all: true", {
      hint: "parameters resets one item, all erases the whole store",
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
  return { device, knowledge, ref };
}

/** What an item's parameters go from and to, for people. */
function argumentsOf(
  { knowledge, ref }: NvConfigReset,
  context: ObserveContext,
): ActionArgument[] {
  if (!ref) return [{ name: "items", value: "all" }];
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

function prepare(
  reset: NvConfigReset,
  context: ObserveContext,
): PreparedAction {
  const { ref } = reset;
  const reader = sharedReader(context);
  const request = ref ? resetItem(typeWord(ref.tlv, ref.instance)) : resetAll();
  const loads = resetOf(reader);
  const writable = !ref || reader.support(ref.tlv, ref.instance).write;
  return {
    request,
    capacity: roomFor(request),
    identity: ref ? { type: `0x${unitOf(ref)}` } : {},
    arguments: argumentsOf(reset, context),
    notes: [
      ...(loads.dpu ? [DPU_NOTE] : []),
      `The next ${loads.name} loads it`,
      ...(ref
        ? ["All parameters of the item are reset, not only the named ones"]
        : ["Everything anybody ever configured on this card is erased"]),
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
  locate: ({ device, ref }, inventory) =>
    locateNv(
      inventory,
      device,
      ref ? `nvconfig reset ${unitOf(ref)}` : "nvconfig reset",
      ref
        ? `reset nvconfig ${ref.tlv.name}${portText(ref.tlv, ref.instance)}`
        : "reset nvconfig, everything",
    ),
  prepare: (reset, _located, context) => prepare(reset, context),
  answer: (request) => ({
    reset: readU16(request, 10) === NV_REGISTER.MNVIA
      ? "all items are back to their defaults, loaded by the next reset"
      : "the item is back to its default, loaded by the next reset",
  }),
};
