/**
 * What a planned step means in bytes: the request that writes it, the one that
 * undoes it, and what of an image counts.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import type { FieldChange } from "../../drivers/driver.ts";
import type { Plan, PlannedStep } from "./types.ts";

/** The request that writes the step. */
export function writeRequest(step: PlannedStep): Bytes {
  return concatBytes(step.writeHeader, step.after);
}

/** The request that writes back what was there when the plan was made. */
export function undoRequest(step: PlannedStep): Bytes {
  return concatBytes(step.writeHeader, step.before);
}

/** The fields a step changes. */
export function stepChanges(
  plan: Plan,
  step: PlannedStep,
): readonly FieldChange[] {
  return plan.resources[step.resource]?.changes ?? [];
}

/** First byte at which two images differ, or -1; images of unequal length differ at the shorter's end. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : length;
}

/** Whether a field holds the same bits in both images. Bit 0 is the first bit of byte 0. */
export function sameField(
  a: Uint8Array,
  b: Uint8Array,
  field: FieldChange,
): boolean {
  const end = field.bit + field.width;
  for (let bit = field.bit; bit < end; bit++) {
    const byte = bit >> 3;
    const mask = 0x80 >> (bit & 7);
    if (((a[byte] ?? 0) & mask) !== ((b[byte] ?? 0) & mask)) return false;
  }
  return true;
}
