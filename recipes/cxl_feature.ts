/**
 * Sets a vendor feature of a CXL memory device. Its fields come from a
 * definition file; without one the whole value can be given in hex. Setting a
 * feature always taints the kernel, and the plan says which reset it waits for.
 *
 * @example Its fields by name, with a definition file
 * ```sh
 * deno task fwctl plan recipes/cxl_feature.ts --definitions acme.json -p device=mem0 -p feature=power_limit -p set=watts=30
 * ```
 * @example The whole value
 * ```sh
 * deno task fwctl plan recipes/cxl_feature.ts -p device=mem0 -p feature=c0de0000-6d65-4d6f-8000-000000000005 -p data=0201
 * ```
 *
 * @module
 */
import type { Declaration, Recipe } from "../mod.ts";

export default {
  name: "cxl-feature",
  description: "Sets a vendor feature of a CXL memory device",
  params: {
    device: {
      type: "device",
      required: true,
      help: "The memory device, such as mem0 or fwctl0",
    },
    feature: {
      type: "string",
      required: true,
      help: "The feature, by its UUID or by its name in a definition file",
    },
    set: {
      type: "fields",
      help: "Fields and their values, such as watts=30,boost=0",
    },
    data: {
      type: "string",
      pattern: "(0x)?([0-9A-Fa-f]{2})+",
      help: "The whole value in hex digits, instead of fields",
    },
  },
  desired({ params, resource }): Declaration[] {
    const { device, feature, set, data } = params;
    if ((set === undefined) === (data === undefined)) {
      throw new Error(
        "give either set=FIELD=VALUE,… or data=HEX: what should the feature be?",
      );
    }
    return [resource("cxl.feature", {
      device: device ?? "",
      feature: feature ?? "",
      ...(set === undefined ? { data: data ?? "" } : { set }),
    })];
  },
} satisfies Recipe;

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
