/**
 * The journal's records: what each line of a run's file says.
 *
 * @module
 */
import type { PlainObject } from "../plain.ts";

/** Version of the journal's form; a reader refuses another major. */
export const JOURNAL_VERSION = "1.0";

/** What a run does: apply a plan, or finish or take back an earlier run. */
export type RunKind = "apply" | "resume" | "undo" | "close";

/** Who started a run. */
export interface RunOwner {
  /** Its process. */
  readonly pid: number;
  /** Its user; null when that is not known. */
  readonly uid: number | null;
  /** Version of the program. */
  readonly program: string;
}

/** The first record: everything that is needed to recover from the journal alone. */
export interface BeginRecord {
  /** Tells it from the others. */
  readonly type: "begin";
  /** {@linkcode JOURNAL_VERSION}. */
  readonly version: string;
  /** What the run does. */
  readonly kind: RunKind;
  /** The first run, of which this one finishes or takes back the rest; null for an apply. */
  readonly of: string | null;
  /** Who. */
  readonly owner: RunOwner;
  /** Boot of the machine. */
  readonly bootId: string;
  /** The data of a plan file: before-images and exact requests are in it. */
  readonly plan: PlainObject;
}

/** A request is about to be sent: from here on the device may have changed. */
export interface WriteRecord {
  /** Tells it from the others. */
  readonly type: "write";
  /** Index of the step. */
  readonly step: number;
  /** Whether it takes the step back. */
  readonly undo: boolean;
  /** sha256 of the request. */
  readonly request: string;
}

/** The device answered, or failed to. */
export interface AnswerRecord {
  /** Tells it from the others. */
  readonly type: "answer";
  /** Index of the step. */
  readonly step: number;
  /** Whether it was taken back. */
  readonly undo: boolean;
  /** The error as plain data; null for a good answer. */
  readonly error: PlainObject | null;
}

/** The step was read back and found right; for an action and what cannot be read, it was accepted. */
export interface VerifiedRecord {
  /** Tells it from the others. */
  readonly type: "verified";
  /** Index of the step. */
  readonly step: number;
  /** Whether it was taken back. */
  readonly undo: boolean;
  /** sha256 of the image that was read; null where none was. */
  readonly image: string | null;
}

/** The run ended by itself. */
export interface EndRecord {
  /** Tells it from the others. */
  readonly type: "end";
  /** The first run, as in the begin record; whoever reads only the end needs it. */
  readonly of: string | null;
  /** How: an `ApplyOutcome`, or `closed`. */
  readonly outcome: string;
  /** `StepStatus` of every step. */
  readonly steps: readonly string[];
  /** Why it stopped; null when it did not. */
  readonly error: PlainObject | null;
}

/** What a line says. */
export type JournalEvent =
  | BeginRecord
  | WriteRecord
  | AnswerRecord
  | VerifiedRecord
  | EndRecord;

/** A line: what it says, and its place in the chain. */
export interface JournalRecord {
  /** Its number, from 0. */
  readonly seq: number;
  /** sha256 of the line before, without its newline; of the first, "". */
  readonly prev: string;
  /** When it was written: ISO 8601 in UTC. */
  readonly time: string;
  /** What it says. */
  readonly event: JournalEvent;
}
