/**
 * The policy that options of a command ask for.
 *
 * @module
 */
import type { Effect } from "../../drivers/driver.ts";
import { DEFAULT_POLICY, type Policy } from "../plan/policy.ts";
import type { Scope } from "../uapi/fwctl.ts";

/** Options that raise or lower a ceiling. */
export interface PolicyOptions {
  /** Highest scope. */
  readonly maxScope?: Scope | undefined;
  /** Strongest effect. */
  readonly maxEffect?: Effect | undefined;
  /** Whether requests may taint the kernel. */
  readonly allowTaint?: boolean | undefined;
}

/** The policy the options ask for, over a default. */
export function policyOf(
  { maxScope, maxEffect, allowTaint }: PolicyOptions,
  otherwise: Policy = DEFAULT_POLICY,
): Policy {
  return {
    scope: maxScope ?? otherwise.scope,
    effect: maxEffect ?? otherwise.effect,
    taint: allowTaint ?? otherwise.taint,
  };
}
