/**
 * What a device has: capability types whose fields are public, nvconfig parameters,
 * registers and query commands by name.
 *
 * @module
 */
import type { DescribedItem, DescribedSection } from "../driver.ts";
import { builtinKnowledge } from "./nvconfig/builtin.ts";
import { suffixOf } from "./nvconfig/names.ts";
import type { NvField } from "./nvconfig/types.ts";
import { domainOf } from "./nvconfig/values.ts";
import { allowList } from "./tables/allow_list.ts";
import { capTypes } from "./tables/cap_types.ts";
import { objectQueries } from "./tables/objects.ts";
import { registerLayouts } from "./tables/register_layouts.ts";
import { registers } from "./tables/registers.ts";

/** The sections of `fwctl describe`. Sends nothing. */
export function describe(): readonly DescribedSection[] {
  return [{
    title: "Capability types",
    items: capTypes().map(({ name, number, layout, settable }) => ({
      name,
      detail: `type 0x${number.toString(16)}`,
      use: layout === undefined ? "raw" : settable ? "resource" : "query",
      scope: "configuration",
      effect: settable ? "runtime" : "read",
      reason: layout === undefined
        ? "its fields are not public"
        : settable
        ? "read with QUERY_HCA_CAP, set on other functions with SET_HCA_CAP"
        : "read with QUERY_HCA_CAP; the kernel names no way to set it",
    })),
  }, {
    title: "nvconfig parameters",
    items: [...builtinKnowledge().parameters.values()].map(parameter),
  }, {
    title: "Registers",
    items: [...registers()].map(([id, { name, effect, reason }]) => ({
      name,
      detail: `0x${id.toString(16)} ${
        registerLayouts().get(id)?.layout ?? "fields not public"
      }`,
      use: "action",
      scope: "configuration",
      effect,
      reason:
        `read with the query reg at debug-read-only; written with mlx5.register: ${reason}`,
    })),
  }, {
    title: "Query commands",
    items: [...objectQueries().values()].map(
      ({ name, opcode, answer }): DescribedItem => ({
        name,
        detail: `0x${opcode.toString(16)} ${
          answer?.name ?? "fields not public"
        }`,
        use: "query",
        scope: allowList().get(opcode)?.scope === 0
          ? "configuration"
          : "debug-read-only",
        effect: "read",
        reason: "read with the query object",
      }),
    ),
  }];
}

/** A port's parameter is written with its port: `LINK_TYPE_P1`. */
function parameter(field: NvField): DescribedItem {
  const tlv = builtinKnowledge().tlvs.get(field.tlv);
  const port = tlv && suffixOf(tlv, 1) !== "" ? "_P<n>" : "";
  return {
    name: `${field.parameter}${port}`,
    detail: `${domainOf(field)}${field.unit && ` ${field.unit}`}`,
    use: "resource",
    scope: "configuration",
    effect: "next-reset",
    reason:
      "read with the query nvconfig, set with mlx5.nvconfig; loaded by the next reset",
  };
}
