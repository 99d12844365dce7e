/**
 * What a device's effects word says of setting a feature: in words, as one of
 * our effects, and when it takes hold.
 *
 * Source: CXL 3.2 table of command effects, include/uapi/cxl/features.h.
 *
 * @module
 */
import { type Scope, SCOPES } from "../../lib/uapi/fwctl.ts";
import type { Effect } from "../driver.ts";
import type { FeatureEntry } from "./protocol.ts";
import { CXL_CMD, CXL_FEATURE_F, setFeatureScope } from "./tables/features.ts";

const WORDS: readonly (readonly [number, string])[] = [
  [CXL_CMD.CONFIG_CHANGE_COLD_RESET, "configuration change after a cold reset"],
  [CXL_CMD.CONFIG_CHANGE_IMMEDIATE, "immediate configuration change"],
  [CXL_CMD.DATA_CHANGE_IMMEDIATE, "immediate data change"],
  [CXL_CMD.POLICY_CHANGE_IMMEDIATE, "immediate policy change"],
  [CXL_CMD.LOG_CHANGE_IMMEDIATE, "immediate log change"],
  [CXL_CMD.SECURITY_STATE_CHANGE, "security state change"],
  [CXL_CMD.BACKGROUND, "background operation"],
  [CXL_CMD.BGCMD_ABORT_SUPPORTED, "can be aborted"],
  [1 << 8, "bit 8"],
  [CXL_CMD.EFFECTS_VALID, "reset bits valid"],
  [
    CXL_CMD.CONFIG_CHANGE_CONV_RESET,
    "configuration change after a conventional reset",
  ],
  [CXL_CMD.CONFIG_CHANGE_CXL_RESET, "configuration change after a CXL reset"],
  ...[12, 13, 14, 15].map((bit) => [1 << bit, `reserved bit ${bit}`] as const),
];

const RESETS: readonly (readonly [number, string])[] = [
  [CXL_CMD.CONFIG_CHANGE_COLD_RESET, "cold reset"],
  [CXL_CMD.CONFIG_CHANGE_CONV_RESET, "conventional reset"],
  [CXL_CMD.CONFIG_CHANGE_CXL_RESET, "CXL reset"],
];

const IMMEDIATE = CXL_CMD.CONFIG_CHANGE_IMMEDIATE |
  CXL_CMD.DATA_CHANGE_IMMEDIATE | CXL_CMD.POLICY_CHANGE_IMMEDIATE |
  CXL_CMD.LOG_CHANGE_IMMEDIATE;

/** Every bit of the word, in words and in order. */
export function effectWords(effects: number): string[] {
  return WORDS.filter(([bit]) => effects & bit).map(([, words]) => words);
}

/** Whether a part of the change takes hold at once. */
export function isImmediate(effects: number): boolean {
  return (effects & IMMEDIATE) !== 0;
}

/** The resets that make a change live, `cold reset or CXL reset`; "" when it waits for none. */
export function resetsOf(effects: number): string {
  return RESETS.filter(([bit]) => effects & bit).map(([, name]) => name)
    .join(" or ");
}

/** Bits that say nothing of what happens. */
const NO_EFFECT = CXL_CMD.EFFECTS_VALID | CXL_CMD.BGCMD_ABORT_SUPPORTED;

/** The strongest of our effects that the word names. */
export function effectOf(effects: number): { effect: Effect; reason: string } {
  const words = effectWords(effects & ~NO_EFFECT);
  const reason = `the device says: ${words.join(", ") || "no effect at all"}`;
  if (effects & CXL_CMD.DATA_CHANGE_IMMEDIATE) {
    return { effect: "destructive", reason };
  }
  if (effects & CXL_CMD.SECURITY_STATE_CHANGE) {
    return { effect: "disruptive", reason };
  }
  if (resetsOf(effects) !== "") return { effect: "next-reset", reason };
  return isImmediate(effects)
    ? { effect: "runtime", reason }
    : { effect: "destructive", reason: `${reason}; nobody knows what it does` };
}

/** What the kernel makes of setting a feature. */
export type SetRule =
  | { readonly scope: Scope; readonly reason: string }
  | { readonly scope: undefined; readonly reason: string };

/** The least scope of a Set Feature, or why there is none: a clause either way. */
export function setRule(entry: FeatureEntry): SetRule {
  const { flags, effects, exclusive } = entry;
  if (exclusive !== undefined) {
    return { scope: undefined, reason: exclusiveReason(exclusive) };
  }
  const least = setFeatureScope(flags, effects);
  if (least !== undefined) {
    const now = effectWords(effects & IMMEDIATE).join(", ");
    return {
      scope: SCOPES[least] ?? "debug-write-full",
      reason: least === 3
        ? `${now}: needs debug-write-full, taints the kernel, needs CAP_SYS_RAWIO`
        : `takes hold only after a ${
          resetsOf(effects)
        }: needs debug-write, taints the kernel`,
    };
  }
  return { scope: undefined, reason: refusedReason(flags, effects) };
}

/** Why the kernel never sets a feature of its own. */
export function exclusiveReason(exclusive: string): string {
  return `${exclusive} is exclusive to the kernel: its EDAC and RAS driver owns it`;
}

function refusedReason(flags: number, effects: number): string {
  if (!(flags & CXL_FEATURE_F.CHANGEABLE)) {
    return "the device says it is not changeable";
  }
  if (effects & CXL_CMD.EFFECTS_RESERVED) {
    return "its effects have reserved bits set, which the kernel refuses";
  }
  return effects & CXL_CMD.BACKGROUND
    ? "setting it runs in the background, which the kernel refuses"
    : "its effects name neither an immediate change nor a reset, which the kernel refuses";
}
