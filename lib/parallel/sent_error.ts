/**
 * Errors between threads. A structured clone forgets the class and all that is
 * ours of an error, so it crosses as plain data and is made again.
 *
 * @module
 */
import {
  DecodeError,
  DeviceError,
  type ErrorContext,
  type FwctlError,
  isFwctlError,
  ModelError,
  PlanError,
  type PlanReason,
  PolicyError,
  RecipeError,
  SyscallError,
  TrustError,
  type TrustReason,
  UsageError,
} from "../errors.ts";

/** An error as it crosses; both sides are ours and run the same code. */
export type SentError =
  | { readonly ours: true; readonly data: Record<string, unknown> }
  | { readonly ours: false; readonly message: string };

/** An error as plain data. */
export function sendError(thrown: unknown): SentError {
  if (isFwctlError(thrown)) return { ours: true, data: thrown.toJSON() };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { ours: false, message };
}

/** The error that was sent, of its class again. */
export function receiveError(sent: SentError): Error {
  return sent.ours ? rebuilt(sent.data) : new Error(sent.message);
}

function rebuilt(data: Record<string, unknown>): FwctlError {
  const text = (name: string): string => String(data[name] ?? "");
  const number = (name: string): number => Number(data[name] ?? 0);
  const texts = (name: string): string[] => {
    const value = data[name];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const context: ErrorContext = Object.fromEntries(
    ["hint", "device", "request"].filter((name) => data[name] !== undefined)
      .map((name) => [name, text(name)]),
  );
  const message = text("message");
  switch (data.code) {
    case "SyscallError":
      return new SyscallError(message, {
        errno: number("errno"),
        errnoName: text("errnoName"),
        call: text("call"),
      }, context);
    case "DeviceError":
      return new DeviceError(message, {
        status: number("status"),
        statusName: text("statusName"),
        ...(data.syndrome === undefined
          ? {}
          : { syndrome: number("syndrome") }),
      }, context);
    case "PolicyError":
      return new PolicyError(message, texts("refusals"), context);
    case "PlanError":
      return new PlanError(
        message,
        text("reason") as PlanReason,
        texts("findings"),
        context,
      );
    case "TrustError":
      return new TrustError(message, text("reason") as TrustReason, context);
    case "RecipeError":
      return new RecipeError(message, context);
    case "ModelError":
      return new ModelError(message, context);
    case "DecodeError":
      return new DecodeError(message, context);
    default:
      return new UsageError(message, context);
  }
}
