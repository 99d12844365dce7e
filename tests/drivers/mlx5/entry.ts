/**
 * A ConnectX as the inventory has it, for tests that answer for it themselves.
 *
 * @module
 */
import type { InventoryDevice } from "../../../lib/device/inventory.ts";

/** The device. */
export const ENTRY: InventoryDevice = {
  name: "fwctl0",
  path: "/dev/fwctl/fwctl0",
  driver: "mlx5",
  kernelDriver: "mlx5_core",
  sysfs: "",
  parent: "0000:3b:00.0",
  pci: "0000:3b:00.0",
  pciId: "15b3:101d",
  infiniband: [],
  net: [],
  cxl: [],
  physfn: null,
  virtfns: [],
  numVfs: 0,
  totalVfs: 0,
};
