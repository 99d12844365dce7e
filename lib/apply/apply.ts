/**
 * Apply: re-read, check, write, verify; take everything back when a step fails.
 *
 * @module
 */
import type { Inventory } from "../device/inventory.ts";
import { PlanError } from "../errors.ts";
import { plannedDevice, type PlanSession } from "../plan/make.ts";
import { enforcePlan, type Policy } from "../plan/policy.ts";
import { type Plan, PLAN_FORMAT } from "../plan/types.ts";
import {
  imageOf,
  moved,
  refuseStale,
  remadeFunctions,
  strangers,
  takenFunctions,
} from "./guard.ts";
import { refuseMislabelled } from "./claims.ts";
import { Run } from "./run.ts";
import { guardsOf, sealed } from "./sealing.ts";
import {
  finish,
  finishAsync,
  performBreathing,
  performOn,
  type Work,
} from "./work.ts";
import type { ApplyHooks, ApplyResult, RunControl } from "./types.ts";

/** What an apply needs. */
export interface ApplyInput {
  /** The plan. */
  readonly plan: Plan;
  /** Held against the whole plan first; the sessions hold it against each request. */
  readonly policy: Policy;
  /** The machine as it is now: a plan from another boot, or for functions that changed hands, is stale. */
  readonly inventory: Inventory;
  /** An open device by name. */
  session(device: string): PlanSession;
  /** A journal, a progress line. */
  readonly hooks?: ApplyHooks;
}

/**
 * Applies a plan. Nothing is written when the policy refuses any step or when
 * anything moved since the plan was made; a write is never repeated.
 *
 * @returns how it ended, also when a step failed
 * @throws {PolicyError} and {PlanError} before anything is written
 */
export function applyPlan(input: ApplyInput): ApplyResult {
  return finish(applying(input), performOn(input.session));
}

/**
 * The same with pauses, in which the rest of the program hears signals, and
 * with an end that can be ordered.
 *
 * Rejects as {@linkcode applyPlan} throws.
 */
export async function applyPlanAsync(
  input: ApplyInput,
  control?: RunControl,
): Promise<ApplyResult> {
  return await finishAsync(
    applying(input, control),
    performBreathing(input.session),
  );
}

function* applying(
  input: ApplyInput,
  control?: RunControl,
): Work<ApplyResult> {
  const { plan, hooks } = input;
  refuseFormat(plan);
  admit(input);
  if (plan.steps.length === 0) {
    return ended(hooks, { outcome: "nothing", steps: [] });
  }
  yield* refuseMoved(input, control);
  hooks?.begin?.(plan);
  const run = new Run({
    plan,
    ...(hooks ? { hooks } : {}),
    ...(control ? { control } : {}),
  });
  const result = yield* run.run();
  return ended(hooks, sealed(result, plan, input.session));
}

/** @throws {PlanError} for a plan of another version */
export function refuseFormat({ format }: Plan): void {
  if (format === PLAN_FORMAT) return;
  throw new PlanError(
    `Plan format ${format} is not ${PLAN_FORMAT}`,
    "unsupported",
    [],
    { hint: "Plan again with this version" },
  );
}

/**
 * Holds the whole plan against the policy, and lets the transports know what
 * its requests are for. @throws {PolicyError} before anything is opened
 */
function admit({ plan, policy, inventory, session }: ApplyInput): void {
  enforcePlan(plan, policy, { inventory, now: () => new Date() });
  refuseAbsent(plan, inventory);
  for (const guard of guardsOf(plan, session)) guard.admit(plan);
}

function ended(
  hooks: ApplyHooks | undefined,
  result: ApplyResult,
): ApplyResult {
  hooks?.end?.(result);
  return result;
}

/** What is gone cannot be opened. @throws {PlanError} `stale` with a line for each device that is */
export function refuseAbsent(plan: Plan, inventory: Inventory): void {
  const there = new Set(inventory.devices.map(({ name }) => name));
  refuseStale(
    plan.devices.filter(({ name }) => !there.has(name))
      .map(({ name, address }) => `${name}: was ${address}, is not there`),
  );
}

/** That the machine was booted since the plan was made: a line, or none. */
export function bootFindings(plan: Plan, { bootId }: Inventory): string[] {
  return plan.bootId === bootId
    ? []
    : [`the machine was booted since: ${plan.bootId} is now ${bootId}`];
}

/** Reads everything the plan rests on once more, before the first write. */
function* refuseMoved(
  { plan, inventory, session }: ApplyInput,
  control: RunControl | undefined,
): Work<void> {
  const findings = bootFindings(plan, inventory);
  for (const planned of plan.devices) {
    const here = session(planned.name);
    findings.push(...strangers(planned, plannedDevice(here)));
    findings.push(...remadeFunctions(plan, planned, here));
  }
  findings.push(...takenFunctions(plan, inventory));
  // A stranger's images say nothing about this plan.
  refuseStale(findings);
  refuseMislabelled(plan, session);
  for (const step of plan.steps) {
    // An action compares nothing: it is sent whatever the device holds.
    if (step.type === "action") continue;
    const { device, read: { request, capacity } } = step;
    const { answer } = yield { device, request, capacity };
    findings.push(...moved(plan, step, imageOf(step, answer)));
    const told = control?.stop();
    if (told) throw told;
  }
  refuseStale(findings);
}
