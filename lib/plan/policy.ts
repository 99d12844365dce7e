/**
 * Policy: what may be sent. Ceilings on scope and effect, taint, lists of what
 * is denied and allowed, lockdown, windows of time, a limit on devices, seals.
 * It is checked on the whole plan before the first write, and again on every
 * request as it is sent.
 *
 * @module
 */
import type { RequestLabel } from "../../drivers/driver.ts";
import { judge, labelName } from "./policy/judge.ts";
import { refusalText, refused } from "./policy/refused.ts";
import type { Policy } from "./policy/types.ts";

export * from "./policy/types.ts";
export type { Subject, SubjectDevice } from "./policy/match.ts";
export type { Intent, Part } from "./policy/match.ts";
export { Guard } from "./policy/guard.ts";
export { enforcePlan, planRefusals } from "./policy/plan.ts";
export { capped, narrowed, type PolicyWish } from "./policy/narrow.ts";
export { parsePolicy } from "./policy/parse.ts";
export type { PolicyNames } from "./policy/parse_rule.ts";
export { policyLines } from "./policy/explain.ts";
export { labelName };

/** Reads only, nothing that taints. */
export const READ_POLICY: Policy = {
  scope: "debug-read-only",
  effect: "read",
  taint: false,
};

/** What plan and apply allow unless told otherwise: changes that are live at once, no taint. */
export const DEFAULT_POLICY: Policy = {
  scope: "debug-read-only",
  effect: "runtime",
  taint: false,
};

/**
 * Everything, also what the kernel refuses: for raw requests that someone asks
 * for one by one.
 */
export const RAW_POLICY: Policy = {
  scope: "debug-write-full",
  effect: "destructive",
  taint: true,
  unlisted: true,
};

/**
 * Why a request of no plan may not be sent, by its label: a sentence a rule,
 * none when it may.
 */
export function refusals(label: RequestLabel, policy: Policy): string[] {
  return judge(labelled(label), policy).map(refusalText);
}

/** Throws when the policy forbids the request. @throws {PolicyError} */
export function enforce(
  label: RequestLabel,
  policy: Policy,
  device: string,
): void {
  const found = judge(labelled(label, device), policy);
  if (found.length === 0) return;
  throw refused(found, policy, { device, request: labelName(label) });
}

function labelled(label: RequestLabel, name = ""): Parameters<typeof judge>[0] {
  return { device: { name }, label, scope: label.scope };
}
