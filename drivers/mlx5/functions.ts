/**
 * Functions of an mlx5 device: from a VF's PCI address to the PF's fwctl device
 * and the function id the firmware knows it by.
 *
 * The id of a virtual function is its index, the N of the PF's `virtfnN` link,
 * plus 1; the PF is 0. Source: vport.c and eswitch_offloads.c of mlx5_core.
 *
 * @module
 */
import { findTarget } from "../../lib/device/find.ts";
import { PlanError } from "../../lib/errors.ts";
import type {
  Inventory,
  InventoryDevice,
  InventoryFunction,
} from "../../lib/device/inventory.ts";

/** A function of a device. */
export interface DeviceFunction {
  /** The PF's device: requests about the function go there. */
  readonly device: InventoryDevice;
  /** The firmware's function id. */
  readonly functionId: number;
  /** What sysfs says of it; absent for an id without a VF here. */
  readonly vf?: InventoryFunction;
}

const INDEX = new WeakMap<Inventory, Map<string, DeviceFunction>>();

function byAddress(inventory: Inventory): Map<string, DeviceFunction> {
  let index = INDEX.get(inventory);
  if (!index) {
    index = new Map();
    for (const device of inventory.devices) {
      if (device.driver !== "mlx5") continue;
      for (const vf of device.virtfns) {
        index.set(vf.pci, { device, functionId: vf.index + 1, vf });
      }
    }
    INDEX.set(inventory, index);
  }
  return index;
}

/**
 * The function behind a VF's PCI address.
 *
 * @throws {PlanError} when no mlx5 device has such a VF
 */
export function functionAt(
  inventory: Inventory,
  pci: string,
): DeviceFunction {
  const found = byAddress(inventory).get(pci.toLowerCase());
  if (found) return found;
  const self = inventory.devices.find((device) => device.pci === pci);
  throw new PlanError(
    self
      ? `${pci} is the physical function of ${self.name}: its own capabilities cannot be set, only those of its virtual functions`
      : `No mlx5 fwctl device has a virtual function ${pci}`,
    "unknown-target",
    [],
    {
      hint:
        "Run `fwctl list` to see devices and functions; VFs exist once sriov_numvfs is written",
    },
  );
}

/**
 * A function by device and id.
 *
 * @throws {PlanError} when there is no such mlx5 device
 */
export function functionById(
  inventory: Inventory,
  name: string,
  functionId: number,
): DeviceFunction {
  const device = findTarget(inventory, name);
  if (device.driver !== "mlx5") {
    throw new PlanError(
      `${name} is a ${device.driver} device, not an mlx5 one`,
      "unknown-target",
      [],
      { hint: "Run `fwctl list` to see the devices" },
    );
  }
  const vf = device.virtfns.find((each) => each.index === functionId - 1);
  return vf ? { device, functionId, vf } : { device, functionId };
}
