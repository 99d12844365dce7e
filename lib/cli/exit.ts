/**
 * Exit codes, the same for every command.
 *
 * @module
 */
import type { ApplyResult } from "../apply/types.ts";
import type { FwctlError } from "../errors.ts";

/** The exit codes by what they mean. */
export const EXIT = {
  /** Done, or nothing to do. */
  done: 0,
  /** An error; nothing is changed. Or `doctor` found a problem. */
  error: 1,
  /** Changes are pending: `plan --detailed-exitcode`. */
  pending: 2,
  /** The plan is stale; nothing is written. */
  stale: 3,
  /** Refused by policy; nothing is sent. */
  refused: 4,
  /** Applied partly, and undone. */
  undone: 5,
  /** Applied partly, and not undone. */
  notUndone: 6,
} as const;

/** One of {@linkcode EXIT}. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** The exit code of an error that ended a command before anything was written. */
export function exitOfError(error: FwctlError): ExitCode {
  if (error.code === "PolicyError") return EXIT.refused;
  if (error.code === "PlanError" && error.details().reason === "stale") {
    return EXIT.stale;
  }
  return EXIT.error;
}

/** The exit code of an apply. */
export function exitOfResult({ outcome, error }: ApplyResult): ExitCode {
  switch (outcome) {
    case "nothing":
      return EXIT.done;
    case "applied":
      // All is applied; what should have followed, such as a seal, did not.
      return error ? EXIT.error : EXIT.done;
    case "failed":
      return error ? exitOfError(error) : EXIT.error;
    case "undone":
      return EXIT.undone;
    case "stopped":
    case "not-undone":
      return EXIT.notUndone;
  }
}
