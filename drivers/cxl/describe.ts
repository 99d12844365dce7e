/**
 * What a device has: the features it lists, with what setting each needs.
 *
 * @module
 */
import type {
  DescribedItem,
  DescribedSection,
  DeviceContext,
} from "../driver.ts";
import { effectOf, setRule } from "./effects.ts";
import { type CxlFeatures, knownFeatures } from "./knowledge.ts";
import type { FeatureEntry } from "./protocol.ts";

/** The sections of `fwctl describe`. */
export function describe(
  { know, entry }: DeviceContext,
): readonly DescribedSection[] {
  const features = knownFeatures(know, entry.name);
  const items = features.entries.map((each) => ({
    exclusive: each.exclusive !== undefined,
    item: itemOf(each, features),
  }));
  const section = (title: string, exclusive: boolean): DescribedSection => ({
    title,
    items: items.filter((each) => each.exclusive === exclusive)
      .map(({ item }) => item),
  });
  return [
    section("Features", false),
    section("Features the kernel keeps to itself", true),
  ].filter(({ items }) => items.length > 0);
}

function itemOf(entry: FeatureEntry, features: CxlFeatures): DescribedItem {
  const { scope, reason } = setRule(entry);
  const name = features.nameOf(entry.uuid);
  const sizes = entry.setSize === 0
    ? `${entry.getSize} bytes`
    : entry.setSize === entry.getSize
    ? `${entry.getSize} bytes, version ${entry.setVersion}`
    : `read ${entry.getSize} bytes, set ${entry.setSize}, version ${entry.setVersion}`;
  const detail = name === entry.uuid ? sizes : `${entry.uuid}, ${sizes}`;
  return scope === undefined
    ? {
      name,
      detail,
      use: entry.getSize === 0 ? "none" : "query",
      scope: entry.getSize === 0 ? null : "configuration",
      effect: entry.getSize === 0 ? null : "read",
      reason: `read only: ${reason}`,
    }
    : {
      name,
      detail,
      use: "resource",
      scope,
      effect: effectOf(entry.effects).effect,
      reason,
    };
}
