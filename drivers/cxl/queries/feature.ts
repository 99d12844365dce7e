/**
 * Query `feature`: the value of one feature, decoded and raw.
 *
 * @module
 */
import { toHex } from "../../../lib/bytes.ts";
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { QueryArgument, QueryType } from "../../driver.ts";
import { decodeFields } from "../fields.ts";
import { type CxlFeatures, knownFeatures } from "../knowledge.ts";
import { featureData } from "../answers.ts";
import {
  type FeatureEntry,
  getCapacity,
  getFeature,
  SELECTION,
  type Selection,
  selectionsOf,
} from "../protocol.ts";

const ARGUMENTS: Readonly<Record<string, QueryArgument>> = {
  feature: { type: "text", help: "Which one, by name or UUID; it is needed" },
  selection: {
    type: "text",
    help: "current (unless said), default or saved, where the device has them",
  },
  offset: { type: "integer", help: "First byte; 0 unless said" },
  count: { type: "integer", help: "How many bytes; up to the end unless said" },
};

/** The query. */
export const featureQuery: QueryType = {
  name: "feature",
  summary: "The value of one feature: its fields, and the bytes",
  scope: "configuration",
  arguments: ARGUMENTS,
  samples: ({ know, entry: { name } }) =>
    knownFeatures(know, name).entries.filter(({ getSize }) => getSize > 0)
      .map(({ uuid }) => ({ feature: uuid })),
  run({ channel, know, entry: { name } }, args): PlainData {
    const keys = Object.keys(ARGUMENTS);
    const strange = Object.keys(args).find((key) => !keys.includes(key));
    if (strange !== undefined) {
      throw new UsageError(`The query feature has no argument "${strange}"`, {
        hint: didYouMean(strange, keys) ??
          `Its arguments are ${keys.join(", ")}`,
      });
    }
    const features = knownFeatures(know, name);
    const entry = wantedFeature(args, features, name);
    const selection = wantedSelection(args, entry);
    const offset = integer(args, "offset", 0, entry.getSize - 1) ?? 0;
    const rest = entry.getSize - offset;
    const count = integer(args, "count", 1, rest) ?? rest;
    const data = featureData(
      channel.send(
        getFeature(entry.uuid, count, selection, offset),
        getCapacity(count),
      ),
      count,
    );
    const schema = features.schema(entry);
    return {
      feature: features.nameOf(entry.uuid),
      uuid: entry.uuid,
      version: entry.getVersion,
      selection,
      offset,
      size: entry.getSize,
      // A part has no fields of its own.
      fields: schema && offset === 0 ? decodeFields(schema.get, data) : null,
      hex: toHex(data),
    };
  },
};

function wantedFeature(
  { feature }: PlainObject,
  features: CxlFeatures,
  device: string,
): FeatureEntry {
  if (typeof feature !== "string" || feature === "") {
    throw new UsageError("Which feature is not given", {
      hint: `Give feature, for instance ${features.names()[0] ?? "its UUID"}`,
    });
  }
  const entry = features.find(feature, device);
  if (entry.getSize > 0) return entry;
  throw new UsageError(`${feature} has no data to read`, {
    device,
    hint: "Its entry says 0 bytes (query features)",
  });
}

function wantedSelection(
  { selection = "current" }: PlainObject,
  entry: FeatureEntry,
): Selection {
  const names = Object.keys(SELECTION) as Selection[];
  const wanted = names.find((name) => name === selection);
  if (wanted === undefined) {
    throw new UsageError(`${JSON.stringify(selection)} is no selection`, {
      hint: didYouMean(String(selection), names) ??
        `It is one of ${names.join(", ")}`,
    });
  }
  const own = selectionsOf(entry);
  if (own.includes(wanted)) return wanted;
  throw new UsageError(`The feature has no ${wanted} value`, {
    hint: `It has ${own.join(" and ")}`,
  });
}

function integer(
  args: PlainObject,
  key: string,
  min: number,
  max: number,
): number | undefined {
  const value = args[key];
  if (value === undefined) return undefined;
  if (
    typeof value === "number" && Number.isInteger(value) && value >= min &&
    value <= max
  ) return value;
  throw new UsageError(`${key}: ${JSON.stringify(value)} is out of range`, {
    hint: `It is a whole number from ${min} to ${max}`,
  });
}
