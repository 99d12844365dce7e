/**
 * What applying reports, and the seams where a journal and a user interface
 * are told what happens.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { FwctlError } from "../errors.ts";
import type { PlainObject } from "../plain.ts";
import type { Plan, PlannedStep } from "../plan/types.ts";

/** What became of one step. */
export type StepStatus =
  /** Not begun. */
  | "not-reached"
  /** Written and read back as planned. */
  | "applied"
  /** The write failed and nothing of it is on the device. */
  | "failed"
  /** Written, then taken back, and read back as before. */
  | "undone"
  /** Written or perhaps written, and could not be taken back. */
  | "not-undone"
  /** An action that was sent and answered; nothing takes it back. */
  | "done"
  /** An action that was sent and whose answer did not come: perhaps done. */
  | "unknown";

/** One step's end. */
export interface StepResult {
  /** Index in {@linkcode Plan.steps}. */
  readonly step: number;
  /** What became of it. */
  readonly status: StepStatus;
  /** What went wrong with it, in the order it did. */
  readonly errors: readonly FwctlError[];
  /** What the device answered to an action. */
  readonly answer?: PlainObject;
}

/** How an apply ended. */
export type ApplyOutcome =
  /** There was nothing to do. */
  | "nothing"
  /** Every step is applied and verified. */
  | "applied"
  /** Nothing on any device is changed. */
  | "failed"
  /** Some steps had been applied; all were taken back. */
  | "undone"
  /** It was told to end: some steps are applied and left as they are, the others not begun. */
  | "stopped"
  /** Some steps are applied and could not be taken back, or an action was done before another step failed. */
  | "not-undone";

/** The result of an apply. It always comes back, also after a failure. */
export interface ApplyResult {
  /** How it ended. */
  readonly outcome: ApplyOutcome;
  /** Every step of the plan, in its order. */
  readonly steps: readonly StepResult[];
  /** Why it stopped, or what could not be done once all was applied: a seal. */
  readonly error?: FwctlError;
}

/**
 * Told of every point of an apply. A hook that throws before a write stops the
 * apply there: nothing is written that a journal could not record. One that
 * throws later stops it too, and what was written is taken back.
 */
export interface ApplyHooks {
  /** When the devices were found to be as planned for, before the first write. */
  begin?(plan: Plan): void;
  /** Before a write or the undo of one is sent. */
  beforeWrite?(step: PlannedStep, index: number, undo: boolean): void;
  /** After the device answered, or failed to. */
  afterWrite?(
    step: PlannedStep,
    index: number,
    undo: boolean,
    error: FwctlError | undefined,
  ): void;
  /** After a step was read back and found right; `image` is what was read, where something was. */
  verified?(
    step: PlannedStep,
    index: number,
    undo: boolean,
    image?: Bytes,
  ): void;
  /** At the end, whatever it is. */
  end?(result: ApplyResult): void;
}

/** How a run is told to end early. */
export interface RunControl {
  /** Asked before every step and once more right before its write: an error ends the run there. */
  stop(): FwctlError | undefined;
  /** Whether what was applied until then is left as it is; it is taken back when absent. */
  readonly leave?: boolean;
}
