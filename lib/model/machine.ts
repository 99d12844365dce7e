/**
 * The machine as its sysfs tree sees it: the scenario, and what changes.
 *
 * @module
 */
import type { ScenarioHost } from "./scenario.ts";
import type { DeviceSpec } from "./scenario_device.ts";
import type { VfSpec } from "./scenario_vfs.ts";

/** A function of the scenario that can have a fwctl device. */
export interface FunctionRef {
  /** What names it: its PCI address, or its memory device (`mem0`). */
  readonly key: string;
  /** Its device. */
  readonly device: DeviceSpec;
  /** 0 is the PF, n the VF with index n - 1. */
  readonly functionId: number;
  /** The VF, or undefined for the PF. */
  readonly vf: VfSpec | undefined;
}

/** A device's physical function, or its only one. */
export function ownFunction(device: DeviceSpec): FunctionRef {
  return { key: device.key, device, functionId: 0, vf: undefined };
}

/** A device's virtual functions, in order of their index. */
export function virtualFunctions(device: DeviceSpec): FunctionRef[] {
  return device.vfs.map((vf, index) => ({
    key: vf.pci,
    device,
    functionId: index + 1,
    vf,
  }));
}

/** What the tree asks of the machine it shows. */
export interface Machine {
  /** The host's part of the scenario. */
  readonly host: ScenarioHost;
  /** Devices that are there, reserved ones left out. */
  readonly devices: readonly DeviceSpec[];
  /** The process that asks. */
  readonly process: { readonly pid: number; readonly comm: string };
  /** /proc/sys/kernel/tainted now. */
  tainted(): number;
  /** Numbers of the fwctl devices there are now. */
  fwctlNumbers(): Iterable<number>;
  /** The function that has a number now. */
  fwctlFunction(number: number): FunctionRef | undefined;
  /** The number a function has now. */
  fwctlNumber(key: string): number | undefined;
  /** N of the auxiliary device `….fwctl.N` of a function that has one; CXL knows none. */
  auxiliaryIndex(key: string): number | undefined;
}

/** N of `fwctlN`, or undefined. */
export function fwctlNumberOf(name: string): number | undefined {
  const digits = /^fwctl(0|[1-9]\d{0,6})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
