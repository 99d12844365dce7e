/**
 * Where everything is below /sys/devices: bridges, PCI functions, platform
 * devices and the memory devices on either.
 *
 * @module
 */
import {
  type FunctionRef,
  type Machine,
  ownFunction,
  virtualFunctions,
} from "./machine.ts";
import { CXL_PCI_DRIVER, memdevDir } from "./sysfs_cxl.ts";
import { pciFunction, type PciPlace } from "./sysfs_pci.ts";
import {
  dir,
  type DirNode,
  lazyDir,
  line,
  sysLink,
  union,
} from "./sysfs_tree.ts";

/** All places of a machine. Paths are below /sys and have no leading slash. */
export class Places {
  /** PCI functions by address. */
  readonly byAddress: Map<string, PciPlace> = new Map();
  /** Addresses of the PCI functions bound to a kernel driver. */
  readonly byDriver: Map<string, string[]> = new Map();
  /** Addresses by IOMMU group. */
  readonly byGroup: Map<number, string[]> = new Map();
  /** Paths of PCI bridges by address. */
  readonly bridges: Map<string, string> = new Map();
  /** Paths of platform devices by name. */
  readonly platform: Map<string, string> = new Map();
  /** Paths of memory devices by name. */
  readonly #memdevs = new Map<string, string>();
  /** Names of the directories in a directory. */
  readonly #children = new Map<string, Set<string>>();
  /** What a directory has beside its directories. */
  readonly #content = new Map<string, () => DirNode>();

  /** Finds a place for every device. */
  constructor(machine: Machine) {
    for (const device of machine.devices) {
      const above = device.pci === ""
        ? this.#platformChain(device.platform)
        : this.#pciChain(device.bridges, device.bridges[0] ?? device.pci);
      let parent = above;
      if (device.pci !== "") {
        const own = { ...ownFunction(device), key: device.pci };
        parent = this.#addPci(machine, above, own);
        for (const vf of virtualFunctions(device)) {
          this.#addPci(machine, above, vf);
        }
      }
      const { memdev } = device;
      if (!memdev) continue;
      const path = this.#add(parent, memdev.name);
      const depth = path.split("/").length;
      this.#memdevs.set(memdev.name, path);
      this.#content.set(path, () => memdevDir(machine, device, memdev, depth));
    }
  }

  /** The path of a function or memory device, or of a bridge. */
  path(key: string): string {
    const place = this.byAddress.get(key);
    if (place) return `${place.parent}/${key}`;
    return this.#memdevs.get(key) ?? this.bridges.get(key) ?? "";
  }

  /** /sys/devices. */
  devices(): DirNode {
    return this.#at("devices");
  }

  #at(path: string): DirNode {
    const names = this.#children.get(path);
    return lazyDir(() => names ?? [], (name) => {
      if (!names?.has(name)) return undefined;
      const below = `${path}/${name}`;
      const content = this.#content.get(below)?.();
      if (!content) return this.#at(below);
      return this.#children.has(below)
        ? union(content, this.#at(below))
        : content;
    });
  }

  #add(parent: string, name: string): string {
    const names = this.#children.get(parent);
    if (names) names.add(name);
    else this.#children.set(parent, new Set([name]));
    return `${parent}/${name}`;
  }

  #pciChain(bridges: readonly string[], first: string): string {
    let parent = this.#add("devices", `pci${first.slice(0, 7)}`);
    for (const bridge of bridges) {
      const path = this.#add(parent, bridge);
      const depth = path.split("/").length;
      this.bridges.set(bridge, path);
      this.#content.set(path, () =>
        dir({
          class: line("0x060400"),
          subsystem: sysLink(depth, "bus/pci"),
        }));
      parent = path;
    }
    return parent;
  }

  #platformChain(names: readonly string[]): string {
    let parent = this.#add("devices", "platform");
    for (const name of names) {
      const path = this.#add(parent, name);
      const depth = path.split("/").length;
      this.platform.set(name, path);
      this.#content.set(path, () =>
        dir({
          subsystem: sysLink(depth, "bus/platform"),
          uevent: line(`MODALIAS=platform:${name.replace(/\.\d+$/, "")}`),
        }));
      parent = path;
    }
    return parent;
  }

  #addPci(machine: Machine, parent: string, of: FunctionRef): string {
    const { device, vf, key: pci } = of;
    const kernelDriver = device.memdev
      ? CXL_PCI_DRIVER
      : vf
      ? vf.kernelDriver
      : device.kernelDriver || null;
    const place: PciPlace = { machine, of, pci, kernelDriver, parent };
    this.byAddress.set(pci, place);
    if (kernelDriver !== null) push(this.byDriver, kernelDriver, pci);
    push(this.byGroup, vf?.iommuGroup ?? device.iommuGroup, pci);
    const path = this.#add(parent, pci);
    this.#content.set(path, () => pciFunction(place));
    return path;
  }
}

function push<K>(map: Map<K, string[]>, key: K, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
