/**
 * What an errno of FWCTL_RPC means when this kernel driver gave it.
 *
 * FILL IN from the kernel driver: every errno it returns, in its own words, and
 * say of each whether the firmware may have executed the request. Errnos of the
 * fwctl core (ENODEV, EMSGSIZE, EOPNOTSUPP) are explained already.
 *
 * @module
 */
import type { RequestLabel } from "../driver.ts";

/** What it means and what to do; undefined where the core's own meaning holds. */
export function explainErrno(
  errnoName: string,
  label: RequestLabel | undefined,
): { meaning: string; hint: string } | undefined {
  const what = label?.name ?? "the request";
  switch (errnoName) {
    case "EINVAL":
      return {
        meaning: `${what} is too short or not known to the kernel driver`,
        hint: "See fwctl scope --list for what it sends",
      };
    case "EPERM":
      return {
        meaning: `the kernel does not let ${what} through at this scope`,
        hint: `It needs scope ${label?.scope ?? "debug-write-full"}`,
      };
    case "ETIMEDOUT":
      return {
        meaning: "the firmware did not answer in time; it may have executed it",
        hint: "Read the state again before deciding",
      };
    default:
      return undefined;
  }
}
