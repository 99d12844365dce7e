/**
 * Every error a user can meet, as typed values.
 *
 * Compare by {@linkcode FwctlError.code}, not by `instanceof`: a recipe or a
 * program that imported another copy of this library has other classes.
 *
 * @module
 */

/** The stable kinds of error. */
export type ErrorCode =
  | "SyscallError"
  | "DeviceError"
  | "PolicyError"
  | "PlanError"
  | "RecipeError"
  | "ModelError"
  | "DecodeError"
  | "TrustError"
  | "RecordingError"
  | "UsageError";

/** What every error may say beside its message. */
export interface ErrorContext {
  /** What the user can do next: one sentence. */
  readonly hint?: string;
  /** The device it is about, such as `fwctl0`. */
  readonly device?: string;
  /** The request by name, such as `SET_HCA_CAP GENERAL`. */
  readonly request?: string;
  /** What caused it. */
  readonly cause?: unknown;
}

/** The base of all errors of this library. */
export abstract class FwctlError extends Error {
  /** The stable kind; equal to the class's name. */
  abstract readonly code: ErrorCode;
  /** What the user can do next, or nothing. */
  readonly hint: string | undefined;
  /** The device it is about. */
  readonly device: string | undefined;
  /** The request by name. */
  readonly request: string | undefined;

  /** `message` is one sentence without a final period. */
  constructor(message: string, context: ErrorContext = {}) {
    super(message, { cause: context.cause });
    this.name = new.target.name;
    this.hint = context.hint;
    this.device = context.device;
    this.request = context.request;
  }

  /** Fields of the kind beyond those every error has; plain data. */
  details(): Record<string, string | number | boolean | readonly string[]> {
    return {};
  }

  /** The error as plain data, the form `--json` prints. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.device === undefined ? {} : { device: this.device }),
      ...(this.request === undefined ? {} : { request: this.request }),
      ...this.details(),
    };
  }
}

/** A system call failed: a request it carried did not reach the device. */
export class SyscallError extends FwctlError {
  /** Always `SyscallError`. */
  override readonly code = "SyscallError";
  /** The errno number, positive. */
  readonly errno: number;
  /** Its name, such as `EBADMSG`. */
  readonly errnoName: string;
  /** The call, such as `ioctl(FWCTL_RPC)` or `open`. */
  readonly call: string;

  /** `errno` is positive. */
  constructor(
    message: string,
    of: { errno: number; errnoName: string; call: string },
    context: ErrorContext = {},
  ) {
    super(message, context);
    this.errno = of.errno;
    this.errnoName = of.errnoName;
    this.call = of.call;
  }

  /** The fields of this kind. */
  override details(): Record<string, string | number> {
    return { errno: this.errno, errnoName: this.errnoName, call: this.call };
  }
}

/** The request reached the firmware, which refused it. */
export class DeviceError extends FwctlError {
  /** Always `DeviceError`. */
  override readonly code = "DeviceError";
  /** The firmware's status number, never 0. */
  readonly status: number;
  /** Its public name, such as `BAD_PARAM`. */
  readonly statusName: string;
  /** The firmware's syndrome, where the protocol has one. */
  readonly syndrome: number | undefined;

  /** `status` is the device's own number. */
  constructor(
    message: string,
    of: { status: number; statusName: string; syndrome?: number },
    context: ErrorContext = {},
  ) {
    super(message, context);
    this.status = of.status;
    this.statusName = of.statusName;
    this.syndrome = of.syndrome;
  }

  /** The fields of this kind. */
  override details(): Record<string, string | number> {
    return {
      status: this.status,
      statusName: this.statusName,
      ...(this.syndrome === undefined ? {} : { syndrome: this.syndrome }),
    };
  }
}

/** A policy forbids it; nothing was sent. */
export class PolicyError extends FwctlError {
  /** Always `PolicyError`. */
  override readonly code = "PolicyError";
  /** Every refusal, each naming its rule. */
  readonly refusals: readonly string[];

  /** `refusals` has at least one sentence. */
  constructor(
    message: string,
    refusals: readonly string[],
    context: ErrorContext = {},
  ) {
    super(message, context);
    this.refusals = refusals;
  }

  /** The fields of this kind. */
  override details(): Record<string, readonly string[]> {
    return { refusals: this.refusals };
  }
}

/** Why a plan could not be made or used. */
export type PlanReason =
  | "refused-value"
  | "unknown-target"
  | "in-use"
  | "conflict"
  | "stale"
  /** The form or a value in it is of another version. */
  | "unsupported"
  /** A file is not as it was written: cut, or changed. */
  | "tampered"
  /** A file is not what it should be. */
  | "malformed"
  /** A request is not what the plan says it is. */
  | "mislabelled"
  /** An earlier run on the device never ended. */
  | "unfinished"
  /** Another process has the device. */
  | "locked"
  /** Somebody ended the run on its way; the result says what became of each step. */
  | "interrupted";

/** A plan cannot be made, or no longer fits the device, and nothing was sent; or its run was ended on the way. */
export class PlanError extends FwctlError {
  /** Always `PlanError`. */
  override readonly code = "PlanError";
  /** The kind of trouble; `stale` is exit code 3. */
  readonly reason: PlanReason;
  /** One line a finding, for instance a field that moved. */
  readonly findings: readonly string[];

  /** `findings` may be empty when the message says it all. */
  constructor(
    message: string,
    reason: PlanReason,
    findings: readonly string[] = [],
    context: ErrorContext = {},
  ) {
    super(message, context);
    this.reason = reason;
    this.findings = findings;
  }

  /** The fields of this kind. */
  override details(): Record<string, string | readonly string[]> {
    return { reason: this.reason, findings: this.findings };
  }
}

/** A recipe, or a parameter given to it, is wrong. */
export class RecipeError extends FwctlError {
  /** Always `RecipeError`. */
  override readonly code = "RecipeError";
}

/** A scenario or a saved model state is wrong. */
export class ModelError extends FwctlError {
  /** Always `ModelError`. */
  override readonly code = "ModelError";
}

/** Bytes do not have the shape they must have. */
export class DecodeError extends FwctlError {
  /** Always `DecodeError`. */
  override readonly code = "DecodeError";
}

/** Why a signature does not count, or a statement cannot be believed. */
export type TrustReason =
  | "missing"
  | "malformed"
  | "bad-signature"
  | "unknown-key"
  | "expired"
  | "not-allowed"
  | "mismatch";

/** A signature or a signed statement that does not hold. */
export class TrustError extends FwctlError {
  /** Always `TrustError`. */
  override readonly code = "TrustError";
  /** What is wrong with it. */
  readonly reason: TrustReason;

  /** `reason` is the kind of trouble. */
  constructor(
    message: string,
    reason: TrustReason,
    context: ErrorContext = {},
  ) {
    super(message, context);
    this.reason = reason;
  }

  /** The fields of this kind. */
  override details(): Record<string, string> {
    return { reason: this.reason };
  }
}

/** Why a recording does not answer. */
export type RecordingReason =
  /** The file is not what it should be. */
  | "malformed"
  /** It is of another version. */
  | "unsupported"
  /** It is not as it was written. */
  | "tampered"
  /** It ends before the command did. */
  | "cut"
  /** The command asks something else than what was recorded next. */
  | "differs"
  /** What is asked was never recorded. */
  | "unrecorded";

/** A recording cannot be read, or does not hold what a command asks. No device was touched. */
export class RecordingError extends FwctlError {
  /** Always `RecordingError`. */
  override readonly code = "RecordingError";
  /** What is wrong. */
  readonly reason: RecordingReason;

  /** `reason` is the kind of trouble. */
  constructor(
    message: string,
    reason: RecordingReason,
    context: ErrorContext = {},
  ) {
    super(message, context);
    this.reason = reason;
  }

  /** The fields of this kind. */
  override details(): Record<string, string> {
    return { reason: this.reason };
  }
}

/** A command line or a call of the library is wrong. */
export class UsageError extends FwctlError {
  /** Always `UsageError`. */
  override readonly code = "UsageError";
}

const CODES: ReadonlySet<string> = new Set<ErrorCode>([
  "SyscallError",
  "DeviceError",
  "PolicyError",
  "PlanError",
  "RecipeError",
  "ModelError",
  "DecodeError",
  "TrustError",
  "RecordingError",
  "UsageError",
]);

/** Whether `error` is one of ours, from whichever copy of the library. */
export function isFwctlError(error: unknown): error is FwctlError {
  return error instanceof Error && "code" in error &&
    typeof error.code === "string" && CODES.has(error.code);
}
