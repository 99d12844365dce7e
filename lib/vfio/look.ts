/**
 * A virtual function as sysfs and procfs show it: whose it is, what drives it,
 * and who holds it. No device is opened and nothing reaches a firmware.
 *
 * `sriov_numvfs` is never read, and nothing is unbound: both can wait in the
 * kernel without limit while a function is held.
 *
 * @module
 */
import { isVfioDriver } from "../device/functions.ts";
import type { Inventory, InventoryDevice } from "../device/inventory.ts";
import { PlanError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attribute, linkName, numberOf } from "../host/sysfs.ts";
import {
  type Holder,
  type Holders,
  holdersOf,
  nodesOf,
  pciPath,
} from "./holders.ts";
import { isLeaving, leavingError } from "./leaving.ts";

export { pciPath } from "./holders.ts";

/** How a function stands. */
export type VfState =
  /** No driver: its firmware profile may be changed. */
  | "free"
  /** A driver of the host has it. */
  | "host-driver"
  /** Bound to VFIO, and nobody has it open. */
  | "vfio-idle"
  /** Bound to VFIO, or on its way out of it, and somebody has it open. */
  | "in-use"
  /** Bound to VFIO, and nobody can tell whether it is open. */
  | "unknown";

/** One virtual function, looked at. */
export interface VfLook {
  /** Its PCI address. */
  readonly pci: string;
  /** Its physical function's. */
  readonly pf: string;
  /** N of the PF's `virtfnN` link. */
  readonly index: number;
  /** The PF's fwctl device: `fwctl0`. */
  readonly device: string;
  /** The kernel driver bound, or null. */
  readonly kernelDriver: string | null;
  /** `driver_override`, or null when there is none. */
  readonly driverOverride: string | null;
  /** Its nodes of VFIO: `/dev/vfio/GROUP`, `/dev/vfio/devices/vfioN`. */
  readonly nodes: readonly string[];
  /** Whether VFIO has it without an IOMMU: its nodes are `noiommu-…` then. */
  readonly noIommu: boolean;
  /** Whether the functions of its PF are being removed: those before it are gone already. */
  readonly leaving: boolean;
  /** sysfs `enable`: at VFIO, whether its device is open; null where sysfs does not say. */
  readonly opened: boolean | null;
  /** Processes that have it open, as far as /proc shows them. */
  readonly holders: readonly Holder[];
  /** How many processes could not be looked into; -1 when none could. */
  readonly blind: number;
  /** How it stands. */
  readonly state: VfState;
}

/** Drivers that hold a function and do nothing with it. */
const STUBS: ReadonlySet<string> = new Set(["pci-stub"]);

/**
 * The PF's fwctl device of a VF, the link of the VF checked against the one of
 * the PF.
 *
 * @param driver our name of the driver whose functions have profiles
 * @throws {PlanError} `unknown-target`, saying what the address is instead
 */
export function ownerOf(
  host: Host,
  inventory: Inventory,
  pci: string,
  driver: string,
): { readonly device: InventoryDevice; readonly index: number } {
  for (const device of inventory.devices) {
    const vf = device.virtfns.find((each) => each.pci === pci);
    if (!vf || device.pci === null) continue;
    if (device.driver !== driver) {
      throw lost(
        `${pci} is a virtual function of ${device.name}, a ${device.driver} device: only ${driver} functions have a profile`,
        "Leave it out",
      );
    }
    const physfn = linkName(host, `${pciPath(pci)}/physfn`);
    if (physfn === device.pci) return { device, index: vf.index };
    throw lost(
      `${device.pci} says that ${pci} is its virtual function ${vf.index}, but ${pci} says that it belongs to ${
        physfn ?? "none"
      }`,
      "Its functions are being removed or made just now; try again",
    );
  }
  throw notOurs(host, inventory, pci);
}

/** What an address is that is no VF of an fwctl device. */
function notOurs(host: Host, inventory: Inventory, pci: string): PlanError {
  const own = inventory.devices.find((device) => device.pci === pci);
  if (own && own.physfn === null) {
    return lost(
      `${pci} is the physical function of ${own.name}, not a virtual one`,
      "Name its virtual functions: fwctl list",
    );
  }
  if (!host.exists(pciPath(pci))) {
    return lost(
      `There is no PCI device ${pci}`,
      "Virtual functions exist once sriov_numvfs of their PF is written: fwctl list",
    );
  }
  const physfn = linkName(host, `${pciPath(pci)}/physfn`);
  if (physfn === undefined) {
    if (isLeaving(host, pci)) return leavingError(host, pci);
    return lost(
      `${pci} is not a virtual function`,
      "Name virtual functions: fwctl list",
    );
  }
  const driver = linkName(host, `${pciPath(physfn)}/driver`);
  return lost(
    `The physical function ${physfn} of ${pci} has no fwctl device: it is ${
      driver === undefined ? "bound to no driver" : `bound to ${driver}`
    }`,
    "Load the fwctl driver of the card: modprobe mlx5_fwctl",
  );
}

function lost(message: string, hint: string): PlanError {
  return new PlanError(message, "unknown-target", [], { hint });
}

/**
 * Looks at one VF.
 *
 * @param holders looks through /proc; asked only when a VFIO driver has the function
 * @throws {PlanError} as {@linkcode ownerOf}
 */
export function lookAtVf(
  host: Host,
  inventory: Inventory,
  pci: string,
  driver: string,
  holders: () => Holders,
): VfLook {
  const { device, index } = ownerOf(host, inventory, pci, driver);
  const at = pciPath(pci);
  const kernelDriver = linkName(host, `${at}/driver`) ?? null;
  const override = attribute(host, `${at}/driver_override`) ?? "";
  const enable = numberOf(host, `${at}/enable`);
  const common = {
    pci,
    pf: device.pci ?? "",
    index,
    device: device.name,
    kernelDriver,
    driverOverride: override === "" || override === "(null)" ? null : override,
    opened: enable === undefined ? null : enable > 0,
    // The kernel makes and removes functions in the order of their indexes.
    leaving: (device.virtfns[0]?.index ?? 0) > 0,
  };
  const { nodes, noIommu } = nodesOf(host, pci);
  const opened = common.opened === true;
  if (!isVfioDriver(kernelDriver)) {
    // Who unbinds a function that is held waits, and the link to the driver is
    // gone by then: no driver is not enough to be free.
    const limbo = kernelDriver === null &&
      (opened || nodes.some((node) => host.exists(node)));
    if (!limbo) {
      const free = kernelDriver === null || STUBS.has(kernelDriver);
      const state = free ? "free" : "host-driver";
      const none = { nodes: [], noIommu: false, holders: [], blind: 0 };
      return { ...common, ...none, state };
    }
  }
  const { blind } = holders();
  const held = holdersOf(nodes, pci, holders());
  const state = held.length > 0 || opened
    ? "in-use"
    // A group that is held by itself leaves no trace in sysfs.
    : blind !== 0
    ? "unknown"
    : kernelDriver === null
    ? "free"
    : "vfio-idle";
  return { ...common, nodes, noIommu, holders: held, blind, state };
}
