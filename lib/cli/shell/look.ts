/**
 * The machine as completion sees it: what discovery finds, of this machine, of
 * a model or of a recording. No device is opened, no state is locked or
 * written.
 *
 * @module
 */
import { discover, findDevice } from "../../device/discovery.ts";
import type { Inventory, InventoryDevice } from "../../device/inventory.ts";
import type { Driver, QueryType } from "../../../drivers/driver.ts";
import { loadDrivers } from "../../../drivers/load.ts";
import type { Globals } from "../context.ts";
import type { Asked } from "./offer.ts";

/** The inventory of the machine that the options name. */
export async function look(globals: Globals): Promise<Inventory> {
  const { model, modelState, replay } = globals;
  if (replay !== undefined) return await lookAtReplay(replay);
  if (model !== undefined) {
    const { lookAtModel } = await import("../model.ts");
    using host = await lookAtModel(model, modelState);
    return discover(host);
  }
  const { LinuxHost } = await import("../../host/linux.ts");
  using host = new LinuxHost();
  return discover(host);
}

async function lookAtReplay(path: string): Promise<Inventory> {
  const { replayHost } = await import("../../recording/replay.ts");
  const { readText } = await import("../files.ts");
  using host = replayHost(readText(path, "the recording"), { mode: "lookup" });
  return discover(host);
}

/** The device that the line names, or the only one there is. */
export async function deviceOf(
  { args, globals }: Asked,
): Promise<InventoryDevice | undefined> {
  const [name] = args.get("device") ?? [];
  const inventory = await look(globals);
  return name === undefined
    ? inventory.devices.length === 1 ? inventory.devices[0] : undefined
    : findDevice(inventory, name);
}

/** The driver of that device, by its name in sysfs. */
export async function driverOf(asked: Asked): Promise<Driver | undefined> {
  const device = await deviceOf(asked);
  return device && (await loadDrivers([device.driver]))[0];
}

/** The driver's query of that name. */
export async function queryOf(
  asked: Asked,
  name: string,
): Promise<QueryType | undefined> {
  const queries = (await driverOf(asked))?.queries ?? {};
  return Object.hasOwn(queries, name) ? queries[name] : undefined;
}
