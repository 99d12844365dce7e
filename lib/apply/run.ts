/**
 * One apply between its first request and its end: writes that are verified and
 * can be taken back, actions that cannot.
 *
 * @module
 */
import type { Channel } from "../../drivers/driver.ts";
import type { Bytes } from "../bytes.ts";
import type { FwctlError } from "../errors.ts";
import type { PlainObject } from "../plain.ts";
import type { PlanSession } from "../plan/make.ts";
import {
  afterImage,
  requestOf,
  sameField,
  stepChanges,
  undoRequest,
} from "../plan/step.ts";
import type {
  Plan,
  PlannedAction,
  PlannedStep,
  PlannedWrite,
} from "../plan/types.ts";
import { neverDone, typed } from "./outcome.ts";
import { moved, readImage, refuseStale, verify } from "./guard.ts";
import type {
  ApplyHooks,
  ApplyOutcome,
  ApplyResult,
  StepResult,
  StepStatus,
} from "./types.ts";

/** What a run works on. */
export interface RunInput {
  /** The plan; the world was found to be as it was planned for. */
  readonly plan: Plan;
  /** An open device by name. */
  session(device: string): PlanSession;
  /** A journal, a progress line. */
  readonly hooks?: ApplyHooks;
  /** What is known of each step already, when an earlier run never ended; all not reached when absent. */
  readonly start?: readonly StepStatus[];
  /** Steps that are written whatever the device holds. */
  readonly forced?: ReadonlySet<number>;
}

/** One apply. */
export class Run {
  readonly #input: RunInput;
  readonly #status: StepStatus[];
  readonly #errors: FwctlError[][];
  readonly #answers = new Map<number, PlainObject>();

  /** Sends nothing yet. */
  constructor(input: RunInput) {
    this.#input = input;
    this.#status = input.plan.steps.map((_, index) =>
      input.start?.[index] ?? "not-reached"
    );
    this.#errors = input.plan.steps.map(() => []);
  }

  /** Carries out every step, or takes back what was done. Throws nothing. */
  run(): ApplyResult {
    const { steps } = this.#input.plan;
    for (const [index, step] of steps.entries()) {
      if (this.#status[index] !== "not-reached") continue;
      const error = step.type === "action"
        ? this.#act(step, index)
        : this.#write(step, index);
      if (error) return this.#stop(error);
    }
    return this.#result(this.#isLeft(false) ? "not-undone" : "applied");
  }

  /** Takes back every step that is or may be on a device. Throws nothing. */
  takeBack(): ApplyResult {
    return this.#stop();
  }

  /** One write; the error that ends the run, if any. */
  #write(step: PlannedWrite, index: number): FwctlError | undefined {
    const { plan, hooks } = this.#input;
    const channel = this.#channel(step);
    try {
      // Others write too: the last look is right before the write.
      const now = readImage(channel, step);
      if (!this.#input.forced?.has(index)) refuseStale(moved(plan, step, now));
      hooks?.beforeWrite?.(step, index, false);
    } catch (thrown) {
      return this.#note(index, "failed", thrown);
    }
    const refusal = this.#send(step, index, false).error;
    let image: Bytes | undefined;
    if (!step.verifiable) {
      // Nothing shows what it holds: only a refusal says that it is as before.
      if (refusal) {
        const refused = neverDone(refusal);
        return this.#note(index, refused ? "failed" : "not-undone", refusal);
      }
    } else {
      try {
        const now = readImage(channel, step);
        if (refusal) {
          // The answer failed, so what counts is what the device holds now.
          const untouched = stepChanges(plan, step).every((change) =>
            sameField(step.before, now, change)
          );
          return this.#note(
            index,
            untouched ? "failed" : "not-undone",
            refusal,
          );
        }
        verify(plan, step, afterImage(step), now);
        image = now;
      } catch (thrown) {
        const error = this.#note(index, "not-undone", refusal ?? thrown);
        if (refusal) this.#note(index, "not-undone", thrown);
        return error;
      }
    }
    this.#status[index] = "applied";
    return this.#tellVerified(step, index, image);
  }

  /** One action; the error that ends the run, if any. */
  #act(step: PlannedAction, index: number): FwctlError | undefined {
    const { plan, hooks, session } = this.#input;
    try {
      hooks?.beforeWrite?.(step, index, false);
    } catch (thrown) {
      return this.#note(index, "failed", thrown);
    }
    const { answer, error } = this.#send(step, index, false);
    if (!answer) {
      return error &&
        this.#note(index, neverDone(error) ? "failed" : "unknown", error);
    }
    const { driver, know } = session(step.device);
    const kind = plan.resources[step.resource]?.kind;
    const type = Object.values(driver.actions)
      .find((action) => action.kind === kind);
    try {
      const shown = type?.answer(step.request, answer, know);
      if (shown) this.#answers.set(index, shown);
    } catch (thrown) {
      // It was done, whatever its answer looks like.
      this.#note(index, "done", thrown);
    }
    if (error) return this.#note(index, "done", error);
    this.#status[index] = "done";
    return this.#tellVerified(step, index);
  }

  #tellVerified(
    step: PlannedStep,
    index: number,
    image?: Bytes,
  ): FwctlError | undefined {
    try {
      this.#input.hooks?.verified?.(step, index, false, image);
    } catch (thrown) {
      return this.#note(index, this.#status[index] ?? "failed", thrown);
    }
    return undefined;
  }

  /**
   * Sends a request or the undo of one once. An error says that the answer was
   * not good, or that the hook could not record it: either way what the device
   * holds must be looked at.
   */
  #send(
    step: PlannedStep,
    index: number,
    undo: boolean,
  ): { readonly answer?: Bytes; readonly error?: FwctlError } {
    const { hooks } = this.#input;
    const channel = this.#channel(step);
    let error: FwctlError | undefined;
    let answer: Bytes | undefined;
    try {
      answer = step.type === "action"
        ? channel.send(step.request, step.capacity)
        : channel.send(
          undo ? undoRequest(step) : requestOf(step),
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
    return {
      ...(answer === undefined ? {} : { answer }),
      ...(error === undefined ? {} : { error }),
    };
  }

  /** Takes back every write that is or may be on a device, last first. */
  #stop(error?: FwctlError): ApplyResult {
    let undone = 0;
    for (let index = this.#status.length - 1; index >= 0; index--) {
      const step = this.#input.plan.steps[index];
      const status = this.#status[index];
      if (step?.type !== "write") continue;
      if (status !== "applied" && status !== "not-undone") continue;
      this.#undo(step, index);
      undone++;
    }
    const nothing = error ? "failed" : "nothing";
    return this.#result(
      this.#isLeft(true) ? "not-undone" : undone > 0 ? "undone" : nothing,
      error,
    );
  }

  /** Whether something is or may be on a device that should not be. */
  #isLeft(afterFailure: boolean): boolean {
    return this.#status.some((status) =>
      status === "done" ? afterFailure : LEFT.has(status)
    );
  }

  #undo(step: PlannedWrite, index: number): void {
    const { plan, hooks } = this.#input;
    let image: Bytes | undefined;
    try {
      hooks?.beforeWrite?.(step, index, true);
      const refusal = this.#send(step, index, true).error;
      if (refusal) throw refusal;
      if (step.verifiable) {
        const now = readImage(this.#channel(step), step);
        verify(plan, step, step.before, now);
        image = now;
      }
      this.#status[index] = "undone";
      hooks?.verified?.(step, index, true, image);
    } catch (thrown) {
      this.#note(index, "not-undone", thrown);
    }
  }

  #channel(step: PlannedStep): Channel {
    return this.#input.session(step.device).channel;
  }

  #note(index: number, status: StepStatus, thrown: unknown): FwctlError {
    const error = typed(thrown);
    this.#status[index] = status;
    this.#errors[index]?.push(error);
    return error;
  }

  #result(outcome: ApplyOutcome, error?: FwctlError): ApplyResult {
    const steps: StepResult[] = this.#status.map((status, step) => {
      const answer = this.#answers.get(step);
      return {
        step,
        status,
        errors: this.#errors[step] ?? [],
        ...(answer === undefined ? {} : { answer }),
      };
    });
    return error ? { outcome, steps, error } : { outcome, steps };
  }
}

/** What keeps a failed run from having left nothing behind. */
const LEFT: ReadonlySet<StepStatus> = new Set([
  "not-undone",
  "done",
  "unknown",
]);
