/**
 * The sysfs directory of one PCI function and of the fwctl device below it.
 *
 * @module
 */
import type { FunctionRef, Machine } from "./machine.ts";
import { isVfioDriver } from "../device/functions.ts";
import {
  dir,
  type DirNode,
  lazyDir,
  line,
  link,
  sysLink,
  union,
} from "./sysfs_tree.ts";

/** A PCI function and where its directory is. */
export interface PciPlace {
  /** The machine it is in. */
  readonly machine: Machine;
  /** Which function. */
  readonly of: FunctionRef;
  /** Its address. */
  readonly pci: string;
  /** The kernel driver bound, or null. */
  readonly kernelDriver: string | null;
  /** The parent directory, below /sys. */
  readonly parent: string;
}

/** Major number the lab's kernel gave fwctl; dynamic on every machine. */
const FWCTL_MAJOR = 251;

/** PCI device ids of virtual functions that differ from their PF's. */
const VF_IDS: Readonly<Record<string, string>> = {
  "15b3:101d": "101e",
  "15b3:101f": "101e",
  "15b3:1021": "101e",
  "15b3:a2d6": "101e",
  "15b3:a2dc": "101e",
};

/** Kernel modules that name auxiliary devices, where the driver's differs. */
const AUXILIARY_PREFIX: Readonly<Record<string, string>> = {
  mlx5: "mlx5_core",
  pds: "pds_core",
  bnxt: "bnxt_en",
};

/** `mlx5_core.fwctl.0`. */
export function auxiliaryName(of: FunctionRef, index: number): string {
  const { driver, kernelDriver } = of.device;
  return `${AUXILIARY_PREFIX[driver] ?? kernelDriver}.fwctl.${index}`;
}

/** `mlx5_fwctl.mlx5_fwctl`: module and driver have one name. */
export function auxiliaryDriver(driver: string): string {
  return `${driver}_fwctl.${driver}_fwctl`;
}

/** The directory of a PCI function. */
export function pciFunction(place: PciPlace): DirNode {
  const { of, pci, machine, kernelDriver } = place;
  const { device, vf } = of;
  const depth = place.parent.split("/").length + 1;
  const [vendor = "", pfId = ""] = device.pciId.split(":");
  const id = vf ? VF_IDS[device.pciId] ?? pfId : pfId;
  const group = vf?.iommuGroup ?? device.iommuGroup;
  const enabled = kernelDriver === null || kernelDriver === "pci-stub"
    ? "0"
    : isVfioDriver(kernelDriver)
    ? (vf?.holder ? "1" : "0")
    : "1";
  const classText = `0x${device.classCode.toString(16).padStart(6, "0")}`;
  const common = dir({
    vendor: line(`0x${vendor}`),
    device: line(`0x${id}`),
    class: line(classText),
    enable: line(enabled),
    subsystem: sysLink(depth, "bus/pci"),
    driver: kernelDriver === null
      ? undefined
      : sysLink(depth, `bus/pci/drivers/${kernelDriver}`),
    driver_override: line(
      vf && kernelDriver !== null ? kernelDriver : "(null)",
    ),
    iommu_group: sysLink(depth, `kernel/iommu_groups/${group}`),
    uevent: line(() =>
      [
        ...(kernelDriver === null ? [] : [`DRIVER=${kernelDriver}`]),
        `PCI_CLASS=${device.classCode.toString(16).toUpperCase()}`,
        `PCI_ID=${vendor}:${id}`.toUpperCase(),
        `PCI_SLOT_NAME=${pci}`,
      ].join("\n")
    ),
    physfn: vf ? link(`../${device.pci}`) : undefined,
    "vfio-dev": () =>
      vf?.vfioDev == null ? undefined : dir({
        [`vfio${vf.vfioDev}`]: dir({ device: link(`../../../${pci}`) }),
      }),
    net: () => vf ? undefined : names(device.net, pci),
    infiniband: () => vf ? undefined : names(device.infiniband, pci),
    fwctl: () => fwctlDir(place, depth),
  });
  const withAuxiliary = union(common, auxiliaryDir(machine, of, pci, depth));
  return vf || device.totalVfs === 0
    ? withAuxiliary
    : union(withAuxiliary, sriov(of));
}

function names(list: readonly string[], pci: string): DirNode | undefined {
  if (list.length === 0) return undefined;
  return lazyDir(
    () => list,
    (name) =>
      list.includes(name)
        ? dir({ device: link(`../../../${pci}`) })
        : undefined,
  );
}

function fwctlDir(place: PciPlace, depth: number): DirNode | undefined {
  const { machine, pci } = place;
  const number = machine.fwctlNumber(pci);
  if (number === undefined) return undefined;
  return dir({
    [`fwctl${number}`]: dir({
      dev: line(`${FWCTL_MAJOR}:${number}`),
      device: link(`../../../${pci}`),
      subsystem: sysLink(depth + 2, "class/fwctl"),
      uevent: line(
        `MAJOR=${FWCTL_MAJOR}\nMINOR=${number}\nDEVNAME=fwctl/fwctl${number}`,
      ),
    }),
  });
}

function auxiliaryDir(
  machine: Machine,
  of: FunctionRef,
  pci: string,
  depth: number,
): DirNode {
  const index = machine.fwctlNumber(pci) === undefined
    ? undefined
    : machine.auxiliaryIndex(pci);
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

/** What a PF with SR-IOV has beside the rest. */
function sriov(of: FunctionRef): DirNode {
  const { device } = of;
  const { vfs } = device;
  const probed = vfs.every((vf) => vf.kernelDriver === device.kernelDriver);
  const files = dir({
    sriov_totalvfs: line(String(device.totalVfs)),
    sriov_numvfs: line(String(vfs.length)),
    sriov_drivers_autoprobe: line(probed ? "1" : "0"),
  });
  const links = lazyDir(
    () => vfs.map((_, index) => `virtfn${index}`),
    (name) => {
      const digits = /^virtfn(0|[1-9]\d{0,5})$/.exec(name)?.[1];
      const vf = digits === undefined ? undefined : vfs[Number(digits)];
      return vf && link(`../${vf.pci}`);
    },
  );
  return union(files, links);
}
