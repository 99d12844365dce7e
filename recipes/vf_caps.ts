/**
 * Sets firmware capabilities of virtual functions before a virtual machine
 * gets them: what its guest will see of the adapter.
 *
 * @example At most 4,096 queue pairs and no RoCE for one function
 * ```sh
 * deno task fwctl plan recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=log_max_qp=12,roce=0
 * ```
 *
 * @module
 */
import type { Declaration, PlainData, Recipe } from "../mod.ts";

export default {
  name: "vf-caps",
  description:
    "Sets firmware capabilities of mlx5 functions, before a virtual machine uses them",
  params: {
    "vf": {
      type: "pci-list",
      help: "Virtual functions by PCI address",
    },
    "device": {
      type: "device",
      help: "The device whose functions are named by number",
    },
    "function": {
      type: "integer-list",
      min: 1,
      max: 0xffff,
      help: "Functions of the device by the firmware's function id",
    },
    "cap-type": {
      type: "string",
      pattern: "[A-Z][A-Z0-9_]*",
      default: "GENERAL",
      help: "The group of capabilities, such as GENERAL or GENERAL_2",
    },
    "set": {
      type: "fields",
      required: true,
      help: "Capabilities and their values, such as log_max_qp=12,roce=0",
    },
  },
  desired({ params, resource }): Declaration[] {
    const common = {
      cap_type: params["cap-type"] ?? "GENERAL",
      set: params.set ?? {},
    };
    const vfs = list(params.vf);
    const ids = list(params.function);
    const device = params.device;
    if (device === undefined && ids.length > 0) {
      throw new Error("function needs device: whose functions are they?");
    }
    if (device !== undefined && ids.length === 0) {
      throw new Error("device needs function: which of its functions?");
    }
    if (vfs.length === 0 && ids.length === 0) {
      throw new Error(
        "no function is named: give vf=PCI,… or device=DEVICE and function=ID,…",
      );
    }
    return [
      ...vfs.map((vf) => resource("mlx5.hca_cap", { vf, ...common })),
      ...ids.map((id) =>
        resource("mlx5.hca_cap", {
          device: device ?? "",
          function_id: id,
          ...common,
        })
      ),
    ];
  },
} satisfies Recipe;

function list(value: PlainData | undefined): readonly PlainData[] {
  return Array.isArray(value) ? value : [];
}

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
