/**
 * Who the device is. All of it binds a plan to this very device, so FILL IN what
 * stays the same while it is the same device: product, firmware version, serial
 * number. Read with requests of effect `read` only.
 *
 * @module
 */
import type { InventoryDevice } from "../../lib/device/inventory.ts";
import type { Channel, DeviceIdentity } from "../driver.ts";
import { getSetting, MESSAGE_BYTES, valueOf } from "./protocol.ts";

/** Products by PCI id. Source: the kernel driver's device table. */
const PRODUCTS: Readonly<Record<string, string>> = {
  "1af4:10ff": "Example 1",
};

/** Reads who the device is. */
export function identify(
  channel: Channel,
  entry: InventoryDevice,
): DeviceIdentity {
  const model = entry.pciId === null ? undefined : PRODUCTS[entry.pciId];
  // The example's serial number is its setting 0xffff.
  const serial = valueOf(channel.send(getSetting(0xffff), MESSAGE_BYTES));
  return {
    model: model ?? "example device",
    firmware: "",
    facts: { serial: String(serial) },
  };
}
