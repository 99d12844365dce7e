/**
 * Apply: re-read, check, write, verify; take everything back when a step fails.
 *
 * @module
 */
import type { Channel } from "../../drivers/driver.ts";
import type { Inventory } from "../device/inventory.ts";
import { plannedDevice, type PlanSession } from "../plan/make.ts";
import {
  type FwctlError,
  isFwctlError,
  PlanError,
  UsageError,
} from "../errors.ts";
import { enforcePlan, type Policy } from "../plan/policy.ts";
import {
  afterImage,
  sameField,
  stepChanges,
  undoRequest,
  writeRequest,
} from "../plan/step.ts";
import { type Plan, PLAN_FORMAT, type PlannedStep } from "../plan/types.ts";
import {
  moved,
  readImage,
  refuseStale,
  strangers,
  takenFunctions,
  verify,
} from "./guard.ts";
import type {
  ApplyHooks,
  ApplyOutcome,
  ApplyResult,
  StepResult,
  StepStatus,
} from "./types.ts";

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
  const { plan, policy, hooks } = input;
  if (plan.format !== PLAN_FORMAT) {
    throw new PlanError(
      `Plan format ${plan.format} is not ${PLAN_FORMAT}`,
      "unsupported",
      [],
      { hint: "Plan again with this version" },
    );
  }
  enforcePlan(plan, policy);
  hooks?.begin?.(plan);
  if (plan.steps.length === 0) {
    return finish(hooks, { outcome: "nothing", steps: [] });
  }
  refuseMoved(input);
  return finish(hooks, new Run(input).run());
}

function finish(
  hooks: ApplyHooks | undefined,
  result: ApplyResult,
): ApplyResult {
  hooks?.end?.(result);
  return result;
}

/** Reads everything the plan rests on once more, before the first write. */
function refuseMoved({ plan, inventory, session }: ApplyInput): void {
  const { bootId } = inventory;
  const findings: string[] = [];
  if (plan.bootId !== bootId) {
    findings.push(
      `the machine was booted since: ${plan.bootId} is now ${bootId}`,
    );
  }
  for (const planned of plan.devices) {
    findings.push(...strangers(planned, plannedDevice(session(planned.name))));
  }
  findings.push(...takenFunctions(plan, inventory));
  // A stranger's images say nothing about this plan.
  refuseStale(findings);
  for (const step of plan.steps) {
    const now = readImage(session(step.device).channel, step);
    findings.push(...moved(plan, step, now));
  }
  refuseStale(findings);
}

/** One apply between its first write and its end. */
class Run {
  readonly #input: ApplyInput;
  readonly #status: StepStatus[];
  readonly #errors: FwctlError[][];

  constructor(input: ApplyInput) {
    this.#input = input;
    this.#status = input.plan.steps.map(() => "not-reached");
    this.#errors = input.plan.steps.map(() => []);
  }

  run(): ApplyResult {
    const { steps } = this.#input.plan;
    for (const [index, step] of steps.entries()) {
      const error = this.#apply(step, index);
      if (error) return this.#stop(index, error);
    }
    return this.#result("applied");
  }

  /** One step; the error that ends the run, if any. */
  #apply(step: PlannedStep, index: number): FwctlError | undefined {
    const { plan, hooks, session } = this.#input;
    const channel = session(step.device).channel;
    try {
      // Others write too: the last look is right before the write.
      refuseStale(moved(plan, step, readImage(channel, step)));
      hooks?.beforeWrite?.(step, index, false);
    } catch (thrown) {
      return this.#note(index, "failed", thrown);
    }
    const refusal = this.#send(channel, step, index, false);
    try {
      const now = readImage(channel, step);
      if (refusal) {
        // The answer failed, so what counts is what the device holds now.
        const untouched = stepChanges(plan, step).every((change) =>
          sameField(step.before, now, change)
        );
        return this.#note(index, untouched ? "failed" : "not-undone", refusal);
      }
      verify(plan, step, afterImage(step), now);
    } catch (thrown) {
      const error = this.#note(index, "not-undone", refusal ?? thrown);
      if (refusal) this.#note(index, "not-undone", thrown);
      return error;
    }
    this.#status[index] = "applied";
    try {
      hooks?.verified?.(step, index, false);
    } catch (thrown) {
      return this.#note(index, "applied", thrown);
    }
    return undefined;
  }

  /**
   * Sends a write or its undo once. An error says that the answer was not good,
   * or that the hook could not record it: either way what the device holds must
   * be looked at.
   */
  #send(
    channel: Channel,
    step: PlannedStep,
    index: number,
    undo: boolean,
  ): FwctlError | undefined {
    const { hooks } = this.#input;
    let error: FwctlError | undefined;
    try {
      channel.send(
        undo ? undoRequest(step) : writeRequest(step),
        step.writeCapacity,
      );
    } catch (thrown) {
      error = typed(thrown);
    }
    try {
      hooks?.afterWrite?.(step, index, undo, error);
    } catch (thrown) {
      error ??= typed(thrown);
    }
    return error;
  }

  /** Takes back every step that is or may be on a device, last first. */
  #stop(failed: number, error: FwctlError): ApplyResult {
    let undone = 0;
    for (let index = failed; index >= 0; index--) {
      const step = this.#input.plan.steps[index];
      const status = this.#status[index];
      if (!step || (status !== "applied" && status !== "not-undone")) continue;
      this.#undo(step, index);
      undone++;
    }
    const left = this.#status.includes("not-undone");
    return this.#result(
      left ? "not-undone" : undone > 0 ? "undone" : "failed",
      error,
    );
  }

  #undo(step: PlannedStep, index: number): void {
    const { plan, hooks, session } = this.#input;
    const channel = session(step.device).channel;
    try {
      hooks?.beforeWrite?.(step, index, true);
      const refusal = this.#send(channel, step, index, true);
      if (refusal) throw refusal;
      verify(plan, step, step.before, readImage(channel, step));
      this.#status[index] = "undone";
      hooks?.verified?.(step, index, true);
    } catch (thrown) {
      this.#note(index, "not-undone", thrown);
    }
  }

  #note(index: number, status: StepStatus, thrown: unknown): FwctlError {
    const error = typed(thrown);
    this.#status[index] = status;
    this.#errors[index]?.push(error);
    return error;
  }

  #result(outcome: ApplyOutcome, error?: FwctlError): ApplyResult {
    const steps: StepResult[] = this.#status.map((status, step) => ({
      step,
      status,
      errors: this.#errors[step] ?? [],
    }));
    return error ? { outcome, steps, error } : { outcome, steps };
  }
}

/** Ours as it is; anything else (a hook's own) wrapped, so that no result is untyped. */
function typed(thrown: unknown): FwctlError {
  return isFwctlError(thrown) ? thrown : new UsageError(
    `An apply hook failed: ${
      thrown instanceof Error ? thrown.message : String(thrown)
    }`,
    { cause: thrown },
  );
}
