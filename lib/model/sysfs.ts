/**
 * What a modelled machine shows of itself: /sys, /proc and /dev, built from the
 * scenario and the state of the fwctl core when a path is asked for.
 *
 * Files and links are those of Linux 7.2 that discovery and the recipes read;
 * link texts are relative as the kernel's are.
 *
 * @module
 */
import { fwctlNumberOf, type Machine } from "./machine.ts";
import { LOCKDOWN } from "./scenario.ts";
import { cxlBus } from "./sysfs_cxl.ts";
import { auxiliaryBus } from "./sysfs_fwctl.ts";
import { Places } from "./sysfs_places.ts";
import { overlaid } from "./overlay.ts";
import { bootDir, modulesDir } from "./sysfs_modules.ts";
import { devDir, procDir } from "./sysfs_proc.ts";
import {
  dir,
  type DirNode,
  lazyDir,
  line,
  once,
  sysLink,
} from "./sysfs_tree.ts";

/** Builds the tree. */
export function machineTree(machine: Machine): DirNode {
  const places = new Places(machine);
  const tree = dir({
    sys: sysDir(machine, places),
    proc: procDir(machine),
    dev: devDir(machine),
    lib: dir({ modules: modulesDir(machine) }),
    boot: bootDir(machine),
  });
  return overlaid(tree, machine.host.files ?? new Map());
}

function sysDir(machine: Machine, places: Places): DirNode {
  const { byAddress, byDriver, byGroup, bridges, platform } = places;
  const path = (key: string): string => places.path(key);
  const classOf = (key: "net" | "infiniband"): DirNode => {
    const owners = new Map(
      machine.devices.flatMap((device) =>
        device[key].map((name) => [name, device.pci] as const)
      ),
    );
    return lazyDir(() => owners.keys(), (name) => {
      const pci = owners.get(name);
      return pci === undefined
        ? undefined
        : sysLink(2, `${places.path(pci)}/${key}/${name}`);
    });
  };
  return dir({
    class: dir({
      fwctl: lazyDir(
        () => [...machine.fwctlNumbers()].map((number) => `fwctl${number}`),
        (name) => {
          const at = fwctlNumberOf(name);
          const of = at === undefined ? undefined : machine.fwctlFunction(at);
          if (!of) return undefined;
          return sysLink(2, `${places.path(of.key)}/fwctl/${name}`);
        },
      ),
      net: once(() => classOf("net")),
      infiniband: once(() => classOf("infiniband")),
    }),
    bus: dir({
      pci: dir({
        devices: lazyDir(
          () => [...bridges.keys(), ...byAddress.keys()],
          (name) =>
            byAddress.has(name) || bridges.has(name)
              ? sysLink(3, places.path(name))
              : undefined,
        ),
        drivers: lazyDir(() => byDriver.keys(), (driver) => {
          const bound = byDriver.get(driver);
          return bound &&
            lazyDir(
              () => bound,
              (pci) =>
                bound.includes(pci) ? sysLink(4, places.path(pci)) : undefined,
            );
        }),
      }),
      auxiliary: auxiliaryBus(machine, path),
      cxl: cxlBus(machine, path),
      platform: platform.size === 0 ? undefined : dir({
        devices: lazyDir(() => platform.keys(), (name) => {
          const at = platform.get(name);
          return at === undefined ? undefined : sysLink(3, at);
        }),
      }),
    }),
    kernel: dir({
      security: dir({ lockdown: line(lockdownText(machine.host.lockdown)) }),
      iommu_groups: lazyDir(() => [...byGroup.keys()].map(String), (group) => {
        const members = byGroup.get(Number(group));
        return members && dir({
          devices: lazyDir(
            () => members,
            (pci) =>
              members.includes(pci) ? sysLink(4, places.path(pci)) : undefined,
          ),
        });
      }),
    }),
    devices: once(() => places.devices()),
    module: dir({ fwctl: dir({}) }),
  });
}

function lockdownText(state: string): string {
  return LOCKDOWN.map((name) => name === state ? `[${name}]` : name).join(" ");
}
