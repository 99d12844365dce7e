/**
 * Policy: a ceiling on scope and on effect. It is checked on the whole plan
 * before the first write, and again on every request as it is sent.
 *
 * @module
 */
import {
  type Effect,
  EFFECTS,
  type RequestLabel,
} from "../../drivers/driver.ts";
import { PolicyError } from "../errors.ts";
import { type Scope, scopeNumber, scopeTaints } from "../uapi/fwctl.ts";
import type { Plan } from "./types.ts";

/** What may be sent. */
export interface Policy {
  /** The highest scope label. */
  readonly scope: Scope;
  /** The strongest effect. */
  readonly effect: Effect;
  /** Whether a request that taints the kernel may be sent at all. */
  readonly taint: boolean;
}

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

/** Why a request may not be sent: a sentence a rule, none when it may. */
export function refusals(label: RequestLabel, policy: Policy): string[] {
  const found: string[] = [];
  const what = labelName(label);
  if (!label.allowed) {
    found.push(`${what}: the kernel driver sends it at no scope`);
    return found;
  }
  if (scopeNumber(label.scope) > scopeNumber(policy.scope)) {
    found.push(
      `${what} needs scope ${label.scope} (${label.scopeReason}); the policy's ceiling is ${policy.scope} (rule: scope)`,
    );
  }
  if (EFFECTS.indexOf(label.effect) > EFFECTS.indexOf(policy.effect)) {
    found.push(
      `${what} has effect ${label.effect} (${label.effectReason}); the policy's ceiling is ${policy.effect} (rule: effect)`,
    );
  }
  if (!policy.taint && scopeTaints(label.scope)) {
    found.push(
      `${what} taints the kernel; the policy forbids it (rule: taint)`,
    );
  }
  return found;
}

/** Throws when the policy forbids the request. @throws {PolicyError} */
export function enforce(
  label: RequestLabel,
  policy: Policy,
  device: string,
): void {
  const found = refusals(label, policy);
  if (found.length > 0) throw refused(found, device, labelName(label));
}

/**
 * Holds a whole plan against the policy: every write before the first is sent.
 *
 * @returns a sentence for every distinct refusal; none when it may be applied
 */
export function planRefusals(plan: Plan, policy: Policy): string[] {
  const found = new Set<string>();
  for (const step of plan.steps) {
    for (const refusal of refusals(step.label, policy)) {
      found.add(`${step.device}: ${refusal}`);
    }
  }
  return [...found];
}

/** Throws when the policy forbids a step of the plan. @throws {PolicyError} */
export function enforcePlan(plan: Plan, policy: Policy): void {
  const found = planRefusals(plan, policy);
  if (found.length > 0) throw refused(found);
}

/** `NAME detail` as messages spell a request. */
export function labelName(label: RequestLabel): string {
  return label.detail === "" ? label.name : `${label.name} ${label.detail}`;
}

/** Which options let pass what these rules refuse. */
function optionsFor(found: readonly string[]): string {
  const options = [
    ["scope", "--max-scope"],
    ["effect", "--max-effect"],
    ["taint", "--allow-taint"],
  ].filter(([rule]) => found.some((each) => each.endsWith(`(rule: ${rule})`)))
    .map(([, option]) => option);
  if (options.length === 0) return "Nothing was sent";
  const last = options.pop();
  const list = options.length === 0
    ? last
    : `${options.join(", ")} and ${last}`;
  return `Raise the ceiling with ${list} if that is what you want; nothing was sent`;
}

function refused(
  found: readonly string[],
  device?: string,
  request?: string,
): PolicyError {
  return new PolicyError(
    `Refused by policy: ${found[0] ?? ""}${
      found.length > 1 ? ` (and ${found.length - 1} more)` : ""
    }`,
    found,
    {
      hint: optionsFor(found),
      ...(device === undefined ? {} : { device }),
      ...(request === undefined ? {} : { request }),
    },
  );
}
