/**
 * Resource `cxl.feature`: the value of one vendor feature of a memory device.
 *
 * The image is the feature's data as Get Feature gives it: the current value,
 * or the saved one when a change waits for a reset and the device tells it. It
 * is written whole with Set Feature. What may be set, at which scope and with
 * which effect, the device's own list says (effects.ts).
 *
 * @module
 */
import { findDevice } from "../../../lib/device/find.ts";
import { isFwctlError, PlanError, RecipeError } from "../../../lib/errors.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type {
  Difference,
  ImageField,
  Located,
  ObserveContext,
  Observed,
  ResourceType,
} from "../../driver.ts";
import { exclusiveReason, resetsOf, setRule } from "../effects.ts";
import { type FeatureSchema, placeOf } from "../fields.ts";
import { type CxlFeatures, knownFeatures } from "../knowledge.ts";
import {
  type FeatureEntry,
  SET_CAPACITY,
  setFeatureHeader,
} from "../protocol.ts";
import { CXL_FEATURE_F } from "../tables/features.ts";
import { standardByUuid } from "../tables/standard.ts";
import { type DeclaredFeature, parseFeature } from "./feature_body.ts";
import { type Compared, compareData, compareFields } from "./feature_diff.ts";
import {
  type FeatureValues,
  readValues,
  showsWrite,
  waitsForReset,
} from "./feature_values.ts";

interface Context {
  /** `mem0`, as the kernel's files are called after it. */
  readonly memdev: string;
  readonly entry: FeatureEntry;
  readonly schema: FeatureSchema | undefined;
  readonly values: FeatureValues;
}

/** The resource. */
export const feature: ResourceType<DeclaredFeature> = {
  kind: "cxl.feature",
  summary: "The value of a vendor feature of a CXL memory device",
  scope: null,
  effect: null,
  parse: parseFeature,

  locate(declared, inventory): Located {
    const device = asPlanError(() => findDevice(inventory, declared.device));
    if (device.driver !== "cxl") {
      throw new PlanError(
        `${device.name} is no CXL device: it is ${device.driver}`,
        "unknown-target",
        [],
        { device: device.name, hint: "Run `fwctl list` to see the devices" },
      );
    }
    return {
      device: device.name,
      unit: `feature ${declared.uuid ?? declared.feature}`,
      title: declared.feature,
      address: device.parent,
      vf: null,
      context: undefined,
    };
  },

  observe(declared, located, context): Observed {
    const features = knownFeatures(context.know, located.device);
    const entry = entryOf(declared, features, located, context);
    const schema = declared.schema ?? features.schema(entry);
    checkNames(declared, schema, features.nameOf(entry.uuid));
    const values = readValues(context.channel, entry);
    return {
      read: values.read,
      image: values.image,
      identity: {
        uuid: entry.uuid,
        version: String(entry.setVersion),
      },
      notes: notes(entry),
      context: {
        memdev: context.entry.parent,
        entry,
        schema,
        values,
      } satisfies Context,
    };
  },

  diff(declared, observed): Difference {
    const { memdev, entry, schema, values } = observed.context as Context;
    const rule = setRule(entry);
    const compared: Compared = declared.data
      ? compareData(declared.data, entry, values)
      : schema
      ? compareFields(declared, schema, entry, values)
      : {
        changes: [],
        same: [],
        after: values.image,
        payload: undefined,
        refused: [],
      };
    const { changes, same, after, payload } = compared;
    // What cannot be set at all needs no second reason.
    const refused = rule.scope === undefined
      ? [cannotBeSet(entry, rule.reason, memdev)]
      : compared.refused;
    const reset = resetsOf(entry.effects);
    return {
      changes,
      same,
      after,
      writeHeader: setFeatureHeader(
        entry,
        payload?.write.length ?? after.length,
      ),
      writeCapacity: SET_CAPACITY,
      ...(payload === undefined ? {} : { payload }),
      live: waitsForReset(entry) ? "next-reset" : "now",
      ...(reset === "" ? {} : { reset }),
      verifiable: showsWrite(entry),
      refused,
    };
  },

  imageFields(unit, definitions): readonly ImageField[] | undefined {
    const name = unit.replace(/^feature /, "");
    // Standard features are the kernel's own and never in a plan.
    const schema = (definitions as readonly FeatureSchema[][]).flat()
      .find((each) => each.name === name || each.uuid === name);
    return schema?.get.fields.map((field): ImageField => ({
      field: field.name,
      ...placeOf(field),
      order: field.type === "bytes" ? "bytes" : "little",
    }));
  },
};

function cannotBeSet(
  { exclusive, uuid }: FeatureEntry,
  reason: string,
  memdev: string,
): string {
  if (exclusive === undefined) return `it cannot be set: ${reason}`;
  const files = standardByUuid(uuid)?.kernel ?? "";
  return `it cannot be set: ${exclusiveReason(exclusive)}${
    files === "" ? "" : `; use /sys/bus/edac/devices/cxl_${memdev}/${files}`
  }`;
}

/** The feature's entry. @throws {PlanError} */
function entryOf(
  { feature: name, uuid: given }: DeclaredFeature,
  features: CxlFeatures,
  { unit, device }: Located,
  context: ObserveContext,
): FeatureEntry {
  const entry = asPlanError(() => features.find(given ?? name, device));
  if (entry.getSize === 0) {
    throw new PlanError(
      `${name} has no data that can be read, so that a change could not be compared or undone`,
      "unsupported",
      [],
      { device, hint: "Send it raw with fwctl rpc if that is what you want" },
    );
  }
  // A name from a definition file and a UUID can mean one feature; only here both are known.
  const owner = context.memo(`feature ${entry.uuid}`, () => unit);
  if (owner !== unit) {
    throw new PlanError(
      `The feature ${entry.uuid} is declared twice, as ${
        owner.replace(/^feature /, "")
      } and as ${name}`,
      "conflict",
      [],
      { device, hint: "Declare it once" },
    );
  }
  return entry;
}

/** Every declared field must be one of the feature's. @throws {RecipeError} */
function checkNames(
  { set }: DeclaredFeature,
  schema: FeatureSchema | undefined,
  name: string,
): void {
  if (set === undefined) return;
  if (!schema) {
    throw new RecipeError(`The fields of feature ${name} are not known`, {
      hint:
        "Give schema, a definition file, or data with the whole value in hex",
    });
  }
  const names = schema.get.fields.map((field) => field.name);
  for (const field of set.keys()) {
    if (names.includes(field)) continue;
    throw new RecipeError(
      `set.${field.slice(0, 64)}: ${name} has no such field`,
      {
        hint: didYouMean(field, names) ??
          `Its fields are ${names.slice(0, 12).join(", ")}`,
      },
    );
  }
}

function notes(entry: FeatureEntry): string[] {
  const reset = resetsOf(entry.effects);
  const list: string[] = [];
  if (reset !== "" && !waitsForReset(entry)) {
    list.push(`A part takes hold at once, the rest after a ${reset}`);
  }
  if (!showsWrite(entry)) {
    list.push(
      `The device keeps no saved value to read: what is written shows only after a ${reset}, and the kernel does not tell a write that was lost on its way from one that was taken`,
    );
  }
  if (!(entry.flags & CXL_FEATURE_F.PERSIST_FW_UPDATE)) {
    list.push("A firmware update sets it back");
  }
  return list;
}

/** Runs a look-up whose failure is the plan's. */
function asPlanError<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!isFwctlError(error) || error.code !== "UsageError") throw error;
    throw new PlanError(
      error.message,
      "unknown-target",
      [],
      {
        ...(error.device === undefined ? {} : { device: error.device }),
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      },
    );
  }
}
