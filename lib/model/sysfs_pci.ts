/**
 * The sysfs directory of one PCI function.
 *
 * @module
 */
import { isVfioDriver } from "../device/functions.ts";
import type { FunctionRef, Machine } from "./machine.ts";
import { auxiliaryDir, fwctlDir } from "./sysfs_fwctl.ts";
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

/** PCI device ids of virtual functions that differ from their PF's. */
const VF_IDS: Readonly<Record<string, string>> = {
  "15b3:101d": "101e",
  "15b3:101f": "101e",
  "15b3:1021": "101e",
  "15b3:a2d6": "101e",
  "15b3:a2dc": "101e",
  "14e4:1750": "1806",
  "14e4:1751": "1806",
  "14e4:1752": "1806",
  "14e4:1760": "1819",
  "1dd8:100c": "100b",
};

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
    // Under a memory device's name for CXL, so a CXL function has none.
    fwctl: () => fwctlDir(machine, pci, depth),
  });
  const withAuxiliary = union(common, auxiliaryDir(machine, of, depth));
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
