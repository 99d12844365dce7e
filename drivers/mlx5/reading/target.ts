/**
 * Where an action lands that is about the device as a whole.
 *
 * @module
 */
import { findTarget } from "../../../lib/device/find.ts";
import type { Inventory } from "../../../lib/device/inventory.ts";
import { PlanError } from "../../../lib/errors.ts";
import type { Located } from "../../driver.ts";

/** @throws `PlanError` when there is no such mlx5 device */
export function locateDevice(
  inventory: Inventory,
  name: string,
  unit: string,
  title: string,
): Located {
  const device = findTarget(inventory, name);
  if (device.driver !== "mlx5") {
    throw new PlanError(
      `${device.name} is a ${device.driver} device, not an mlx5 one`,
      "unknown-target",
      [],
      { device: device.name, hint: "Run `fwctl list` to see the devices" },
    );
  }
  return {
    device: device.name,
    unit,
    title,
    address: device.pci ?? "",
    vf: null,
    context: undefined,
  };
}
