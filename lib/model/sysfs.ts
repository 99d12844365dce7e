/**
 * What a modelled machine shows of itself: /sys, /proc and /dev, built from the
 * scenario and the state of the fwctl core when a path is asked for.
 *
 * Files and links are those of Linux 7.2 that discovery and the recipes read;
 * link texts are relative as the kernel's are.
 *
 * @module
 */
import { type FunctionRef, fwctlNumberOf, type Machine } from "./machine.ts";
import { LOCKDOWN } from "./scenario.ts";
import {
  auxiliaryDriver,
  auxiliaryName,
  pciFunction,
  type PciPlace,
} from "./sysfs_pci.ts";
import { devDir, procDir } from "./sysfs_proc.ts";
import {
  dir,
  type DirNode,
  lazyDir,
  line,
  once,
  sysLink,
  union,
} from "./sysfs_tree.ts";

/** Builds the tree. */
export function machineTree(machine: Machine): DirNode {
  const places = new Places(machine);
  return dir({
    sys: sysDir(machine, places),
    proc: procDir(machine),
    dev: devDir(machine),
  });
}

/** Where every PCI function is, by address. */
class Places {
  readonly byAddress = new Map<string, PciPlace>();
  readonly byDriver = new Map<string, string[]>();
  readonly byGroup = new Map<number, string[]>();
  readonly bridges = new Map<string, string>();

  constructor(machine: Machine) {
    for (const device of machine.devices) {
      const first = device.bridges[0] ?? device.pci;
      let parent = `devices/pci${first.slice(0, 7)}`;
      for (const bridge of device.bridges) {
        parent += `/${bridge}`;
        this.bridges.set(bridge, parent);
      }
      this.#add(machine, parent, { device, functionId: 0, vf: undefined });
      device.vfs.forEach((vf, index) =>
        this.#add(machine, parent, { device, functionId: index + 1, vf })
      );
    }
  }

  #add(machine: Machine, parent: string, of: FunctionRef): void {
    const { device, vf } = of;
    const pci = vf?.pci ?? device.pci;
    const kernelDriver = vf ? vf.kernelDriver : device.kernelDriver || null;
    this.byAddress.set(pci, { machine, of, pci, kernelDriver, parent });
    if (kernelDriver !== null) push(this.byDriver, kernelDriver, pci);
    push(this.byGroup, vf?.iommuGroup ?? device.iommuGroup, pci);
  }

  /** Path below /sys of a function. */
  path(pci: string): string {
    const place = this.byAddress.get(pci);
    return place ? `${place.parent}/${pci}` : this.bridges.get(pci) ?? "";
  }

  /** The directories below /sys/devices: bridges and functions. */
  devices(): DirNode {
    const children = new Map<string, string[]>();
    const seen = new Set<string>();
    const chain = (parent: string, name: string): void => {
      const key = `${parent}/${name}`;
      if (seen.has(key)) return;
      seen.add(key);
      push(children, parent, name);
    };
    for (const { parent, pci } of this.byAddress.values()) {
      const parts = parent.split("/");
      for (let i = 1; i < parts.length; i++) {
        chain(parts.slice(0, i).join("/"), parts[i] ?? "");
      }
      chain(parent, pci);
    }
    const at = (path: string): DirNode =>
      lazyDir(() => children.get(path) ?? [], (name) => {
        if (!seen.has(`${path}/${name}`)) return undefined;
        const place = this.byAddress.get(name);
        if (place) return pciFunction(place);
        const below = at(`${path}/${name}`);
        if (!this.bridges.has(name)) return below;
        const depth = path.split("/").length + 1;
        return union(
          below,
          dir({
            class: line("0x060400"),
            subsystem: sysLink(depth, "bus/pci"),
          }),
        );
      });
    return at("devices");
  }
}

function push<K>(map: Map<K, string[]>, key: K, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function sysDir(machine: Machine, places: Places): DirNode {
  const { byAddress, byDriver, byGroup, bridges } = places;
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
  const auxiliary = lazyDir(
    () => auxiliaryDevices(machine).keys(),
    (name) => {
      const pci = auxiliaryDevices(machine).get(name);
      return pci === undefined
        ? undefined
        : sysLink(3, `${places.path(pci)}/${name}`);
    },
  );
  return dir({
    class: dir({
      fwctl: lazyDir(
        () => [...machine.fwctlNumbers()].map((number) => `fwctl${number}`),
        (name) => {
          const at = fwctlNumberOf(name);
          const of = at === undefined ? undefined : machine.fwctlFunction(at);
          if (!of) return undefined;
          const pci = of.vf?.pci ?? of.device.pci;
          return sysLink(2, `${places.path(pci)}/fwctl/${name}`);
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
      auxiliary: dir({
        devices: auxiliary,
        drivers: auxiliaryDrivers(machine, places),
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

function auxiliaryDevices(machine: Machine): Map<string, string> {
  const devices = new Map<string, string>();
  for (const number of machine.fwctlNumbers()) {
    const of = machine.fwctlFunction(number);
    if (!of) continue;
    const pci = of.vf?.pci ?? of.device.pci;
    const index = machine.auxiliaryIndex(pci);
    if (index !== undefined) devices.set(auxiliaryName(of, index), pci);
  }
  return devices;
}

/** `mlx5_fwctl.mlx5_fwctl` and the like, with the devices bound. */
function auxiliaryDrivers(machine: Machine, places: Places): DirNode {
  const drivers = new Set(
    machine.devices.map(({ driver }) => auxiliaryDriver(driver)),
  );
  return lazyDir(() => drivers, (driver) => {
    if (!drivers.has(driver)) return undefined;
    const own = (name: string): string | undefined => {
      const pci = auxiliaryDevices(machine).get(name);
      const of = pci === undefined ? undefined : places.byAddress.get(pci)?.of;
      return of && auxiliaryDriver(of.device.driver) === driver
        ? pci
        : undefined;
    };
    return lazyDir(
      () => [...auxiliaryDevices(machine).keys()].filter(own),
      (name) => {
        const pci = own(name);
        return pci === undefined
          ? undefined
          : sysLink(4, `${places.path(pci)}/${name}`);
      },
    );
  });
}
