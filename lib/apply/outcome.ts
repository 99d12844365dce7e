/**
 * What an error says of the request it ended.
 *
 * @module
 */
import { type FwctlError, isFwctlError, UsageError } from "../errors.ts";

/** Errnos that fwctl and its drivers give before a request goes to the device. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  "EBADMSG",
  "EACCES",
  "EINVAL",
  "EMSGSIZE",
  "ENODEV",
  "EOPNOTSUPP",
  "EPERM",
]);

/** The call whose errnos are the kernel's own. */
const RPC_CALL = "ioctl(FWCTL_RPC)";

/** Whether an error says that an action was not carried out. */
export function neverDone(error: FwctlError): boolean {
  return saysNeverDone({ code: error.code, ...error.details() });
}

/**
 * The same of an error as it is on record. An errno says so only where the call
 * itself gave it: one that a driver found in an answer is of a request that was
 * sent.
 */
export function saysNeverDone(
  { code, errnoName, call }: Readonly<Record<string, unknown>>,
): boolean {
  if (code === "SyscallError") {
    return call === RPC_CALL && BEFORE_SENDING.has(String(errnoName));
  }
  return code === "DeviceError" || code === "PolicyError" ||
    code === "UsageError";
}

/** Ours as it is; anything else (a hook's own) wrapped, so that no result is untyped. */
export function typed(thrown: unknown): FwctlError {
  return isFwctlError(thrown) ? thrown : new UsageError(
    `An apply hook failed: ${
      thrown instanceof Error ? thrown.message : String(thrown)
    }`,
    { cause: thrown },
  );
}
