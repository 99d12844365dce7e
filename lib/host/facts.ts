/**
 * What a machine says about itself. Forgiving: what cannot be read or does not
 * look as it should is unknown, never an error.
 *
 * @module
 */
import { TAINT_FWCTL } from "../uapi/fwctl.ts";
import type { Host } from "./host.ts";
import { attribute } from "./sysfs.ts";

/** Bit of CAP_SYS_RAWIO: include/uapi/linux/capability.h. */
export const CAP_SYS_RAWIO = 17;

/** Facts of a machine and of the process that asks. */
export interface HostFacts {
  /** /proc/sys/kernel/random/boot_id, or "". */
  readonly bootId: string;
  /** /proc/sys/kernel/osrelease, or "". */
  readonly kernel: string;
  /** `none`, `integrity`, `confidentiality`, or `unknown`. */
  readonly lockdown: string;
  /** Whether TAINT_FWCTL (`J`) is set. */
  readonly tainted: boolean;
  /** Whether the process holds CAP_SYS_RAWIO. */
  readonly rawio: boolean;
}

/** /proc/sys/kernel/random/boot_id, or "". */
export function bootId(host: Host): string {
  return matching(host, "/proc/sys/kernel/random/boot_id", /^[0-9a-f-]{36}$/);
}

/** /proc/sys/kernel/osrelease, or "". */
export function kernelRelease(host: Host): string {
  return matching(host, "/proc/sys/kernel/osrelease", /^[!-~]{1,64}$/);
}

/** The lockdown level in force; `unknown` where securityfs is not there. */
export function lockdown(host: Host): string {
  const text = attribute(host, "/sys/kernel/security/lockdown") ?? "";
  const level = /\[([a-z]+)\]/.exec(text)?.[1];
  return level === "none" || level === "integrity" ||
      level === "confidentiality"
    ? level
    : "unknown";
}

/** Whether a bit of /proc/sys/kernel/tainted is set. */
export function taintBit(host: Host, bit: number): boolean {
  const text = matching(host, "/proc/sys/kernel/tainted", /^\d{1,19}$/);
  return bitOf(text, bit);
}

/** Whether the effective capabilities of this process have a bit (CapEff). */
export function capability(host: Host, bit: number): boolean {
  return capabilityOf(
    attribute(host, "/proc/self/status", 64 << 10) ?? "",
    bit,
  );
}

/** Whether a process's effective capabilities have a bit, by its /proc/PID/status. */
export function capabilityOf(status: string, bit: number): boolean {
  const digits = /^CapEff:\s*([0-9a-f]{1,16})$/mi.exec(status)?.[1];
  return bitOf(digits === undefined ? "" : `0x${digits}`, bit);
}

/** All of them. */
export function hostFacts(host: Host): HostFacts {
  return {
    bootId: bootId(host),
    kernel: kernelRelease(host),
    lockdown: lockdown(host),
    tainted: taintBit(host, TAINT_FWCTL),
    rawio: capability(host, CAP_SYS_RAWIO),
  };
}

function matching(host: Host, path: string, shape: RegExp): string {
  const text = attribute(host, path) ?? "";
  return shape.test(text) ? text : "";
}

function bitOf(number: string, bit: number): boolean {
  return number !== "" && (BigInt(number) >> BigInt(bit) & 1n) === 1n;
}
