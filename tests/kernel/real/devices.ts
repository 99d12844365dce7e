/**
 * Where the devices and files of a recording are in the machine we are in. The
 * recordings were made on other stand-ins, whose names differ.
 *
 * @module
 */

import { basename, dirname } from "@std/path";

const CLASS = "/sys/class/fwctl";
const AUXILIARY = "/sys/bus/auxiliary/devices";
const PLATFORM = "/sys/bus/platform/drivers";

/** The auxiliary devices by kind, as {@linkcode RealDevices.find} counts them. */
const AUX: Readonly<Record<string, string>> = {
  mlx5: "mlx5_core.fwctl.",
  pds: "pds_core.fwctl.",
  bnxt: "bnxt_en.fwctl.",
};

/** What a case says of its device is about one of these. */
export interface RealDevice {
  /** Its kind. */
  readonly type: string;
  /** What the driver's `bind` and `unbind` are told. */
  readonly bindName: string;
  /** Folder of sysfs below which its fwctl device appears. */
  readonly folder: string;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function names(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch {
    return [];
  }
}

const numberOf = (name: string): number => Number(name.replace(/\D/g, ""));

/** The fwctl devices of this machine, by kind and number. */
export class RealDevices {
  /** CXL platform devices in the order of their fwctl numbers at the start. */
  readonly #cxl: readonly string[];
  readonly #nodes = new Map<string, string>();
  /** What was found since a driver came or went last: every case asks for one. */
  readonly #found = new Map<string, RealDevice>();

  /** Looks around; which CXL device has which number changes from boot to boot. */
  constructor() {
    this.#cxl = names(CLASS)
      .sort((a, b) => numberOf(a) - numberOf(b))
      .flatMap((name) => {
        const path = Deno.realPathSync(`${CLASS}/${name}`);
        const found = /^(.*\/cxl_mem\.\d+)\//.exec(path)?.[1];
        return found === undefined ? [] : [found];
      });
  }

  /** Device i of a kind, or nothing where this machine has none. */
  find(type: string, index: number): RealDevice | undefined {
    const key = `${type} ${index}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = this.#look(type, index);
    if (found !== undefined) this.#found.set(key, found);
    return found;
  }

  #look(type: string, index: number): RealDevice | undefined {
    const prefix = Object.hasOwn(AUX, type) ? AUX[type] : undefined;
    const found = prefix === undefined
      ? type === "cxl" ? this.#cxl[index] : undefined
      : `${AUXILIARY}/${prefix}${index}`;
    if (found === undefined || !exists(found)) return undefined;
    const bindName = basename(found);
    // The fwctl device of an auxiliary one is the child of its PCI function.
    const folder = prefix === undefined
      ? found
      : dirname(Deno.realPathSync(found));
    return { type, folder, bindName };
  }

  /** Names of all devices there are. */
  all(): string[] {
    return names(CLASS);
  }

  /** Name of a device's node, or nothing while it has no driver. */
  bound(device: RealDevice): string | undefined {
    const folders = [
      device.folder,
      ...names(device.folder).filter((name) => /^mem\d+$/.test(name))
        .map((name) => `${device.folder}/${name}`),
    ];
    return folders.flatMap((folder) => names(`${folder}/fwctl`))[0];
  }

  /** Path of its node: the last it had while there is none. */
  node(device: RealDevice): string {
    let path = this.#nodes.get(device.folder);
    if (path !== undefined && exists(path)) return path;
    const name = this.bound(device);
    if (name !== undefined) {
      path = `/dev/fwctl/${name}`;
      this.#nodes.set(device.folder, path);
    }
    return path ?? `/dev/fwctl/none-of-${device.bindName}`;
  }

  /** A driver came or went: numbers may have changed. */
  changed(): void {
    this.#nodes.clear();
    this.#found.clear();
  }
}

/** A recorded path as it is here. */
export function pathHere(path: string): string {
  const module = /^\/sys\/module\/stub_(\w+?)\//.exec(path)?.[1];
  if (module !== undefined && exists(`/sys/module/standin_${module}`)) {
    return path.replace(`stub_${module}`, `standin_${module}`);
  }
  const mock = `${PLATFORM}/cxl_mock_mem/`;
  if (path.startsWith(mock) && exists(`${PLATFORM}/standin_cxl`)) {
    return path.replace("cxl_mock_mem", "standin_cxl");
  }
  return path;
}

/** The file of a kernel module in the machine, or nothing. */
export function moduleFile(name: string): string | undefined {
  return [`/tmp/modules/${name}.ko`, `/mnt/mods/${name}.ko`].find(exists);
}

/** Modules that use another, as the kernel lists them. */
export function usersOf(module: string): string[] {
  const line = Deno.readTextFileSync("/proc/modules").split("\n")
    .find((line) => line.startsWith(`${module} `));
  const users = line?.split(" ")[3] ?? "-";
  return users === "-" ? [] : users.split(",").filter((name) => name !== "");
}
