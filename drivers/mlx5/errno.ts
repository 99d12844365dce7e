/**
 * What an errno of FWCTL_RPC means when the kernel's mlx5 driver gave it.
 *
 * Source: drivers/fwctl/mlx5/main.c, and cmd.c of mlx5_core for transport
 * errors.
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
    case "EBADMSG":
      return label?.allowed
        ? {
          meaning: `the kernel does not let ${what} through at this scope`,
          hint: `It needs scope ${label.scope}: ${label.scopeReason}`,
        }
        : {
          meaning: `the kernel lets ${what} through at no scope`,
          hint:
            "Only commands on the kernel driver's allow list can be sent; see fwctl scope",
        };
    case "EMSGSIZE":
      return {
        meaning:
          "request or response is shorter than the 16-byte header, or longer than 2 MiB",
        hint: "Give at least 16 bytes and room for at least 16",
      };
    case "ENOMEM":
      return {
        meaning: "the kernel had no memory, or the firmware no context left",
        hint: "Close other programs that have fwctl devices open and try again",
      };
    case "ETIMEDOUT":
      return {
        meaning: "the firmware did not answer in time; it may have executed it",
        hint:
          "Read the state again before deciding; look at the kernel log for the device",
      };
    case "EIO":
    case "ENXIO":
      return {
        meaning: "the device is in an error state; it may have executed it",
        hint: "Look at the kernel log and devlink health before anything else",
      };
    default:
      return undefined;
  }
}
