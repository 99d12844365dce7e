/**
 * Reads of every device what helps to debug it, and reports it: who it is, its
 * features or capabilities, configuration, health, and some registers. Only
 * reads. `fwctl bundle` collects more (the kernel log, taint, what a device
 * refuses), replaces what identifies a customer, and packs it.
 *
 * @example
 * ```sh
 * deno task fwctl plan recipes/debug_bundle.ts -p device=fwctl0 --json
 * ```
 *
 * @module
 */
import type {
  Inventory,
  InventoryDevice,
  PlainData,
  PlainObject,
  ReadWish,
  Recipe,
} from "../mod.ts";

/** What is read of a device of each driver: queries that change nothing. */
const READS: Readonly<Record<string, readonly PlainObject[]>> = {
  mlx5: [
    { query: "identity" },
    { query: "caps", args: { types: ["GENERAL", "ROCE", "QOS"] } },
    { query: "nvconfig" },
    ...["MGIR", "MFRL", "PTYS", "PMTU", "PAOS", "PPCNT", "MTMP"].map((
      name,
    ) => ({
      query: "reg",
      args: { name },
    })),
    ...["adapter", "vport_state", "esw_functions"].map((name) => ({
      query: "object",
      args: { name },
    })),
  ],
  cxl: [{ query: "identity" }, { query: "features" }],
  bnxt: ["identity", "version", "health", "nvm"].map((query) => ({ query })),
  pds: ["identity", "operations"].map((query) => ({ query })),
};

export default {
  name: "debug-bundle",
  description: "Reads what helps to debug of every device, and reports it",
  params: {
    device: {
      type: "device",
      help: "One device; all whose driver is known unless given",
    },
  },
  observe: ({ inventory, params }) => wishes(inventory, params.device),
  report({ inventory, params, observed }): PlainData {
    const asked = wishes(inventory, params.device);
    const answers = asked.map(({ device, query, args }, index) => ({
      device,
      part: [query, ...Object.values(args ?? {}).map(String)].join(" "),
      answer: observed[index] ?? null,
    }));
    const refused = answers.filter(({ answer }) => error(answer) !== undefined);
    return {
      machine: {
        kernel: inventory.kernel,
        lockdown: inventory.lockdown,
        tainted: inventory.tainted,
        raw_io: inventory.rawio,
      },
      devices: wanted(inventory, params.device).map((device) => ({
        device: device.name,
        driver: device.driver,
        address: device.pci ?? device.parent,
        kernel_driver: device.kernelDriver ?? "none",
      })),
      parts: answers.filter((part) => !refused.includes(part)),
      refused: refused.map(({ device, part, answer }) => ({
        device,
        part,
        error: error(answer) ?? "",
      })),
    };
  },
} satisfies Recipe;

/** The devices that were meant. */
function wanted(
  { devices }: Inventory,
  name: PlainData | undefined,
): InventoryDevice[] {
  const known = devices.filter(({ driver }) => Object.hasOwn(READS, driver));
  if (name === undefined) return known;
  const names = [name, `0000:${name}`];
  const found = known.filter((device) =>
    [
      device.name,
      device.path,
      device.pci,
      ...device.net,
      ...device.infiniband,
      ...device.cxl,
    ]
      .some((own) => own !== null && names.includes(own))
  );
  if (found.length > 0) return found;
  throw new Error(`${name} is no device with a known driver: see fwctl list`);
}

function wishes(
  inventory: Inventory,
  name: PlainData | undefined,
): ReadWish[] {
  return wanted(inventory, name).flatMap((device) =>
    (READS[device.driver] ?? []).map((read): ReadWish => ({
      device: device.name,
      query: String(read.query),
      ...(isObject(read.args) ? { args: read.args } : {}),
    }))
  );
}

/** Why a device refused; undefined for an answer. */
function error(answer: PlainData): string | undefined {
  if (!isObject(answer) || !isObject(answer.error)) return undefined;
  return `${answer.error.code}: ${answer.error.message}`;
}

function isObject(value: PlainData | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
