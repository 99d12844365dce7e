/**
 * What differs between kernels, or between our machine and the one the kept
 * recordings were made on, and why that is as it should be. A difference that
 * is not listed here fails `deno task kernel:test`.
 *
 * @module
 */
import { fromHex } from "../../lib/bytes.ts";
import { allowList } from "../../drivers/bnxt/tables/allow_list.ts";
import { newer } from "./cache.ts";
import type { StepDifference } from "./compare.ts";
import { recordedOn } from "./groups.ts";
import type { FuzzCase } from "./fuzz/case.ts";
import type { Difference } from "./fuzz/duel.ts";

/** Something that is known to differ. */
export interface KnownDifference {
  /** The first kernel that has it: `7.3`; absent where it is not the kernel's. */
  readonly from?: string;
  /** What differs, as a line of a report. */
  readonly what: string;
  /** Why. */
  readonly why: string;
  /** Whether a difference is of this kind. */
  readonly matches: (difference: StepDifference) => boolean;
}

/** Recordings of the kernel against those that are kept. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: "the taint was there already, or not yet",
    why: "it comes once a boot; several recordings share a boot here, in " +
      "another order than when they were made",
    matches: ({ op, step }) =>
      op === "read" && step.text("path") === "/proc/sys/kernel/tainted",
  },
  {
    from: "7.3",
    what: "bnxt: requests that carry buffers are let through",
    why: "FWCTL_BNXT_DMA_COMMANDS: the driver puts buffers of its own in the " +
      "place of the caller's, and has one plain request more",
    matches: ({ type, op, step }) =>
      type === "bnxt" && op === "rpc" &&
      listedAnew(requestType(step.text("in", ""))),
  },
  {
    from: "7.3",
    what: "bnxt: uctx_caps has bit 3",
    why: "FWCTL_BNXT_DMA_COMMANDS, by which a program learns of the above",
    matches: ({ type, op, field, was, is }) => {
      if (type !== "bnxt" || op !== "info" || field !== "out") return false;
      const [before, after] = [was, is].map((text) =>
        fromHex(typeof text === "string" ? text : "")
      );
      return before?.length === after?.length &&
        before?.every((byte, at) =>
            at === 0 ? (byte | 8) === after?.[at] : byte === after?.[at]
          ) === true;
    },
  },
  {
    from: "7.3",
    what:
      "bnxt: another request was the last that reached the firmware, or had more time",
    why: "last_timeout is what the driver allowed it: see the requests above",
    matches: ({ type, op, step }) =>
      type === "bnxt" && op === "read" &&
      step.text("path").endsWith("/last_timeout"),
  },
];

/** Something the fuzzer sees that is meant. */
export interface Explained {
  /** Kind of device. */
  readonly type: string;
  /** Why model and kernel differ there. */
  readonly why: string;
  /** Whether a difference is of this kind. */
  readonly applies: (fuzzCase: FuzzCase, difference: Difference) => boolean;
}

/** The kernel against the model: what `deno task kernel:fuzz` leaves alone. */
export const FUZZ_DIFFERENCES: readonly Explained[] = [];

/** Why a difference is as it should be on this kernel, or nothing. */
export function known(
  difference: StepDifference,
  kernel: string,
): KnownDifference | undefined {
  const before = recordedOn(difference.file);
  return KNOWN_DIFFERENCES.find(({ from, matches }) =>
    // What has it already cannot differ by it.
    (from === undefined ||
      newer(kernel, from) >= 0 && newer(before, from) < 0) &&
    matches(difference)
  );
}

/** req_type of an HWRM request: the first two bytes. */
function requestType(hex: string): number {
  const [low = 0, high = 0] = fromHex(hex.slice(0, 4));
  return high << 8 | low;
}

/** Whether Linux 7.3 treats a request otherwise than 7.2. */
function listedAnew(type: number): boolean {
  return JSON.stringify(allowList("7.2").get(type)) !==
    JSON.stringify(allowList("7.3").get(type));
}
