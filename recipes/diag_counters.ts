/**
 * Chooses which diagnostic counters an mlx5 card samples, and how often, or
 * stops sampling. It needs scope debug-write, so the kernel marks itself as
 * tainted. `fwctl diag set` is the same with units for people.
 *
 * @example TX packets and PCIe back pressure, every 2^20 device clocks
 * ```sh
 * deno task fwctl apply recipes/diag_counters.ts -p device=fwctl0 -p counters=0x2006,0x401 -p log-period=20 --max-scope debug-write --allow-taint
 * ```
 *
 * @module
 */
import type { Declaration, PlainData, Recipe } from "../mod.ts";

export default {
  name: "diag-counters",
  description: "Chooses the diagnostic counters that an mlx5 card samples",
  params: {
    "device": {
      type: "device",
      required: true,
      help: "The card",
    },
    "counters": {
      type: "integer-list",
      min: 1,
      max: 65535,
      help: "Ids of the counters; fwctl diag capabilities lists them",
    },
    "log-samples": {
      type: "integer",
      default: 10,
      min: 0,
      max: 255,
      help: "2^this samples are kept",
    },
    "log-period": {
      type: "integer",
      default: 20,
      min: 0,
      max: 255,
      help: "A sample every 2^this device clocks",
    },
    "mode": {
      type: "choice",
      choices: ["repetitive", "single", "on_demand"],
      default: "repetitive",
      help: "Round after round, once until the buffer is full, or when asked",
    },
    "sync": {
      type: "boolean",
      default: false,
      help: "All counters of a sample at the same moment",
    },
    "clear": {
      type: "boolean",
      default: false,
      help: "Counters start from 0",
    },
    "stop": {
      type: "boolean",
      default: false,
      help: "Stop sampling instead",
    },
  },
  desired({ params, action }): Declaration[] {
    const device = params.device ?? "";
    if (params.stop === true) {
      const body = { device, enable: false, clear: params.clear === true };
      return [action("mlx5.diagnostic_params", body)];
    }
    if (params.counters === undefined) {
      throw new Error("counters or stop must be given");
    }
    const body: Record<string, PlainData> = {
      device,
      counters: params.counters,
      log_num_of_samples: params["log-samples"] ?? 10,
      log_sample_period: params["log-period"] ?? 20,
      [String(params.mode)]: true,
      sync: params.sync === true,
      clear: params.clear === true,
    };
    return [action("mlx5.diagnostic_params", body)];
  },
} satisfies Recipe;

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
