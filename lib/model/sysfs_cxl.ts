/**
 * CXL memory devices in sysfs: `memN` below its PCI function or platform
 * device, and the cxl bus. Files as in drivers/cxl/core/memdev.c.
 *
 * Ports, decoders and endpoints are left out: nobody here reads them.
 *
 * @module
 */
import type { Machine } from "./machine.ts";
import type { DeviceSpec } from "./scenario_device.ts";
import type { MemdevSpec } from "./scenario_memdev.ts";
import { fwctlDir } from "./sysfs_fwctl.ts";
import { dir, type DirNode, lazyDir, line, sysLink } from "./sysfs_tree.ts";

/** Major number of /dev/cxl; dynamic on every machine. */
const CXL_MAJOR = 250;

/** The kernel driver of every PCI function that has a memory device. */
export const CXL_PCI_DRIVER = "cxl_pci";

/**
 * The directory `memN`.
 *
 * @param depth how many directories it is below /sys
 */
export function memdevDir(
  machine: Machine,
  device: DeviceSpec,
  memdev: MemdevSpec,
  depth: number,
): DirNode {
  const { name } = memdev;
  const { kernelDriver } = device;
  const minor = name.slice("mem".length);
  return dir({
    dev: line(`${CXL_MAJOR}:${minor}`),
    driver: kernelDriver === ""
      ? undefined
      : sysLink(depth, `bus/cxl/drivers/${kernelDriver}`),
    subsystem: sysLink(depth, "bus/cxl"),
    serial: line(hex(memdev.serial)),
    firmware_version: line(memdev.firmwareVersion),
    payload_max: line(String(memdev.payloadMax)),
    label_storage_size: line(String(memdev.labelStorageSize)),
    numa_node: line(String(memdev.numaNode)),
    ram: dir({ size: line(hex(BigInt(memdev.ram))) }),
    pmem: dir({ size: line(hex(BigInt(memdev.pmem))) }),
    uevent: line(
      [
        `MAJOR=${CXL_MAJOR}`,
        `MINOR=${minor}`,
        `DEVNAME=cxl/${name}`,
        "DEVTYPE=cxl_memdev",
        ...(kernelDriver === "" ? [] : [`DRIVER=${kernelDriver}`]),
      ].join("\n"),
    ),
    fwctl: () => fwctlDir(machine, name, depth),
  });
}

/** As the kernel's `%#llx`: zero has no prefix. */
function hex(value: bigint): string {
  return value === 0n ? "0" : `0x${value.toString(16)}`;
}

/**
 * `/sys/bus/cxl`; undefined on a machine without memory devices.
 *
 * @param path gives the path below /sys of a memory device by its name
 */
export function cxlBus(
  machine: Machine,
  path: (name: string) => string,
): DirNode | undefined {
  const all = machine.devices.filter(({ memdev }) => memdev);
  if (all.length === 0) return undefined;
  const links = (depth: number, of: readonly DeviceSpec[]): DirNode => {
    const names = new Set(of.map(({ key }) => key));
    return lazyDir(
      () => names,
      (name) => names.has(name) ? sysLink(depth, path(name)) : undefined,
    );
  };
  const drivers = new Set(all.flatMap((d) => d.kernelDriver || []));
  return dir({
    devices: links(3, all),
    drivers: lazyDir(
      () => drivers,
      (driver) =>
        drivers.has(driver)
          ? links(4, all.filter((d) => d.kernelDriver === driver))
          : undefined,
    ),
  });
}
