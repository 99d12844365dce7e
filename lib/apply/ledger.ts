/**
 * What became of each step of a run, and what that makes of the whole.
 *
 * @module
 */
import type { FwctlError } from "../errors.ts";
import type { PlainObject } from "../plain.ts";
import { typed } from "./outcome.ts";
import type { ApplyOutcome, ApplyResult, StepStatus } from "./types.ts";

/** How a run came to its end. */
export interface Ending {
  /** Why no further step was begun. */
  readonly error: FwctlError | undefined;
  /** Whether it was told to leave things as they are. */
  readonly leaves: boolean;
  /** Whether steps were taken back. */
  readonly back: boolean;
}

/** What keeps a failed run from having left nothing behind. */
const LEFT: ReadonlySet<StepStatus> = new Set([
  "not-undone",
  "done",
  "unknown",
]);

/** One line a step: its status, its errors, its answer. */
export class Ledger {
  readonly #status: StepStatus[];
  readonly #errors: readonly FwctlError[][];
  readonly #answers = new Map<number, PlainObject>();

  /** `start` is what is known of each step already; all not reached when absent. */
  constructor(steps: number, start: readonly StepStatus[] = []) {
    this.#status = Array.from(
      { length: steps },
      (_, index) => start[index] ?? "not-reached",
    );
    this.#errors = this.#status.map(() => []);
  }

  /** A step's status; undefined for a step that is not there. */
  status(index: number): StepStatus | undefined {
    return this.#status[index];
  }

  /** A step went well so far. */
  mark(index: number, status: StepStatus): void {
    this.#status[index] = status;
  }

  /** What an action answered. */
  answer(index: number, shown: PlainObject): void {
    this.#answers.set(index, shown);
  }

  /** Something went wrong at a step. @returns it, as a typed error */
  note(index: number, status: StepStatus, thrown: unknown): FwctlError {
    const error = typed(thrown);
    this.#status[index] = status;
    this.#errors[index]?.push(error);
    return error;
  }

  /** How the run ended. */
  result(ending: Ending): ApplyResult {
    const outcome = this.#outcome(ending);
    const steps = this.#status.map((status, step) => {
      const answer = this.#answers.get(step);
      return {
        step,
        status,
        errors: this.#errors[step] ?? [],
        ...(answer === undefined ? {} : { answer }),
      };
    });
    const { error } = ending;
    return error ? { outcome, steps, error } : { outcome, steps };
  }

  #outcome({ error, leaves, back }: Ending): ApplyOutcome {
    const has = (status: StepStatus): boolean => this.#status.includes(status);
    if (!error && !back) return this.#isLeft(false) ? "not-undone" : "applied";
    if (leaves && !this.#isLeft(false)) {
      return has("applied") || has("done") ? "stopped" : "failed";
    }
    if (this.#isLeft(true)) return "not-undone";
    if (has("undone")) return "undone";
    return error ? "failed" : "nothing";
  }

  /** Whether something is or may be on a device that should not be. */
  #isLeft(afterFailure: boolean): boolean {
    return this.#status.some((status) =>
      status === "done" ? afterFailure : LEFT.has(status)
    );
  }
}
