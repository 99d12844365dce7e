/**
 * What the action and the resource share when they are planned.
 *
 * @module
 */
import { findDevice } from "../../lib/device/find.ts";
import type { Inventory, InventoryDevice } from "../../lib/device/inventory.ts";
import { isFwctlError, PlanError } from "../../lib/errors.ts";

/** Runs a look-up whose failure means that it cannot be planned. @throws `PlanError` */
export function planning<T>(run: () => T, prefix = ""): T {
  try {
    return run();
  } catch (error) {
    if (!isFwctlError(error) || error.code !== "UsageError") throw error;
    throw new PlanError(`${prefix}${error.message}`, "unknown-target", [], {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/** The pds device of any of its names. @throws `PlanError` */
export function findCard(inventory: Inventory, name: string): InventoryDevice {
  const entry = planning(() => findDevice(inventory, name));
  if (entry.driver === "pds") return entry;
  throw new PlanError(
    `${entry.name} is a device of driver ${entry.driver}, not pds`,
    "unknown-target",
    [],
    { device: entry.name, hint: "Run `fwctl list` to see the devices" },
  );
}
