/**
 * Brings network cards to the same SR-IOV baseline in nvconfig: SR-IOV on, and
 * how many virtual functions a physical one offers. The next firmware reset or
 * reboot loads it; nothing here arms one.
 *
 * @example Sixteen virtual functions on every card, 64 on one
 * ```sh
 * deno task fwctl plan recipes/sriov_baseline.ts -p num-vfs=16 -p vfs=fwctl1=64
 * ```
 *
 * @module
 */
import type { Declaration, PlainData, Recipe } from "../mod.ts";

export default {
  name: "sriov-baseline",
  description:
    "Turns SR-IOV on in nvconfig and says how many virtual functions mlx5 cards offer",
  params: {
    "num-vfs": {
      type: "integer",
      min: 0,
      max: 0xffff,
      help: "Virtual functions of every card that vfs does not name",
    },
    "vfs": {
      type: "fields",
      help: "Virtual functions of single cards, such as fwctl0=8,fwctl1=64",
    },
    "vf-msix": {
      type: "integer",
      min: 1,
      max: 1023,
      help: "MSI-X vectors of a virtual function; as it is unless given",
    },
    "migration": {
      type: "boolean",
      help: "Whether virtual functions can migrate; as it is unless given",
    },
  },
  desired({ params, inventory, resource }): Declaration[] {
    const all = params["num-vfs"];
    const single = isObject(params.vfs) ? params.vfs : {};
    const cards = inventory.devices.filter((device) =>
      device.driver === "mlx5" && device.physfn === null
    );
    const names = new Set(cards.map((card) => card.name));
    const strange = Object.keys(single).find((name) => !names.has(name));
    if (strange !== undefined) {
      throw new Error(
        `vfs names ${strange}, which is no mlx5 card here: ${
          [...names].join(", ") || "there is none"
        }`,
      );
    }
    const wanted: Declaration[] = [];
    for (const { name } of cards) {
      const vfs = single[name] ?? all;
      if (vfs === undefined) continue;
      const set: Record<string, PlainData> = {
        SRIOV_EN: Number(vfs) > 0,
        NUM_OF_VFS: vfs,
      };
      const msix = params["vf-msix"];
      if (msix !== undefined) set.NUM_VF_MSIX = msix;
      if (params.migration !== undefined) {
        set.VF_MIGRATION_MODE = params.migration
          ? "MIGRATION_ENABLED"
          : "MIGRATION_DISABLED";
      }
      wanted.push(resource("mlx5.nvconfig", { device: name, set }));
    }
    if (wanted.length === 0) {
      throw new Error(
        "no card is meant: give num-vfs=N for all mlx5 cards, or vfs=DEVICE=N",
      );
    }
    return wanted;
  },
} satisfies Recipe;

function isObject(
  value: PlainData | undefined,
): value is Readonly<Record<string, PlainData>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
