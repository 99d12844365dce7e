/**
 * What an errno of FWCTL_RPC means when the kernel's pds driver gave it.
 *
 * Source: drivers/fwctl/pds/main.c. Errnos of the admin queue come through
 * unchanged.
 *
 * @module
 */
import type { RequestLabel } from "../driver.ts";

/** What it means and what to do; undefined where the core's own meaning holds. */
export function explainErrno(
  errnoName: string,
  label: RequestLabel | undefined,
): { meaning: string; hint: string } | undefined {
  const what = label?.name ?? "the operation";
  switch (errnoName) {
    case "EINVAL":
      return {
        meaning:
          `the firmware has no ${what} in that version, or a payload is longer than it takes, or the message is shorter than 48 bytes`,
        hint:
          "Compare endpoint, operation and version with the firmware package; the query probe says which exist",
      };
    case "EPERM":
      return {
        meaning:
          `the firmware lists ${what} with a higher scope, or scope debug-write-full lacks CAP_SYS_RAWIO`,
        hint:
          "Correct its scope in the endpoint map; the query probe finds the least one",
      };
    case "ENOMEM":
      return {
        meaning:
          `the firmware did not list the operations of the endpoint of ${what}, or the kernel had no memory`,
        hint: "Look at the kernel log for pds_fwctl; try again later",
      };
    case "EFAULT":
      return {
        meaning:
          "the kernel could not read the request payload, as with a probe, or not write the response payload, when the firmware has executed it",
        hint:
          "A probe ends so when the operation exists and may be sent at this scope",
      };
    case "ETIMEDOUT":
      return {
        meaning: "the firmware did not answer in time; it may have executed it",
        hint:
          "Read the state again before deciding; look at the kernel log for pds_core",
      };
    case "EIO":
    case "ENXIO":
    case "EBUSY":
    case "EAGAIN":
      return {
        meaning: "the admin queue failed; the firmware may have executed it",
        hint:
          "Look at the kernel log and devlink health of pds_core before anything else",
      };
    default:
      return undefined;
  }
}
