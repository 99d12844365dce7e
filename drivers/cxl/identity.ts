/**
 * Who a CXL device is.
 *
 * fwctl carries no command that tells a serial or a firmware version: what sysfs
 * shows of the memory device (its name, its PCI function) is in the inventory,
 * and a list of features is not an identity, as two devices of one kind have the
 * same. So there are no facts here.
 *
 * @module
 */
import type { InventoryDevice } from "../../lib/device/inventory.ts";
import type { Channel, DeviceIdentity } from "../driver.ts";

/** Sends nothing. */
export function identify(
  _channel: Channel,
  { pciId, parent }: InventoryDevice,
): DeviceIdentity {
  const what = pciId === null ? "" : ` ${pciId}`;
  return {
    model: parent.startsWith("mem") || pciId !== null
      ? `CXL memory device${what}`
      : "CXL device",
    firmware: "",
    facts: {},
  };
}
