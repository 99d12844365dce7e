/**
 * What a driver knows of why it does not work: its kernel module, the release
 * that first had it, which functions are its own, and what its answers tell.
 *
 * @module
 */
import type { DeviceContext, DeviceIdentity } from "./query.ts";

/** How bad something is. */
export type Severity = "ok" | "note" | "warning" | "problem";

/** Where something was seen, and what. */
export interface Sight {
  /** A path, or the request that was asked. */
  readonly path: string;
  /** What stands there, or how it was refused. */
  readonly value: string;
}

/** Something that was found out. */
export interface Remark {
  /** How bad it is. A problem keeps something from working. */
  readonly severity: Severity;
  /** What was looked at, as one word: `module`. */
  readonly check: string;
  /** What was seen. */
  readonly seen: readonly Sight[];
  /** What that means: sentences without what to do. */
  readonly means: string;
  /** What to do next; "" when there is nothing to do. */
  readonly todo: string;
  /** The command that does it, where there is one. */
  readonly command?: string;
}

/** What a driver tells the doctor. */
export interface DriverDoctor {
  /** The kernel module that makes the fwctl device: `mlx5_fwctl`. */
  readonly module: string;
  /** The option of the kernel's configuration that builds it. */
  readonly config: string;
  /** First release of Linux that has it. */
  readonly since: string;
  /** Set where an earlier release may have it: `since` is the first one looked at. */
  readonly sinceUnsure?: true;
  /** Kernel drivers of its PCI functions, where they are not `kernelDrivers`. */
  readonly functionDrivers?: readonly string[];
  /** Whether a PCI function is one of its own, whatever drives it. `id` is `15b3:101d`. */
  claims(id: string, classCode: number): boolean;
  /** Why a function that its kernel driver has can be without a fwctl device. */
  readonly absent: string;
  /**
   * What the device's own answers tell, a question each. They send reads only;
   * what one throws is shown as a question that the device did not answer.
   */
  readonly questions?: readonly ((
    context: DeviceContext,
    identity: DeviceIdentity,
  ) => readonly Remark[])[];
}
