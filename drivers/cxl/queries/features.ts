/**
 * Query `features`: every feature the device lists.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { effectWords, resetsOf, setRule } from "../effects.ts";
import { knownFeatures } from "../knowledge.ts";
import { type FeatureEntry, selectionsOf } from "../protocol.ts";
import { CXL_FEATURE_F } from "../tables/features.ts";

/** The query. It takes no arguments. */
export const featuresQuery: QueryType = {
  name: "features",
  summary: "Every feature with sizes, effects in words, and what setting needs",
  scope: "configuration",
  arguments: {},
  run({ know, entry }, args): PlainData {
    const [key] = Object.keys(args);
    if (key !== undefined) {
      throw new UsageError(`The query features has no argument "${key}"`, {
        hint: "It takes none; the query feature reads one of them",
      });
    }
    const features = knownFeatures(know, entry.name);
    return {
      features: features.entries.map((each) =>
        featureRow(each, features.nameOf(each.uuid))
      ),
    };
  },
};

/** A feature's entry as plain data. */
export function featureRow(entry: FeatureEntry, name: string): PlainObject {
  const { uuid, id, getSize, setSize, getVersion, setVersion } = entry;
  const { scope, reason } = setRule(entry);
  return {
    name,
    uuid,
    id,
    get_size: getSize,
    set_size: setSize,
    get_version: getVersion,
    set_version: setVersion,
    changeable: (entry.flags & CXL_FEATURE_F.CHANGEABLE) !== 0,
    kept_over_firmware_update:
      (entry.flags & CXL_FEATURE_F.PERSIST_FW_UPDATE) !== 0,
    selections: selectionsOf(entry),
    effects: effectWords(entry.effects),
    effects_word: `0x${entry.effects.toString(16).padStart(4, "0")}`,
    live_after: resetsOf(entry.effects),
    exclusive: entry.exclusive ?? null,
    set_scope: scope ?? null,
    set_reason: reason,
  };
}
