/**
 * Shows the fwctl devices of a machine, of every driver: who they are, what
 * tells them apart, and their virtual functions with the drivers bound to them.
 * Only reads.
 *
 * @example
 * ```sh
 * deno task fwctl plan recipes/inventory.ts
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

export default {
  name: "inventory",
  description: "Shows the fwctl devices and their virtual functions",
  observe({ inventory }): ReadWish[] {
    return known(inventory).map(({ name }) => ({
      device: name,
      query: "identity",
    }));
  },
  report({ inventory, observed }): PlainData {
    const asked = known(inventory).map(({ name }) => name);
    return {
      machine: {
        kernel: inventory.kernel,
        lockdown: inventory.lockdown,
        tainted: inventory.tainted,
        raw_io: inventory.rawio,
      },
      devices: inventory.devices.map((device) =>
        deviceRow(device, observed[asked.indexOf(device.name)])
      ),
      functions: inventory.devices.flatMap((device) =>
        device.virtfns.map((vf) => ({
          device: device.name,
          vf: vf.index,
          pci: vf.pci,
          driver: vf.kernelDriver ?? "none",
          fwctl: vf.fwctl ?? "none",
        }))
      ),
    };
  },
} satisfies Recipe;

/** Those whose driver can be asked who they are. */
function known({ devices }: Inventory): InventoryDevice[] {
  return devices.filter(({ driver }) => driver !== "unknown");
}

function deviceRow(
  device: InventoryDevice,
  identity: PlainData | undefined,
): PlainObject {
  return {
    device: device.name,
    driver: device.driver,
    address: device.pci ?? device.parent,
    ...who(identity),
    kernel_driver: device.kernelDriver ?? "none",
    names: [...device.net, ...device.infiniband, ...device.cxl].join(" ") ||
      "none",
    vfs: device.numVfs === null
      ? "none"
      : `${device.numVfs} of ${device.totalVfs}`,
  };
}

function who(identity: PlainData | undefined): PlainObject {
  if (!isObject(identity)) {
    return { model: "not known", firmware: "", facts: "" };
  }
  if ("error" in identity) {
    const { error } = identity;
    const why = isObject(error) ? error.message ?? "" : error ?? "";
    return {
      model: `cannot be read: ${String(why)}`,
      firmware: "",
      facts: "",
    };
  }
  const facts = isObject(identity.facts) ? identity.facts : {};
  return {
    model: identity.model ?? "",
    firmware: identity.firmware || "not told",
    facts: Object.entries(facts).map(([name, value]) => `${name} ${value}`)
      .join(", "),
  };
}

function isObject(value: PlainData | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
