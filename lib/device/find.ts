/**
 * Finds a device by any of its names.
 *
 * @module
 */
import { didYouMean } from "../suggest.ts";
import { isFwctlError, PlanError, UsageError } from "../errors.ts";
import type { Inventory, InventoryDevice } from "./inventory.ts";

/**
 * The device that `name` means: `fwctlN` or its path, the PCI address of its
 * function (`0000:3b:00.0`, or `3b:00.0` in domain 0), a network interface, an
 * RDMA device, or a CXL memory device.
 *
 * @throws {UsageError} when there is none, or more than one
 */
export function findDevice(
  inventory: Inventory,
  name: string,
): InventoryDevice {
  const wanted = pciAddress(name);
  const found = inventory.devices.filter((device) =>
    namesOf(device).some((own) => own === name || own === wanted)
  );
  const [device] = found;
  if (device !== undefined && found.length === 1) return device;
  if (device !== undefined) {
    throw new UsageError(`"${name}" is the name of ${found.length} devices`, {
      hint: `Name one of them: ${found.map((one) => one.name).join(", ")}.`,
    });
  }
  throw notFound(inventory, name, wanted);
}

/**
 * As {@linkcode findDevice}, with the error of a plan.
 *
 * @throws {PlanError} with reason `unknown-target`
 */
export function findTarget(
  inventory: Inventory,
  name: string,
): InventoryDevice {
  try {
    return findDevice(inventory, name);
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new PlanError(
      error.message,
      "unknown-target",
      [],
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
}

/** A PCI address in full and in lower case; another text as it is. */
export function pciAddress(text: string): string {
  const lower = text.toLowerCase();
  if (/^[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(lower)) return `0000:${lower}`;
  return /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(lower)
    ? lower
    : text;
}

function namesOf(device: InventoryDevice): string[] {
  return [
    device.name,
    device.path,
    ...(device.pci === null ? [] : [device.pci]),
    ...device.net,
    ...device.infiniband,
    ...device.cxl,
  ];
}

function notFound(
  { devices }: Inventory,
  name: string,
  wanted: string,
): UsageError {
  const message = `there is no fwctl device "${name}"`;
  if (devices.length === 0) {
    return new UsageError(message, {
      hint:
        "This machine has no fwctl device at all; is the driver's fwctl module loaded (mlx5_fwctl, pds_fwctl, bnxt_fwctl, cxl_core)?",
    });
  }
  for (const owner of devices) {
    const vf = owner.virtfns.find(({ pci }) => pci === wanted);
    if (vf !== undefined) {
      return new UsageError(message, {
        hint:
          `It is VF ${vf.index} of ${owner.name}, which has no fwctl device of its own; go through ${owner.name}.`,
      });
    }
  }
  return new UsageError(message, {
    hint: didYouMean(wanted, devices.flatMap(namesOf)) ??
      `There are ${
        devices.map((device) => device.name).slice(0, 16).join(", ")
      }${devices.length > 16 ? ", …" : ""}.`,
  });
}
