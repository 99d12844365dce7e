/**
 * The error of an ioctl on a fwctl device: errno, what it means, what to do.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { SyscallError } from "../errors.ts";
import { ERRNO, errnoMeaning, errnoName } from "../uapi/errno.ts";

/** What is asked of a driver when a call fails; every `Driver` has it. */
export type Explainer = Pick<Driver, "classify" | "explainErrno">;

/** The call that failed. */
export interface FailedCall {
  /** The device's name, such as `fwctl0`. */
  readonly device: string;
  /** Which ioctl. */
  readonly call: "ioctl(FWCTL_INFO)" | "ioctl(FWCTL_RPC)";
  /** The request's bytes, for its name. */
  readonly request?: Parameters<Driver["classify"]>[0];
  /** Who knows its name and what the errno means to this driver. */
  readonly driver?: Explainer | undefined;
}

/**
 * The typed error for a negated errno, whatever the kernel (or a model, or a
 * hostile stand-in) returned: a value that is no errno becomes EIO.
 */
export function ioctlError(result: number, failed: FailedCall): SyscallError {
  const errno = Number.isInteger(result) && result < 0 && result >= -4095
    ? -result
    : ERRNO.EIO;
  const name = errnoName(errno);
  const { driver, request, device, call } = failed;
  const label = request && driver ? driver.classify(request) : undefined;
  const { meaning, hint } =
    (call === "ioctl(FWCTL_RPC)"
      ? driver?.explainErrno(name, label)
      : undefined) ?? errnoMeaning(call, name);
  const what = label?.name ?? call;
  return new SyscallError(
    `${what} on ${device}: ${name}: ${meaning}`,
    { errno, errnoName: name, call },
    { hint, device, ...(label === undefined ? {} : { request: label.name }) },
  );
}
