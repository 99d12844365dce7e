/**
 * Discovery: what fwctl devices a machine has and what stands around them. All
 * of it comes from sysfs; no device is opened, so nothing reaches a firmware.
 *
 * `sriov_numvfs` is never read: while VFs are being removed and one of them is
 * held through VFIO, reading it waits in state D until the holder lets go. The
 * `virtfnN` links say the same and never wait.
 *
 * Who holds a VF is not looked for here; that is a walk through /proc.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import { hostFacts } from "../host/facts.ts";
import type { Host } from "../host/host.ts";
import {
  attribute,
  baseName,
  entriesOf,
  linkName,
  linkTarget,
  numberOf,
  parentPath,
} from "../host/sysfs.ts";
import type {
  Inventory,
  InventoryDevice,
  InventoryFunction,
} from "./inventory.ts";

export { findDevice } from "./find.ts";

const CLASS = "/sys/class/fwctl";
/** `dddd:bb:dd.f`; domains above ffff exist (VMD). */
const PCI = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const MEM = /^mem\d+$/;

/** Our driver's name by the kernel driver of the device that fwctl sits on. */
export const KERNEL_DRIVERS: Readonly<Record<string, string>> = {
  mlx5_core: "mlx5",
  pds_core: "pds",
  bnxt_en: "bnxt",
  cxl_mem: "cxl",
};

/** A driver that discovery shall know by name. */
export interface KnownDriver {
  /** Our name of it. */
  readonly name: string;
  /** Kernel drivers it stands for, beside or instead of {@linkcode KERNEL_DRIVERS}. */
  readonly kernelDrivers?: readonly string[];
}

/** A fwctl device and where it sits, before anything else is read. */
interface Seat {
  readonly name: string;
  readonly sysfs: string;
  readonly parent: string;
}

/**
 * The machine's inventory. Entries that vanish meanwhile are left out.
 *
 * @param drivers further kernel drivers to know
 * @throws {SyscallError} when /sys/class/fwctl is there and cannot be listed
 * @throws {UsageError} when the host cannot be used (no `--allow-ffi`)
 */
export function discover(
  host: Host,
  drivers: readonly KnownDriver[] = [],
): Inventory {
  const names = new Map(Object.entries(KERNEL_DRIVERS));
  for (const { name, kernelDrivers = [] } of drivers) {
    for (const kernelDriver of kernelDrivers) names.set(kernelDriver, name);
  }
  const seats = classEntries(host)
    .map((name) => seatOf(host, name))
    .filter((seat) => seat !== undefined)
    .sort((a, b) => numberIn(a.name) - numberIn(b.name));
  const byParent = new Map(seats.map((seat) => [seat.parent, seat.name]));
  return {
    ...hostFacts(host),
    devices: seats.map((seat) => deviceAt(host, seat, names, byParent)),
  };
}

function classEntries(host: Host): string[] {
  try {
    return host.list(CLASS).filter((name) => /^fwctl\d{1,9}$/.test(name));
  } catch (error) {
    // No such class: fwctl is not loaded, so there are no devices.
    if (
      isFwctlError(error) && error.code === "SyscallError" &&
      "errnoName" in error &&
      (error.errnoName === "ENOENT" || error.errnoName === "ENOTDIR")
    ) return [];
    throw error;
  }
}

function seatOf(host: Host, name: string): Seat | undefined {
  const own = linkTarget(host, `${CLASS}/${name}`);
  const sysfs = own && linkTarget(host, `${own}/device`);
  if (!sysfs?.startsWith("/sys/")) return undefined;
  return { name, sysfs, parent: baseName(sysfs) };
}

function deviceAt(
  host: Host,
  { name, sysfs, parent }: Seat,
  drivers: ReadonlyMap<string, string>,
  byParent: ReadonlyMap<string, string>,
): InventoryDevice {
  const kernelDriver = linkName(host, `${sysfs}/driver`) ?? null;
  const pciPath = nearestPci(sysfs);
  const entries = new Set(pciPath === null ? [] : entriesOf(host, pciPath));
  const below = (directory: string): string[] =>
    entries.has(directory) ? entriesOf(host, `${pciPath}/${directory}`) : [];
  const virtfns = pciPath === null
    ? []
    : functionsOf(host, pciPath, entries, byParent);
  const sriov = entries.has("sriov_totalvfs");
  return {
    name,
    path: `/dev/fwctl/${name}`,
    driver: driverOf(parent, kernelDriver, entries, drivers),
    kernelDriver,
    sysfs,
    parent,
    pci: pciPath === null ? null : baseName(pciPath),
    pciId: pciPath === null ? null : pciIdOf(host, pciPath),
    infiniband: below("infiniband"),
    net: below("net"),
    cxl: MEM.test(parent) ? [parent] : [],
    physfn: entries.has("physfn")
      ? linkName(host, `${pciPath}/physfn`) ?? null
      : null,
    virtfns,
    numVfs: sriov ? virtfns.length : null,
    totalVfs: sriov
      ? numberOf(host, `${pciPath}/sriov_totalvfs`) ?? null
      : null,
  };
}

function driverOf(
  parent: string,
  kernelDriver: string | null,
  entries: ReadonlySet<string>,
  drivers: ReadonlyMap<string, string>,
): string {
  const known = drivers.get(kernelDriver ?? "");
  if (known !== undefined) return known;
  // The fwctl driver may sit on an auxiliary device whose maker is bound in
  // another way; the auxiliary device is named after it: mlx5_core.fwctl.0.
  for (const entry of entries) {
    const maker = /^(\w+)\.fwctl\.\d+$/.exec(entry)?.[1];
    const driver = maker && drivers.get(maker);
    if (driver) return driver;
  }
  // A memory device has its fwctl before and after cxl_mem is bound to it.
  return (MEM.test(parent) && kernelDriver === null &&
    drivers.get("cxl_mem")) || "unknown";
}

function functionsOf(
  host: Host,
  pciPath: string,
  entries: ReadonlySet<string>,
  byParent: ReadonlyMap<string, string>,
): InventoryFunction[] {
  const functions: InventoryFunction[] = [];
  for (const entry of entries) {
    const index = /^virtfn(\d{1,5})$/.exec(entry)?.[1];
    if (index === undefined) continue;
    const path = linkTarget(host, `${pciPath}/${entry}`);
    if (path === undefined) continue;
    const pci = baseName(path);
    if (!PCI.test(pci)) continue;
    const enabled = numberOf(host, `${path}/enable`);
    functions.push({
      index: Number(index),
      pci,
      kernelDriver: linkName(host, `${path}/driver`) ?? null,
      fwctl: byParent.get(pci) ?? null,
      enabled: enabled === undefined ? null : enabled > 0,
    });
  }
  return functions.sort((a, b) => a.index - b.index);
}

function nearestPci(sysfs: string): string | null {
  for (let path = sysfs; path.length > 0; path = parentPath(path)) {
    if (PCI.test(baseName(path))) return path;
  }
  return null;
}

function pciIdOf(host: Host, pciPath: string): string | null {
  const ids = ["vendor", "device"].map((name) =>
    /^0x([0-9a-f]{4})$/.exec(attribute(host, `${pciPath}/${name}`) ?? "")?.[1]
  );
  return ids.includes(undefined) ? null : ids.join(":");
}

function numberIn(name: string): number {
  return Number(name.slice("fwctl".length));
}
