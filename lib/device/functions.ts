/**
 * Who has a virtual function: its driver, and whether a process has it open.
 *
 * @module
 */
import type { InventoryFunction } from "./inventory.ts";

/** Whether a kernel driver hands its functions to user space through VFIO. */
export function isVfioDriver(kernelDriver: string | null): boolean {
  return kernelDriver !== null && /(^|_)vfio(-|_|$)/.test(kernelDriver);
}

/**
 * Whether a process has the function's device open: at VFIO sysfs `enable` is 1
 * just then. Without a driver as well: who unbinds VFIO from a function that is
 * held waits, and the link to the driver is gone by then.
 */
export function inUse({ kernelDriver, enabled }: InventoryFunction): boolean {
  return enabled === true &&
    (kernelDriver === null || isVfioDriver(kernelDriver));
}

/** `no driver`, `no driver, in use`, `mlx5_core`, `vfio-pci, idle`, `vfio-pci, in use`. */
export function functionState(vf: InventoryFunction): string {
  if (vf.kernelDriver === null) {
    return inUse(vf) ? "no driver, in use" : "no driver";
  }
  if (!isVfioDriver(vf.kernelDriver) || vf.enabled === null) {
    return vf.kernelDriver;
  }
  return `${vf.kernelDriver}, ${inUse(vf) ? "in use" : "idle"}`;
}
