/**
 * The doctor: tells why something does not work. Facts are gathered first, then
 * every check makes of them what it can; a cause is a problem, what follows
 * from it is a note.
 *
 * @module
 */
import { names } from "./checks/asked.ts";
import { answers, opening } from "./checks/devices.ts";
import { auxiliary, hardware } from "./checks/hardware.ts";
import {
  kernelConfig,
  kernelRelease,
  lockdown,
  secureBoot,
  taint,
} from "./checks/kernel.ts";
import { modules } from "./checks/modules.ts";
import { access, classFolder, nodes } from "./checks/nodes.ts";
import { denoFfi, denoState } from "./checks/permissions.ts";
import { rawio, user } from "./checks/process.ts";
import { locks, seals, stateFolder, unfinished } from "./checks/state.ts";
import type { DoctorFacts } from "./facts.ts";
import type { Check, Finding, FindingSeverity } from "./finding.ts";

export type { DoctorFacts } from "./facts.ts";
export type { Check, Finding, FindingSeverity } from "./finding.ts";
export { gather, type GatherInput } from "./gather.ts";

/** Every check, in the order in which things build on each other. */
// deno-fmt-ignore -- a line for each
export const CHECKS: readonly Check[] = [
  denoFfi, denoState,
  kernelRelease, kernelConfig,
  hardware, modules, auxiliary,
  classFolder, nodes, access, opening, answers,
  names,
  user, rawio,
  stateFolder, unfinished, seals, locks,
  taint, lockdown, secureBoot,
];

/** Worst first. */
export const SEVERITIES: readonly FindingSeverity[] = [
  "problem",
  "warning",
  "note",
  "unmade",
  "ok",
];

/** All findings, worst first and in the order of the checks. */
export function examine(facts: DoctorFacts): Finding[] {
  // Nothing else can be said of a machine that cannot be looked at.
  const checks = facts.unreachable ? [denoFfi] : CHECKS;
  const all = checks.flatMap((check) => check(facts));
  return SEVERITIES.flatMap((severity) =>
    all.filter((finding) => finding.severity === severity)
  );
}
