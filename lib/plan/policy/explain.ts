/**
 * A policy in words.
 *
 * @module
 */
import { EFFECTS } from "../../../drivers/driver.ts";
import { SCOPES } from "../../uapi/fwctl.ts";
import type { Policy, PolicyRule, ValueTest } from "./types.ts";
import { windowText } from "./window.ts";

/** A rule in one line: `field log_max_qp with value at most 17`. */
export function ruleText(rule: PolicyRule): string {
  const words = MEMBERS.flatMap((member): string[] => {
    const names = rule[member];
    return names === undefined ? [] : [`${member} ${names.join(" or ")}`];
  });
  if (rule.value) words.push(`with value ${valueText(rule.value)}`);
  return words.length === 0 ? "everything" : words.join(", ");
}

const MEMBERS = [
  "driver",
  "device",
  "request",
  "group",
  "scope",
  "effect",
  "kind",
  "target",
  "field",
] as const;

function valueText({ min, max, in: choices }: ValueTest): string {
  const words: string[] = [];
  if (min !== undefined && max !== undefined) words.push(`${min} to ${max}`);
  else if (min !== undefined) words.push(`at least ${min}`);
  else if (max !== undefined) words.push(`at most ${max}`);
  if (choices) words.push(`one of ${choices.join(", ")}`);
  return words.join(" and ");
}

/** What a policy allows, a sentence a line. */
export function policyLines(policy: Policy): string[] {
  const { scope, effect, taint, devices, lockdown, windows, allow } = policy;
  const lines = [
    `Scope up to ${scope}${scope === SCOPES.at(-1) ? " (all)" : ""}.`,
    `Effect up to ${effect}${effect === EFFECTS.at(-1) ? " (all)" : ""}.`,
    taint
      ? "Requests may taint the kernel."
      : "No request may taint the kernel.",
  ];
  if (devices !== undefined) {
    lines.push(`At most ${devices} devices may be written to in one run.`);
  }
  if (lockdown) {
    lines.push(`Writes only with lockdown ${lockdown.join(" or ")}.`);
  }
  if (windows) {
    lines.push(`Writes only ${windows.map(windowText).join(", ")}.`);
  }
  if (policy.seal === "boot" || policy.seal === "boot-strict") {
    lines.push(
      policy.seal === "boot"
        ? "A changed device is sealed until the next boot; --break-seal opens it."
        : "A changed device is sealed until the next boot; nothing opens it.",
    );
  }
  lines.push(...listed("Refused", "deny", policy.deny ?? []));
  if (allow) {
    lines.push(...listed("Allowed to write", "allow", allow));
    lines.push("Every other write is refused.");
  }
  lines.push(
    policy.mayRaise
      ? "Options may raise the ceilings."
      : "Options may only lower the ceilings.",
  );
  return lines;
}

function listed(
  what: string,
  list: string,
  rules: readonly PolicyRule[],
): string[] {
  return rules.map((rule, index) =>
    `${what} by ${list}[${index}]: ${ruleText(rule)}${
      rule.reason === undefined ? "" : ` (${rule.reason})`
    }.`
  );
}
