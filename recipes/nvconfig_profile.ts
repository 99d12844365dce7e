/**
 * Brings one card's nvconfig to a profile: parameters by name, items of a
 * backup, and resets to the default. The next firmware reset or reboot loads
 * it; nothing here arms one.
 *
 * @example Two parameters by number and one by name
 * ```sh
 * deno task fwctl plan recipes/nvconfig_profile.ts -p device=fwctl0 -p set=SRIOV_EN=1,NUM_OF_VFS=16 -p choose=LINK_TYPE_P1=ETH
 * ```
 *
 * @module
 */
import type { Declaration, PlainData, Recipe } from "../mod.ts";

export default {
  name: "nvconfig-profile",
  description: "Sets nvconfig parameters of an mlx5 card by name",
  params: {
    "device": {
      type: "device",
      required: true,
      help: "The card",
    },
    "set": {
      type: "fields",
      help: "Parameters and their numbers, such as SRIOV_EN=1,NUM_OF_VFS=16",
    },
    "choose": {
      type: "string",
      help: "Parameters and their named values, such as LINK_TYPE_P1=ETH",
    },
    "restore": {
      type: "string",
      help:
        "Items of a backup (query nvconfig_backup) as TYPE:DATA in hex, comma separated",
    },
    "reset": {
      type: "string",
      help:
        "Parameters whose items go back to the default, comma separated: an action each",
    },
    "database": {
      type: "string",
      help:
        'The vendor\'s parameters: "installed" (mstflint), or a path of mlxconfig_host.db',
    },
  },
  desired({ params, resource, action }): Declaration[] {
    const device = params.device ?? "";
    const database = params.database === undefined
      ? {}
      : { database: params.database };
    const wanted: Declaration[] = [];
    const set = { ...objectOf(params.set), ...pairs(params.choose, "=") };
    if (Object.keys(set).length > 0) {
      wanted.push(resource("mlx5.nvconfig", { device, set, ...database }));
    }
    const items = Object.entries(pairs(params.restore, ":"))
      .map(([type, data]) => ({ type, data }));
    if (items.length > 0) {
      wanted.push(resource("mlx5.nvconfig_items", { device, items }));
    }
    for (const name of words(params.reset)) {
      wanted.push(
        action("mlx5.nvconfig_reset", {
          device,
          parameters: [name],
          ...database,
        }),
      );
    }
    if (wanted.length === 0) {
      throw new Error(
        "nothing is asked for: give set, choose, restore or reset",
      );
    }
    return wanted;
  },
} satisfies Recipe;

function objectOf(
  value: PlainData | undefined,
): Readonly<Record<string, PlainData>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Readonly<Record<string, PlainData>>
    : {};
}

/** Comma separated words. */
function words(value: PlainData | undefined): string[] {
  return typeof value === "string"
    ? value.split(",").map((word) => word.trim()).filter((word) => word !== "")
    : [];
}

/** Comma separated `name=value`. */
function pairs(
  value: PlainData | undefined,
  separator: string,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const word of words(value)) {
    const at = word.indexOf(separator);
    if (at < 1) {
      throw new Error(`"${word}" is not NAME${separator}VALUE`);
    }
    const name = word.slice(0, at);
    if (Object.hasOwn(found, name)) {
      throw new Error(`${name} is given twice`);
    }
    found[name] = word.slice(at + 1);
  }
  return found;
}

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
