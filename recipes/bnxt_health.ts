/**
 * Shows how the firmware of Broadcom NetXtreme cards is: versions, pending
 * resets, damaged images, temperatures, non-volatile memory. Only reads.
 *
 * @example All cards, or one of them
 * ```sh
 * deno task fwctl plan recipes/bnxt_health.ts
 * deno task fwctl plan recipes/bnxt_health.ts -p device=fwctl4
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

/** What is asked of each device, in this order. */
const QUERIES = ["identity", "version", "health", "nvm"] as const;

export default {
  name: "bnxt-health",
  description: "Shows how the firmware of NetXtreme cards is",
  params: {
    "device": {
      type: "device",
      help: "One device; all bnxt devices unless given",
    },
  },
  observe({ inventory, params }): ReadWish[] {
    return cards(inventory, params.device).flatMap(({ name }) =>
      QUERIES.map((query) => ({ device: name, query }))
    );
  },
  report({ inventory, params, observed }): PlainData {
    return {
      devices: cards(inventory, params.device).map((device, index) => {
        const [identity, version, health, nvm] = QUERIES.map((_, query) =>
          observed[index * QUERIES.length + query]
        );
        return row(device, { identity, version, health, nvm });
      }),
    };
  },
} satisfies Recipe;

type Answers = Readonly<
  Record<typeof QUERIES[number], PlainData | undefined>
>;

/** The bnxt devices that were meant. */
function cards(
  { devices }: Inventory,
  wanted: PlainData | undefined,
): InventoryDevice[] {
  const names = [wanted, `0000:${wanted}`];
  const found = devices.filter((device) =>
    device.driver === "bnxt" &&
    (wanted === undefined ||
      [
        device.name,
        device.path,
        device.pci,
        ...device.net,
        ...device.infiniband,
      ]
        .some((own) => own !== null && names.includes(own)))
  );
  if (wanted === undefined || found.length > 0) return found;
  throw new Error(`${wanted} is not a bnxt device: see fwctl list`);
}

function row(
  device: InventoryDevice,
  { identity, version, health, nvm }: Answers,
): PlainObject {
  const id = answer(identity);
  const state = answer(health);
  return {
    device: device.name,
    address: device.pci ?? device.parent,
    names: device.net.join(" "),
    model: id.model ?? "not known",
    firmware: id.firmware ?? "",
    attention: attention(state, health),
    health: state,
    version: answer(version),
    nvm: answer(nvm),
  };
}

/** What someone should look at, a sentence each; empty when nothing. */
function attention(
  state: PlainObject,
  health: PlainData | undefined,
): PlainData {
  const found: string[] = [];
  if (isObject(health) && "error" in health) {
    found.push("Its health could not be read");
  }
  const firmware = part(state.firmware);
  if (firmware.ready === false) found.push("The firmware is not ready");
  const { problems, booted_from_backup: backups } = part(state.health_check);
  if (Array.isArray(problems) && problems.length > 0) {
    found.push(`Damaged or differing images: ${problems.join(", ")}`);
  }
  if (Array.isArray(backups) && backups.length > 0) {
    found.push(`Booted from the second copy of: ${backups.join(", ")}`);
  }
  const { warning, chip, shutdown_from } = part(state.temperature);
  if (warning === true) {
    found.push(`The chip is at ${chip}; it shuts down at ${shutdown_from}`);
  }
  const { processors } = state;
  for (const each of Array.isArray(processors) ? processors : []) {
    const { processor, reset_pending } = part(each);
    if (typeof reset_pending === "string" && reset_pending !== "none") {
      found.push(`${processor} waits for a reset: ${reset_pending}`);
    }
  }
  for (const [name, value] of Object.entries(state)) {
    if (isObject(value) && "refused" in value) {
      found.push(`${name} was refused: ${value.refused}`);
    }
  }
  return found;
}

/** An answer; a query that failed as what it said. */
function answer(data: PlainData | undefined): PlainObject {
  if (!isObject(data)) return {};
  if (!("error" in data)) return data;
  const { error } = data;
  return {
    cannot_be_read: isObject(error) ? error.message ?? "" : String(error),
  };
}

function part(data: PlainData | undefined): PlainObject {
  return isObject(data) ? data : {};
}

function isObject(value: PlainData | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
