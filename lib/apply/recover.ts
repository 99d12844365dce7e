/**
 * Recovery: a run that never ended is finished, or any run is taken back, from
 * its journal and from what the device holds now.
 *
 * @module
 */
import type { Inventory } from "../device/inventory.ts";
import { PlanError, UsageError } from "../errors.ts";
import { plannedDevice, type PlanSession } from "../plan/make.ts";
import { enforcePlan, type Policy } from "../plan/policy.ts";
import type { Plan, PlannedDevice } from "../plan/types.ts";
import { refuseMislabelled } from "./claims.ts";
import { factsOf } from "./facts.ts";
import { strangers, takenFunctions } from "./guard.ts";
import { lookAt, type StepLook } from "./look.ts";
import { isTodo, renamed, startOf, type Want } from "./recover_steps.ts";
import { Run } from "./run.ts";
import { planOf, type RunGroup } from "./runs.ts";
import { sealed } from "./sealing.ts";
import type { ApplyHooks, ApplyResult, RunControl } from "./types.ts";
import {
  finish,
  finishAsync,
  performBreathing,
  performOn,
  type Work,
} from "./work.ts";

export type { StepLook, StepState } from "./look.ts";
export type { Want } from "./recover_steps.ts";

/** What recovery needs. */
export interface RecoverInput {
  /** The run and what came after it. */
  readonly group: RunGroup;
  /** Finish what it began, or take back what it did. */
  readonly want: Want;
  /** Go on where a device or its values are not what the journal tells of: what was planned, or was before, is written over them. */
  readonly force: boolean;
  /** Held against what will be sent. */
  readonly policy: Policy;
  /** The machine as it is now. */
  readonly inventory: Inventory;
  /** An open device by name. */
  session(device: string): PlanSession;
}

/** What was found and what will be done about it; nothing is written yet. */
export interface Recovery {
  /** The run's plan, its devices under the names they have now. */
  readonly plan: Plan;
  /** Finish, or take back. */
  readonly want: Want;
  /** Every step. */
  readonly looks: readonly StepLook[];
  /** Whether the machine was booted since. */
  readonly rebooted: boolean;
  /** What was found and forced past: a line each. */
  readonly overridden: readonly string[];
  /** Steps whose requests will be sent. */
  readonly todo: readonly number[];
}

/**
 * Looks at the devices of a run and decides, step by step. Reads only.
 *
 * @throws {PlanError} `stale` when a device or its values are neither as before
 *   nor as planned (unless forced), or when the machine was booted since and
 *   the rest is to be applied
 * @throws {PolicyError} when the policy forbids what would have to be sent
 */
export function planRecovery(input: RecoverInput): Recovery {
  const { group, want, inventory, session, force, policy } = input;
  const recorded = planOf(group.root);
  refuseEnded(group, want);
  const rebooted = recorded.bootId !== inventory.bootId;
  if (rebooted && want === "resume") throw bootedSince(group.root.run);
  const { plan, lost } = renamed(recorded, inventory);
  const facts = factsOf(group, plan.steps.length);
  const involved = plan.steps.filter((_, index) =>
    want === "resume" || facts[index]?.sent
  );
  const names = new Set(involved.map(({ device }) => device));
  const absent = lost.filter((device) => names.has(device.name));
  // Force is for other values; what is not there cannot be written to.
  refuse(
    absent.map(({ name, address }) => `${name}: ${address} is not there`),
    "Nothing was written; bring the device back and try again",
  );
  const overridden = plan.devices.filter(({ name }) => names.has(name))
    .flatMap((device) =>
      strangers(sameNode(device), plannedDevice(session(device.name)))
    );
  if (!force) refuse(overridden);
  const looks = plan.steps.map((step, index): StepLook => {
    const fact = facts[index];
    // What was never sent needs no look before it is left alone.
    if (!fact || want === "undo" && !fact.sent) {
      return { step: index, state: "before", findings: [] };
    }
    return lookAt(plan, index, step, fact, session, rebooted);
  });
  overridden.push(...looks.flatMap(({ findings }) => findings));
  overridden.push(...unknownActions(plan, looks, want));
  if (!force) refuse(overridden);
  const todo = looks.filter((look) => isTodo(plan, look, want))
    .map(({ step }) => step);
  const rest = subPlan(plan, todo);
  refuse(
    takenFunctions(rest, inventory),
    "Nothing was written; give the function back as it was and try again",
  );
  refuseMislabelled(rest, session);
  if (want === "resume") {
    enforcePlan(rest, policy, { inventory, now: () => new Date() });
  }
  return { plan, want, looks, rebooted, overridden, todo };
}

/** Carries out what {@linkcode planRecovery} decided. */
export function recover(
  recovery: Recovery,
  session: (device: string) => PlanSession,
  hooks?: ApplyHooks,
): ApplyResult {
  return finish(recovering(recovery, session, hooks), performOn(session));
}

/** The same with pauses, in which signals are heard, and with an end that can be ordered. */
export async function recoverAsync(
  recovery: Recovery,
  session: (device: string) => PlanSession,
  hooks?: ApplyHooks,
  control?: RunControl,
): Promise<ApplyResult> {
  return await finishAsync(
    recovering(recovery, session, hooks, control),
    performBreathing(session),
  );
}

function* recovering(
  { plan, want, looks }: Recovery,
  session: (device: string) => PlanSession,
  hooks?: ApplyHooks,
  control?: RunControl,
): Work<ApplyResult> {
  const start = looks.map((look) => startOf(plan, look, want));
  const forced = new Set(
    looks.filter(({ state }) => state === "neither").map(({ step }) => step),
  );
  const run = new Run({
    plan,
    start,
    forced,
    ...(hooks ? { hooks } : {}),
    ...(control ? { control } : {}),
  });
  admit(plan, looks, want, session);
  hooks?.begin?.(plan);
  const result = want === "resume"
    ? sealed(yield* run.run(), plan, session)
    : yield* run.takeBack();
  hooks?.end?.(result);
  return result;
}

/** Lets the transports know what will be sent, and what may have to be taken back. */
function admit(
  plan: Plan,
  looks: readonly StepLook[],
  want: Want,
  session: (device: string) => PlanSession,
): void {
  const isDone = new Set(
    looks.filter(({ state }) => want === "undo" || state === "planned")
      .map(({ step }) => step),
  );
  const todo = looks.filter((look) => isTodo(plan, look, want))
    .map(({ step }) => step);
  const guards = new Set(
    todo.map((index) => session(plan.steps[index]?.device ?? "").guard),
  );
  for (const guard of guards) {
    if (!guard) continue;
    if (want === "resume") guard.admit(subPlan(plan, todo));
    guard.admitUndo(
      plan,
      plan.steps.filter((step, index) =>
        step.type === "write" && isDone.has(index) &&
        (want === "resume" || todo.includes(index))
      ),
    );
  }
}

/** Recovery is for what unplugging leaves: it goes by who the device is, not by its node. */
function sameNode({ instance: _, ...device }: PlannedDevice): PlannedDevice {
  return device;
}

function subPlan(plan: Plan, todo: readonly number[]): Plan {
  const kept = new Set(todo);
  return { ...plan, steps: plan.steps.filter((_, index) => kept.has(index)) };
}

/** An action is never sent twice: one whose answer did not come stops a resume. */
function unknownActions(
  plan: Plan,
  looks: readonly StepLook[],
  want: Want,
): string[] {
  if (want === "undo") return [];
  return looks.filter(({ step, state }) =>
    state === "unknown" && plan.steps[step]?.type === "action"
  ).map(({ step }) => {
    const { device, resource, label } = plan.steps[step] ??
      { device: "", resource: -1, label: { name: "" } };
    return `${device} ${
      plan.resources[resource]?.title ?? ""
    }: ${label.name} was sent and no answer came; it is never sent again`;
  });
}

function refuseEnded({ root, all, unfinished }: RunGroup, want: string): void {
  if (want === "undo" || unfinished) return;
  const last = all.findLast(({ outcome }) => outcome !== null);
  if (last?.outcome === "not-undone" || last?.outcome === "stopped") return;
  throw new UsageError(
    last
      ? `Run ${root.run} has ended (${last.outcome}); there is nothing to finish`
      : `Run ${root.run} sent nothing; there is nothing to finish`,
    { hint: "Plan and apply the recipe again" },
  );
}

function bootedSince(run: string): PlanError {
  return new PlanError(
    "The machine was booted since: the rest of the run cannot be applied",
    "stale",
    [],
    {
      hint:
        `Take back what lasts over a reset with \`fwctl undo ${run}\`, then plan again`,
    },
  );
}

/** What a person can do about values that are not what they should be. */
const OVERRIDE =
  "Nothing was written. Look at it with `fwctl journal show`; --force writes over what is there now";

function refuse(findings: readonly string[], hint = OVERRIDE): void {
  const [first] = findings;
  if (first === undefined) return;
  throw new PlanError(
    `The device is not as the run left it: ${first}${
      findings.length > 1 ? ` (and ${findings.length - 1} more)` : ""
    }`,
    "stale",
    findings,
    { hint },
  );
}
