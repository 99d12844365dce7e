/**
 * What an errno of FWCTL_RPC means when the kernel's bnxt driver gave it.
 *
 * Errors of the firmware, and errnos of bnxt_en below the driver, do not come
 * this way: they stand in the response (`status.ts`). Source:
 * drivers/fwctl/bnxt/main.c.
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
    case "EPERM":
      return label?.allowed
        ? {
          meaning:
            `the kernel does not let ${what} through at this scope, or bnxt_en has stopped the drivers on top of it`,
          hint:
            `It needs scope ${label.scope}: ${label.scopeReason}; with that scope a reset is under way, so try again later`,
        }
        : {
          meaning: `the kernel lets ${what} through at no scope`,
          hint:
            "Only commands on the kernel driver's allow list can be sent; see fwctl scope",
        };
    case "EINVAL":
      return {
        meaning:
          "the request is shorter than 16 bytes or longer than 128, there is room for less than 8 bytes of response, or one of its buffers is empty or larger than 64 KiB",
        hint:
          "Give 16 to 128 bytes, room for 704, and 1 to 65536 bytes in each buffer",
      };
    case "EFAULT":
      return {
        meaning:
          "the kernel could not read or write a buffer of the request; where it was to be filled the firmware has executed it",
        hint: "Read the state again before deciding",
      };
    case "ENOMEM":
      return {
        meaning: "the kernel had no memory for the response",
        hint: "Give less room (704 bytes are enough), then try again",
      };
    default:
      return undefined;
  }
}
