/**
 * Virtual functions that are being removed while somebody holds them.
 *
 * The kernel removes the functions of a PF one after the other. At one that is
 * held through VFIO it waits, without limit: the function is still there, and
 * has lost the links that lead to it. Whoever reads `sriov_numvfs` of the PF
 * meanwhile waits as well.
 *
 * @module
 */
import { PlanError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { entriesOf, linkName } from "../host/sysfs.ts";
import {
  findHolders,
  heldBy,
  type Holder,
  type Holders,
  holdersOf,
  nodesOf,
  pciPath,
} from "./holders.ts";

/**
 * Whether a PCI function is a virtual one that is being removed. The kernel
 * takes its links away first, then waits for whoever holds it; only virtual
 * functions have the file.
 */
export function isLeaving(host: Host, pci: string): boolean {
  const at = pciPath(pci);
  return host.exists(`${at}/sriov_vf_msix_count`) &&
    linkName(host, `${at}/physfn`) === undefined;
}

/** A virtual function that is being removed. */
export interface LeavingVf {
  /** Its PCI address. */
  readonly pci: string;
  /** Processes that the kernel waits for, as far as /proc shows them. */
  readonly holders: readonly Holder[];
}

/** Virtual functions that are being removed and are still there: somebody holds them. */
export function leavingVfs(
  host: Host,
  holders: () => Holders,
): LeavingVf[] {
  return entriesOf(host, "/sys/bus/pci/devices")
    .filter((pci) => isLeaving(host, pci))
    .map((pci) => ({
      pci,
      holders: holdersOf(nodesOf(host, pci).nodes, pci, holders()),
    }));
}

/** Why such a function may not be touched. */
export function leavingError(host: Host, pci: string): PlanError {
  const nodes = nodesOf(host, pci).nodes;
  const held = holdersOf(nodes, pci, findHolders(host));
  return new PlanError(
    `${pci} is a virtual function that is being removed${
      held.length === 0 ? "" : `: the kernel waits, it is ${heldBy(held)}`
    }`,
    "in-use",
    [],
    { hint: "Stop the VM that has it; nothing was sent" },
  );
}
