/**
 * What the groups of commands share: how a command runs, how a device is
 * named, and how values of options are read.
 *
 * @module
 */
import { InvalidArgumentError } from "npm:@commander-js/extra-typings@15.1.0";
import type { Context } from "../context.ts";
import type { ExitCode } from "../exit.ts";

/** Runs a command's action with its surroundings. */
export type Run = (
  action: (context: Context) => Promise<ExitCode>,
) => Promise<void>;

/** How a device is named. */
export const DEVICE =
  "fwctl0, a PCI address, a network or RDMA device, a CXL memory device";

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...before ?? [], value];
}

/** A whole number, decimal or 0x hex. */
export function integer(text: string, most: number): number {
  const value = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)
    ? Number(text)
    : Number.NaN;
  if (value >= 0 && value <= most) return value;
  throw new InvalidArgumentError(`It takes a whole number from 0 to ${most}.`);
}
