/**
 * Who a pds device is.
 *
 * No operation with which a card says who it is, is public, and the kernel's
 * FWCTL_INFO is empty: the PCI id is all there is. Firmware version and serial
 * number are in `devlink dev info`.
 *
 * @module
 */
import type { InventoryDevice } from "../../lib/device/inventory.ts";
import type { Channel, DeviceIdentity } from "../driver.ts";

/** Products by PCI device id. Source: include/linux/pds/pds_core_if.h. */
const PRODUCTS: Readonly<Record<string, string>> = {
  "1dd8:100c": "AMD Pensando DSC core function",
};

/** The product of a PCI id. */
export function productOf(pciId: string | null): string {
  if (pciId === null) return "pds device";
  return PRODUCTS[pciId] ?? `pds device ${pciId}`;
}

/** What is known without asking the device, for nothing is public to ask it. */
export function identify(
  _channel: Channel,
  entry: InventoryDevice,
): DeviceIdentity {
  return { model: productOf(entry.pciId), firmware: "", facts: {} };
}
