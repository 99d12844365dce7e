/**
 * Options over a policy: they may lower its ceilings, and raise them only
 * where nobody wrote the policy down or its file says so.
 *
 * @module
 */
import { type Effect, EFFECTS } from "../../../drivers/driver.ts";
import { PolicyError } from "../../errors.ts";
import { type Scope, scopeNumber } from "../../uapi/fwctl.ts";
import type { Policy, Sealing } from "./types.ts";

/** What options ask for; what is absent stays as the policy has it. */
export interface PolicyWish {
  /** Highest scope. */
  readonly scope?: Scope | undefined;
  /** Strongest effect. */
  readonly effect?: Effect | undefined;
  /** Whether requests may taint the kernel. */
  readonly taint?: boolean | undefined;
  /** Seal what was changed. */
  readonly seal?: Sealing | undefined;
  /** Write also where a seal is that gives way. */
  readonly breakSeal?: boolean | undefined;
}

/**
 * A policy under options.
 *
 * @throws {PolicyError} when an option asks for more than a file allows
 */
export function narrowed(policy: Policy, wish: PolicyWish): Policy {
  const { source, mayRaise = source === undefined } = policy;
  const raised: string[] = [];
  const refuse = (option: string, member: string, has: string): void => {
    raised.push(
      `${option} asks for more than ${source} allows (rule: ${member}: ${has})`,
    );
  };
  if (!mayRaise) {
    if (wish.scope && scopeNumber(wish.scope) > scopeNumber(policy.scope)) {
      refuse(`--max-scope ${wish.scope}`, "max.scope", policy.scope);
    }
    if (
      wish.effect &&
      EFFECTS.indexOf(wish.effect) > EFFECTS.indexOf(policy.effect)
    ) refuse(`--max-effect ${wish.effect}`, "max.effect", policy.effect);
    if (wish.taint && !policy.taint) {
      refuse("--allow-taint", "max.taint", "false");
    }
  }
  if (raised.length > 0) {
    throw new PolicyError(
      `Refused by policy: ${raised[0] ?? ""}${
        raised.length > 1 ? ` (and ${raised.length - 1} more)` : ""
      }`,
      raised,
      {
        hint:
          `Leave the option out, or let ${source} say "flags": "may-raise"; nothing was sent`,
      },
    );
  }
  const seal = stronger(policy.seal ?? "none", wish.seal ?? "none");
  return {
    ...policy,
    scope: wish.scope ?? policy.scope,
    effect: wish.effect ?? policy.effect,
    taint: wish.taint ?? policy.taint,
    ...(seal === "none" ? {} : { seal }),
    ...(wish.breakSeal ? { breakSeal: true } : {}),
  };
}

/** A policy with no ceiling above another's: what reading under it may send. */
export function capped(
  policy: Policy,
  { scope, effect, taint }: Pick<Policy, "scope" | "effect" | "taint">,
): Policy {
  return {
    ...policy,
    scope: scopeNumber(scope) < scopeNumber(policy.scope)
      ? scope
      : policy.scope,
    effect: EFFECTS.indexOf(effect) < EFFECTS.indexOf(policy.effect)
      ? effect
      : policy.effect,
    taint: taint && policy.taint,
  };
}

function stronger(a: Sealing, b: Sealing): Sealing {
  if (a === "boot-strict" || b === "boot-strict") return "boot-strict";
  return a === "boot" || b === "boot" ? "boot" : "none";
}
