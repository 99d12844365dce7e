/**
 * Virtual functions as a VM is to get them: capabilities of one or more types,
 * set from the PF before the VM starts. `fwctl vfio prepare` is this recipe
 * with its checks around it: who the function is, and that
 * nobody uses it.
 *
 * @example At most 4,096 queue pairs, no RoCE, and it may be migrated
 * ```sh
 * deno task fwctl plan recipes/vfio_child.ts -p vf=0000:3b:00.2 \
 *   -p set=log_max_qp=12,roce=0,GENERAL_2.migratable=1
 * ```
 *
 * @module
 */
import type { Declaration, PlainData, Recipe } from "../mod.ts";

export default {
  name: "vfio-child",
  description:
    "The firmware profile of mlx5 virtual functions, before a VM gets them",
  params: {
    "vf": {
      type: "pci-list",
      required: true,
      help: "Virtual functions by PCI address",
    },
    "set": {
      type: "fields",
      required: true,
      help:
        "Capabilities and their values; those of another type than GENERAL as TYPE.field=value",
    },
    "vm": {
      type: "string",
      help: "The VM that gets them, for whoever reads the plan",
    },
  },
  desired({ params, resource }): Declaration[] {
    const types = byType(params.set);
    // An empty list would be a plan that does nothing and says so of no one.
    const vfs = Array.isArray(params.vf) ? params.vf : [];
    if (vfs.length === 0) throw new Error("no function is named: vf=PCI,…");
    if (types.size === 0) throw new Error("nothing is set: set=field=value,…");
    return vfs.flatMap((vf: PlainData) =>
      [...types].map(([cap_type, set]) =>
        resource("mlx5.hca_cap", { vf, cap_type, set })
      )
    );
  },
} satisfies Recipe;

/** Fields by capability type, GENERAL first: the firmware derives other types from it. */
function byType(
  set: PlainData | undefined,
): Map<string, Record<string, PlainData>> {
  const types = new Map<string, Record<string, PlainData>>();
  const given = typeof set === "object" && set !== null ? set : {};
  for (const [name, value] of Object.entries(given)) {
    // Types are written in capitals, and no field begins with one.
    const [, type = "GENERAL", field = ""] =
      /^(?:([A-Z][A-Z0-9_]*)\.)?(.+)$/.exec(name) ?? [];
    types.set(type, { ...types.get(type), [field]: value });
  }
  return new Map(
    [...types].sort(([a], [b]) =>
      Number(b === "GENERAL") - Number(a === "GENERAL") || (a < b ? -1 : 1)
    ),
  );
}

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
