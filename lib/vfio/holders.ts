/**
 * Which processes hold functions through VFIO, from the links in /proc/PID/fd.
 * Nothing is opened: opening a group would itself take it away from a VM that
 * is just starting, and opening a device twice succeeds and says nothing.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attribute, baseName, entriesOf, linkName } from "../host/sysfs.ts";

/** A process that has something of VFIO open. */
export interface Holder {
  /** Its process id. */
  readonly pid: number;
  /** /proc/PID/comm, such as `qemu-system-x86`, or "". */
  readonly comm: string;
  /** What it has open: `/dev/vfio/42`, `/dev/vfio/devices/vfio0`, `a VFIO device`. */
  readonly through: string;
}

/** What a look through /proc found. */
export interface Holders {
  /** By node (`/dev/vfio/42`) or by PCI address. */
  readonly by: ReadonlyMap<string, readonly Holder[]>;
  /** How many processes could not be looked into; -1 when /proc itself could not. */
  readonly blind: number;
}

/** A node of VFIO, as a process's own mounts show it too; a node that is gone ends in ` (deleted)`. */
const NODE =
  /(\/dev\/vfio\/(?:\d{1,9}|noiommu-\d{1,9}|devices\/(?:noiommu-)?vfio\d{1,9}))(?: \(deleted\))?$/;
/** Newer kernels say in fdinfo which device such a descriptor is of. */
const DEVICE = "anon_inode:[vfio-device]";
const SYSPATH = /^vfio-device-syspath:\s*(\/\S+)$/m;

/** Looks through the descriptors of all processes. */
export function findHolders(host: Host): Holders {
  const by = new Map<string, Holder[]>();
  let blind = 0;
  let pids: string[];
  try {
    pids = host.list("/proc").filter((name) => /^\d{1,9}$/.test(name));
  } catch (error) {
    if (!isSyscall(error)) throw error;
    return { by, blind: -1 };
  }
  for (const pid of pids) {
    const fds = descriptors(host, pid);
    if (fds === undefined) blind++;
    for (const fd of fds ?? []) {
      for (const [key, through] of held(host, pid, fd)) {
        const list = by.get(key) ?? [];
        if (list.some((each) => each.pid === Number(pid))) continue;
        const comm = attribute(host, `/proc/${pid}/comm`) ?? "";
        by.set(key, [...list, { pid: Number(pid), comm, through }]);
      }
    }
  }
  return { by, blind };
}

/** Who holds a function, each process once, under the node it has open. */
export function holdersOf(
  nodes: readonly string[],
  pci: string,
  { by }: Holders,
): Holder[] {
  const found = new Map<number, Holder>();
  for (const each of [...nodes, pci].flatMap((key) => by.get(key) ?? [])) {
    if (!found.has(each.pid)) found.set(each.pid, each);
  }
  return [...found.values()];
}

/** The node of its group, and its own. */
export function nodesOf(
  host: Host,
  pci: string,
): { readonly nodes: string[]; readonly noIommu: boolean } {
  const nodes: string[] = [];
  const at = `${pciPath(pci)}/iommu_group`;
  const group = linkName(host, at);
  // Without an IOMMU the group is VFIO's own invention, and named so.
  const noIommu = attribute(host, `${at}/name`) === "vfio-noiommu";
  if (group !== undefined && /^\d{1,9}$/.test(group)) {
    nodes.push(`/dev/vfio/${noIommu ? "noiommu-" : ""}${group}`);
  }
  for (const name of entriesOf(host, `${pciPath(pci)}/vfio-dev`)) {
    if (/^(noiommu-)?vfio\d{1,9}$/.test(name)) {
      nodes.push(`/dev/vfio/devices/${name}`);
    }
  }
  return { nodes, noIommu };
}

/** `held by qemu-system-x86[4711] through /dev/vfio/42`. */
export function heldBy(holders: readonly Holder[]): string {
  return `held by ${
    holders.map(({ pid, comm, through }) =>
      `${comm === "" ? "process " : comm}[${pid}] through ${through}`
    ).join(", ")
  }`;
}

/** The directory of a PCI function. */
export function pciPath(pci: string): string {
  return `/sys/bus/pci/devices/${pci}`;
}

/** Names of a process's descriptors; none when it is gone, undefined when it may not be looked into. */
function descriptors(host: Host, pid: string): string[] | undefined {
  try {
    return host.list(`/proc/${pid}/fd`);
  } catch (error) {
    if (!isSyscall(error)) throw error;
    return error.errnoName === "EACCES" || error.errnoName === "EPERM"
      ? undefined
      : [];
  }
}

/** What a descriptor holds, under the name it is looked for. */
function held(
  host: Host,
  pid: string,
  fd: string,
): readonly (readonly [key: string, through: string])[] {
  let target: string;
  try {
    target = host.readLink(`/proc/${pid}/fd/${fd}`);
  } catch (error) {
    // Closed meanwhile, or no link at all.
    if (isSyscall(error)) return [];
    throw error;
  }
  const node = NODE.exec(target)?.[1];
  const own = node?.startsWith("/dev/vfio/devices/") || target === DEVICE;
  const info = own ? attribute(host, `/proc/${pid}/fdinfo/${fd}`) ?? "" : "";
  const path = SYSPATH.exec(info)?.[1];
  return [
    ...(node === undefined ? [] : [[node, node]] as const),
    // A function that is being removed has lost the way to its node already.
    ...(path === undefined
      ? []
      : [[baseName(path), node ?? "a VFIO device"]] as const),
  ];
}

function isSyscall(error: unknown): error is Error & { errnoName: string } {
  return isFwctlError(error) && error.code === "SyscallError" &&
    "errnoName" in error && typeof error.errnoName === "string";
}
