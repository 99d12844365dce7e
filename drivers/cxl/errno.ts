/**
 * What an errno of FWCTL_RPC means when the kernel's CXL driver gave it.
 *
 * Refusals of the device stand in the answer (`status.ts`). Source:
 * drivers/cxl/core/features.c of Linux 7.2.
 *
 * @module
 */
import { scopeNumber } from "../../lib/uapi/fwctl.ts";
import type { RequestLabel } from "../driver.ts";

/** What it means and what to do; undefined where the core's own meaning holds. */
export function explainErrno(
  errnoName: string,
  label: RequestLabel | undefined,
): { meaning: string; hint: string } | undefined {
  const what = label?.name ?? "the request";
  switch (errnoName) {
    case "EINVAL":
      return label && !label.allowed
        ? {
          meaning: `the kernel lets ${what} through at no scope`,
          hint: `${label.scopeReason}; see fwctl scope`,
        }
        : {
          meaning:
            `the kernel does not let ${what} through at this scope, or a length in it is wrong`,
          hint: label
            ? `It needs scope ${label.scope}: ${label.scopeReason}; op_size must be the payload's length, and there must be room for the answer`
            : "Check the scope, op_size, and the room for the answer",
        };
    case "EPERM":
      return {
        meaning: label && scopeNumber(label.scope) >= 3
          ? "the process lacks CAP_SYS_RAWIO, or the feature is one only the kernel may set"
          : "the feature is one only the kernel may set",
        hint:
          "Run as root; for scrub, ECS and repairs use the kernel's files in /sys/bus/edac/devices",
      };
    case "ENOMEM":
      return {
        meaning: "the kernel had no memory for the answer",
        hint: "Give less room, then try again",
      };
    default:
      return undefined;
  }
}
