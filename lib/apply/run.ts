/**
 * One apply between its first request and its end: writes that are verified and
 * can be taken back, actions that cannot.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { FwctlError } from "../errors.ts";
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
import { imageOf, moved, refuseStale, verify } from "./guard.ts";
import { Ledger } from "./ledger.ts";
import { neverDone, typed } from "./outcome.ts";
import type {
  ApplyHooks,
  ApplyResult,
  RunControl,
  StepStatus,
} from "./types.ts";
import type { Reply, Work } from "./work.ts";

/** What a run works on. */
export interface RunInput {
  /** The plan; the world was found to be as it was planned for. */
  readonly plan: Plan;
  /** A journal, a progress line. */
  readonly hooks?: ApplyHooks;
  /** Whether to end early. */
  readonly control?: RunControl;
  /** What is known of each step already, when an earlier run never ended; all not reached when absent. */
  readonly start?: readonly StepStatus[];
  /** Steps that are written whatever the device holds. */
  readonly forced?: ReadonlySet<number>;
}

/**
 * One apply. Its steps may be worked on side by side, in any order that keeps
 * the one of each device.
 */
export class Run {
  readonly #input: RunInput;
  /** Why no further step is begun. */
  #error: FwctlError | undefined;
  /** Whether that is only because it was told to. */
  #told = false;
  /** Whether steps are being taken back. */
  #back = false;
  readonly #ledger: Ledger;

  /** Sends nothing yet. */
  constructor(input: RunInput) {
    this.#input = input;
    this.#ledger = new Ledger(input.plan.steps.length, input.start);
  }

  /** Carries out every step, or takes back what was done. Throws nothing. */
  *run(): Work<ApplyResult> {
    for (const index of this.#input.plan.steps.keys()) yield* this.step(index);
    if (this.mustTakeBack) return yield* this.takeBack();
    return this.result();
  }

  /** Takes back every step that is or may be on a device, last first. Throws nothing. */
  *takeBack(): Work<ApplyResult> {
    this.#back = true;
    for (let index = this.#input.plan.steps.length - 1; index >= 0; index--) {
      yield* this.undo(index);
    }
    return this.result();
  }

  /** Whether a step failed, or the run was told to end, and not to leave things as they are. */
  get mustTakeBack(): boolean {
    if (this.#error === undefined) return false;
    return !(this.#told && this.#input.control?.leave);
  }

  /** Carries out one step, unless the run has to end. Throws nothing. */
  *step(index: number): Work<void> {
    const step = this.#input.plan.steps[index];
    if (!step || this.#ledger.status(index) !== "not-reached") return;
    if (this.#mustEnd()) return;
    const error = step.type === "action"
      ? yield* this.#act(step, index)
      : yield* this.#write(step, index);
    if (!error) return;
    // A failure counts for more than having been told to end.
    if (this.#error === undefined || this.#told) this.#error = error;
    this.#told = false;
  }

  /** Takes back one step where it is or may be on its device. Throws nothing. */
  *undo(index: number): Work<void> {
    const step = this.#input.plan.steps[index];
    const status = this.#ledger.status(index);
    if (step?.type !== "write") return;
    if (status !== "applied" && status !== "not-undone") return;
    yield* this.#undo(step, index);
  }

  #mustEnd(): boolean {
    if (this.#error) return true;
    this.#error = this.#input.control?.stop();
    this.#told = this.#error !== undefined;
    return this.#told;
  }

  /** One write; the error that ends the run, if any. */
  *#write(
    step: PlannedWrite,
    index: number,
  ): Work<FwctlError | undefined> {
    const { plan, hooks } = this.#input;
    try {
      // Others write too: the last look is right before the write.
      const now = yield* readBack(step);
      if (!this.#input.forced?.has(index)) refuseStale(moved(plan, step, now));
      // Something may have failed elsewhere meanwhile.
      if (this.#mustEnd()) return undefined;
      hooks?.beforeWrite?.(step, index, false);
    } catch (thrown) {
      return this.#ledger.note(index, "failed", thrown);
    }
    const { reply, error: refusal } = yield* this.#send(step, index, false);
    let image: Bytes | undefined;
    if (!step.verifiable) {
      // Nothing shows what it holds: only a refusal says that it is as before.
      // A journal that failed behind a good answer says nothing of the device.
      if (refusal) {
        const refused = !reply && neverDone(refusal);
        return this.#ledger.note(
          index,
          refused ? "failed" : "not-undone",
          refusal,
        );
      }
    } else {
      try {
        const now = yield* readBack(step);
        if (refusal) {
          // The answer failed, so what counts is what the device holds now.
          const untouched = holdsBefore(plan, step, now);
          return this.#ledger.note(
            index,
            untouched ? "failed" : "not-undone",
            refusal,
          );
        }
        verify(plan, step, afterImage(step), now);
        image = now;
      } catch (thrown) {
        const error = this.#ledger.note(index, "not-undone", refusal ?? thrown);
        if (refusal) this.#ledger.note(index, "not-undone", thrown);
        return error;
      }
    }
    this.#ledger.mark(index, "applied");
    return this.#tellVerified(step, index, image);
  }

  /** One action; the error that ends the run, if any. */
  *#act(
    step: PlannedAction,
    index: number,
  ): Work<FwctlError | undefined> {
    const { hooks } = this.#input;
    try {
      hooks?.beforeWrite?.(step, index, false);
    } catch (thrown) {
      return this.#ledger.note(index, "failed", thrown);
    }
    const { reply, error } = yield* this.#send(step, index, false);
    if (!reply) {
      return error &&
        this.#ledger.note(
          index,
          neverDone(error) ? "failed" : "unknown",
          error,
        );
    }
    try {
      const shown = reply.shown?.();
      if (shown) this.#ledger.answer(index, shown);
    } catch (thrown) {
      // It was done, whatever its answer looks like.
      this.#ledger.note(index, "done", thrown);
    }
    if (error) return this.#ledger.note(index, "done", error);
    this.#ledger.mark(index, "done");
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
      return this.#ledger.note(
        index,
        this.#ledger.status(index) ?? "failed",
        thrown,
      );
    }
    return undefined;
  }

  /**
   * Sends a request or the undo of one once. An error says that the answer was
   * not good, or that the hook could not record it: either way what the device
   * holds must be looked at.
   */
  *#send(
    step: PlannedStep,
    index: number,
    undo: boolean,
  ): Work<{ readonly reply?: Reply; readonly error?: FwctlError }> {
    const { plan, hooks } = this.#input;
    const { device } = step;
    let error: FwctlError | undefined;
    let reply: Reply | undefined;
    try {
      reply = yield step.type === "action"
        ? {
          device,
          request: step.request,
          capacity: step.capacity,
          action: plan.resources[step.resource]?.kind,
        }
        : {
          device,
          request: undo ? undoRequest(step) : requestOf(step),
          capacity: step.writeCapacity,
        };
    } catch (thrown) {
      error = typed(thrown);
    }
    try {
      hooks?.afterWrite?.(step, index, undo, error);
    } catch (thrown) {
      error ??= typed(thrown);
    }
    return {
      ...(reply === undefined ? {} : { reply }),
      ...(error === undefined ? {} : { error }),
    };
  }

  *#undo(step: PlannedWrite, index: number): Work<void> {
    const { plan, hooks } = this.#input;
    let image: Bytes | undefined;
    try {
      hooks?.beforeWrite?.(step, index, true);
      const refusal = (yield* this.#send(step, index, true)).error;
      if (refusal) this.#ledger.note(index, "not-undone", refusal);
      if (refusal && !step.verifiable) return;
      if (step.verifiable) {
        const now = yield* readBack(step);
        // The answer may be lost and the undo done: what counts is what is there.
        if (!refusal) verify(plan, step, step.before, now);
        else if (!holdsBefore(plan, step, now)) return;
        image = now;
      }
      this.#ledger.mark(index, "undone");
      hooks?.verified?.(step, index, true, image);
    } catch (thrown) {
      this.#ledger.note(index, "not-undone", thrown);
    }
  }

  /** How it ended. */
  result(): ApplyResult {
    return this.#ledger.result({
      error: this.#error,
      leaves: this.#error !== undefined && !this.mustTakeBack,
      back: this.#back,
    });
  }
}

/** The image that a step is about. */
function* readBack(step: PlannedWrite): Work<Bytes> {
  const { device, read: { request, capacity } } = step;
  return imageOf(step, (yield { device, request, capacity }).answer);
}

/** Whether the fields of a step hold what they did before it. */
function holdsBefore(plan: Plan, step: PlannedWrite, now: Bytes): boolean {
  return stepChanges(plan, step).every((change) =>
    sameField(step.before, now, change)
  );
}
