/**
 * What the steps about virtual functions say over and over.
 *
 * @module
 */
import type { PlainObject } from "../../lib/plain.ts";
import { sriov } from "./lab.ts";
import type { Step } from "./machine_steps.ts";

/** The physical function's folder. */
export const PF = "/sys/bus/pci/devices/0000:01:00.0";
/** The first virtual functions. */
export const VF = [
  "0000:01:00.1",
  "0000:01:00.2",
  "0000:01:00.3",
  "0000:01:00.4",
] as const;
/** The driver of functions that VMs get. */
export const VFIO_PCI = "vfio-pci";

/** `vfio prepare` of one function. */
export function prepare(vf: string, set: string): string[] {
  return ["vfio", "prepare", vf, "--set", set, "--yes"];
}

/** A line of the guest's shell that must work. */
export function shell(name: string, line: string, ...says: string[]): Step {
  return { name, args: [], shell: line, exit: 0, says };
}

/** The shell's words that give a function without a driver to one. */
export function bind(index: 0 | 1, driver: string): string {
  return `echo ${driver} > ${PF}/virtfn${index}/driver_override && echo ${
    VF[index]
  } > /sys/bus/pci/drivers_probe`;
}

/** The shell's words that remove all functions and make `count`. */
export function functions(count: number): string {
  return `echo 0 > ${PF}/sriov_numvfs && echo ${count} > ${PF}/sriov_numvfs`;
}

/** Not held against the model: what changes is the machine. */
export type Here = Omit<Step, "compare">;

/** Steps that are not held against the model. */
export function here(steps: readonly Here[]): Step[] {
  return steps.map((step) => ({ ...step, compare: false }));
}

/** VF 0 at a driver, and perhaps held; the others free. */
export function first(
  driver: string | null,
  heldBy: string | null = null,
): PlainObject {
  return sriov({ enabled: 4, drivers: [driver], heldBy: [heldBy] });
}

/** VF 0 at vfio-pci, and nobody has it. */
export const IDLE = first(VFIO_PCI);
