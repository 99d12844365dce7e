/**
 * /proc and /dev of a modelled machine, as far as the library reads them.
 *
 * @module
 */
import { fwctlNumberOf, type Machine } from "./machine.ts";
import type { Holder, VfSpec } from "./scenario_vfs.ts";
import { FWCTL_MAJOR } from "./sysfs_fwctl.ts";
import { modulesText } from "./sysfs_modules.ts";
import {
  type CharNode,
  dir,
  type DirNode,
  lazyDir,
  line,
  link,
  once,
} from "./sysfs_tree.ts";

/** A device node that knows none of our ioctls. */
const CLOSED: CharNode = { kind: "char", fwctl: "" };

/** All capabilities of Linux 7.2: bits 0 to 40. */
const ALL_CAPS = (1n << 41n) - 1n;
/** CAP_SYS_RAWIO. */
const RAWIO = 1n << 17n;

function vfsOf(machine: Machine): VfSpec[] {
  return machine.devices.flatMap((device) => device.vfs);
}

/** /proc: the kernel's facts, this process, and the holders of functions. */
export function procDir(machine: Machine): DirNode {
  const { host, process } = machine;
  const holders = new Map<number, Holder[]>();
  for (const { holder } of vfsOf(machine)) {
    if (!holder) continue;
    holders.set(holder.pid, [...holders.get(holder.pid) ?? [], holder]);
  }
  const own = processDir(process.pid, process.comm, machine, []);
  const fixed = dir({
    self: link(String(process.pid)),
    modules: line(() => modulesText(machine)),
    sys: dir({
      kernel: dir({
        osrelease: line(host.kernel),
        tainted: line(() => String(machine.tainted())),
        random: dir({ boot_id: line(host.bootId) }),
      }),
    }),
  });
  return lazyDir(
    () =>
      [...fixed.names(), ...new Set([process.pid, ...holders.keys()])].map(
        String,
      ),
    (name) => {
      const entry = fixed.get(name);
      if (entry) return entry;
      if (name === String(process.pid)) return own;
      const held = /^\d{1,7}$/.test(name)
        ? holders.get(Number(name))
        : undefined;
      return held?.[0] &&
        processDir(Number(name), held[0].comm, machine, held);
    },
  );
}

function processDir(
  pid: number,
  comm: string,
  machine: Machine,
  held: readonly Holder[],
): DirNode {
  const own = held.length === 0;
  const uid = own ? machine.host.uid : 0;
  return dir({
    comm: line(comm),
    status: line(() =>
      status(pid, comm, uid, own ? capabilities(machine) : ALL_CAPS)
    ),
    fd: () => ({
      ...lazyDir(() => fds(held).keys(), (fd) => {
        const target = fds(held).get(fd);
        return target === undefined ? undefined : link(target);
      }),
      rootOnly: !own,
    }),
  });
}

/** What a VFIO user has open: by group, or through iommufd. */
function fds(held: readonly Holder[]): Map<string, string> {
  const targets = ["/dev/null", "/dev/null", "/dev/null"];
  for (const { path } of held) {
    if (path.startsWith("/dev/vfio/devices/")) targets.push("/dev/iommu", path);
    else targets.push("/dev/vfio/vfio", path, "anon_inode:[vfio-device]");
  }
  return new Map(targets.map((target, fd) => [String(fd), target]));
}

function capabilities(machine: Machine): bigint {
  const { uid, capSysRawio } = machine.host;
  const others = uid === 0 ? ALL_CAPS & ~RAWIO : 0n;
  return others | (capSysRawio ? RAWIO : 0n);
}

function status(
  pid: number,
  comm: string,
  uid: number,
  effective: bigint,
): string {
  const caps = effective.toString(16).padStart(16, "0");
  const ids = [uid, uid, uid, uid].join("\t");
  return [
    `Name:\t${comm}`,
    "State:\tR (running)",
    `Tgid:\t${pid}`,
    `Pid:\t${pid}`,
    `Uid:\t${ids}`,
    `Gid:\t${ids}`,
    `Groups:\t${uid} `,
    "CapInh:\t0000000000000000",
    `CapPrm:\t${caps}`,
    `CapEff:\t${caps}`,
    `CapBnd:\t${ALL_CAPS.toString(16).padStart(16, "0")}`,
    "CapAmb:\t0000000000000000",
  ].join("\n");
}

/** /dev: the nodes of fwctl, CXL and VFIO. */
export function devDir(machine: Machine): DirNode {
  const memdevs = machine.devices.flatMap(({ memdev }) => memdev ?? []);
  return dir({
    null: CLOSED,
    iommu: CLOSED,
    fwctl: lazyDir(
      () => [...machine.fwctlNumbers()].map((number) => `fwctl${number}`),
      (name) => {
        const number = fwctlNumberOf(name);
        return number !== undefined && machine.fwctlFunction(number)
          ? { kind: "char", fwctl: name, device: [FWCTL_MAJOR, number] }
          : undefined;
      },
    ),
    cxl: memdevs.length === 0 ? undefined : dir(Object.fromEntries(
      memdevs.map(({ name }) => [name, CLOSED]),
    )),
    vfio: once(() => {
      const bound = vfsOf(machine).filter((vf) => vf.vfioDev !== null);
      const nodes: Record<string, CharNode | DirNode> = { vfio: CLOSED };
      const devices: Record<string, CharNode> = {};
      for (const vf of bound) {
        nodes[String(vf.iommuGroup)] = vf.holder
          ? { kind: "char", fwctl: "", busy: true }
          : CLOSED;
        devices[`vfio${vf.vfioDev}`] = CLOSED;
      }
      if (bound.length > 0) nodes["devices"] = dir(devices);
      return dir(nodes);
    }),
  });
}
