/**
 * What follows an apply that went well: its devices are closed until the next
 * boot, where the policy wants it.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import type { PlanSession } from "../plan/make.ts";
import type { Guard } from "../plan/policy.ts";
import type { Plan } from "../plan/types.ts";
import type { ApplyResult } from "./types.ts";

/** The guards at the transports of a plan's steps; each once. */
export function guardsOf(
  plan: Plan,
  session: (device: string) => PlanSession,
): Guard[] {
  const guards = new Set<Guard>();
  for (const name of new Set(plan.steps.map(({ device }) => device))) {
    const { guard } = session(name);
    if (guard) guards.add(guard);
  }
  return [...guards];
}

/** Seals what was changed when all of it was; a seal that fails is told. */
export function sealed(
  result: ApplyResult,
  plan: Plan,
  session: (device: string) => PlanSession,
): ApplyResult {
  if (result.outcome !== "applied") return result;
  return sealedBy(result, plan, guardsOf(plan, session));
}

/** The same with the guards at hand. */
export function sealedBy(
  result: ApplyResult,
  plan: Plan,
  guards: readonly Guard[],
): ApplyResult {
  if (result.outcome !== "applied") return result;
  try {
    for (const guard of guards) guard.seal(plan);
    return result;
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    return { ...result, error };
  }
}
