/**
 * What a policy says of the requests a driver knows, without a device: to see
 * what a file allows before it is in force.
 *
 * @module
 */
import type { Driver, RequestLabel } from "../../../drivers/driver.ts";
import { judge } from "./judge.ts";
import { refusalText } from "./refused.ts";
import type { Policy, PolicyRule } from "./types.ts";

/** `plan`: it depends on what a plan sets with it. */
export type Verdict = "sent" | "refused" | "plan";

/** One request under a policy. */
export interface JudgedRequest {
  /** The number as the vendor writes it. */
  readonly code: string;
  /** Its label, as of the plainest request of that number. */
  readonly label: RequestLabel;
  /** Whether it may be sent, leaving time, lockdown and seals aside. */
  readonly verdict: Verdict;
  /** Why not, a sentence a rule; of a `plan` verdict why not without one. */
  readonly refusals: readonly string[];
}

/** Every request of a driver that its kernel driver sends at all. */
export function judgedRequests(
  driver: Pick<Driver, "name" | "requests">,
  policy: Policy,
): JudgedRequest[] {
  // What is a matter of the moment says nothing of the file.
  const { lockdown: _, windows: __, devices: ___, ...lasting } = policy;
  const certain: Policy = {
    ...lasting,
    ...(policy.deny ? { deny: policy.deny.filter(needsNoPlan) } : {}),
    ...(policy.allow ? { allow: policy.allow.map(withoutPlan) } : {}),
  };
  return driver.requests().filter(({ label }) => label.allowed).map(
    ({ code, label }) => {
      const subject = {
        device: { name: "any device", driver: driver.name },
        label,
        scope: label.scope,
      };
      const found = judge(subject, lasting);
      return {
        code,
        label,
        verdict: found.length === 0
          ? "sent"
          : judge(subject, certain).length === 0
          ? "plan"
          : "refused",
        refusals: found.map(refusalText),
      };
    },
  );
}

/** Whether a rule can be held against a request alone; one on devices cannot without one. */
function needsNoPlan(
  { kind, target, field, value, device }: PolicyRule,
): boolean {
  return !kind && !target && !field && !value && !device;
}

function withoutPlan(
  { kind: _, target: __, field: ___, value: ____, device: _____, ...rest }:
    PolicyRule,
): PolicyRule {
  return rest;
}
