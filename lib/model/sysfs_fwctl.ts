/**
 * What fwctl itself puts into sysfs: the class directory below a device, and
 * the auxiliary device and driver it hangs on.
 *
 * @module
 */
import type { FunctionRef, Machine } from "./machine.ts";
import {
  dir,
  type DirNode,
  lazyDir,
  line,
  link,
  sysLink,
} from "./sysfs_tree.ts";

/** Major number the lab's kernel gave fwctl; dynamic on every machine. */
export const FWCTL_MAJOR = 251;

/** Kernel modules that name auxiliary devices, where the driver's differs. */
const AUXILIARY_PREFIX: Readonly<Record<string, string>> = {
  mlx5: "mlx5_core",
  pds: "pds_core",
  bnxt: "bnxt_en",
};

/** `mlx5_core.fwctl.0`. */
function auxiliaryName(of: FunctionRef, index: number): string {
  const { driver, kernelDriver } = of.device;
  return `${AUXILIARY_PREFIX[driver] ?? kernelDriver}.fwctl.${index}`;
}

/** `mlx5_fwctl.mlx5_fwctl`: module and driver have one name. */
function auxiliaryDriver(driver: string): string {
  return `${driver}_fwctl.${driver}_fwctl`;
}

/**
 * `fwctl/` below the device a fwctl device sits on; undefined without one.
 *
 * @param depth how many directories that device is below /sys
 */
export function fwctlDir(
  machine: Machine,
  key: string,
  depth: number,
): DirNode | undefined {
  const number = machine.fwctlNumber(key);
  if (number === undefined) return undefined;
  return dir({
    [`fwctl${number}`]: dir({
      dev: line(`${FWCTL_MAJOR}:${number}`),
      device: link(`../../../${key}`),
      subsystem: sysLink(depth + 2, "class/fwctl"),
      uevent: line(
        `MAJOR=${FWCTL_MAJOR}\nMINOR=${number}\nDEVNAME=fwctl/fwctl${number}`,
      ),
    }),
  });
}

/** The auxiliary device below a PCI function; empty without one. */
export function auxiliaryDir(
  machine: Machine,
  of: FunctionRef,
  depth: number,
): DirNode {
  const index = machine.fwctlNumber(of.key) === undefined
    ? undefined
    : machine.auxiliaryIndex(of.key);
  if (index === undefined) return dir({});
  return dir({
    [auxiliaryName(of, index)]: dir({
      subsystem: sysLink(depth + 1, "bus/auxiliary"),
      driver: sysLink(
        depth + 1,
        `bus/auxiliary/drivers/${auxiliaryDriver(of.device.driver)}`,
      ),
    }),
  });
}

/**
 * `/sys/bus/auxiliary`.
 *
 * @param path gives the path below /sys of a function by its key
 */
export function auxiliaryBus(
  machine: Machine,
  path: (key: string) => string,
): DirNode {
  const drivers = new Set(
    machine.devices.filter(({ memdev }) => !memdev)
      .map(({ driver }) => auxiliaryDriver(driver)),
  );
  const links = (depth: number, driver?: string): DirNode =>
    lazyDir(
      () => auxiliaryDevices(machine, driver).keys(),
      (name) => {
        const key = auxiliaryDevices(machine, driver).get(name);
        return key === undefined
          ? undefined
          : sysLink(depth, `${path(key)}/${name}`);
      },
    );
  return dir({
    devices: links(3),
    drivers: lazyDir(
      () => drivers,
      (driver) => drivers.has(driver) ? links(4, driver) : undefined,
    ),
  });
}

/** Keys of the functions with an auxiliary device, by its name. */
function auxiliaryDevices(
  machine: Machine,
  driver?: string,
): Map<string, string> {
  const devices = new Map<string, string>();
  for (const number of machine.fwctlNumbers()) {
    const of = machine.fwctlFunction(number);
    const index = of && machine.auxiliaryIndex(of.key);
    if (!of || index === undefined) continue;
    if (driver !== undefined && auxiliaryDriver(of.device.driver) !== driver) {
      continue;
    }
    devices.set(auxiliaryName(of, index), of.key);
  }
  return devices;
}
