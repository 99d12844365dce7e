/**
 * What a planned step means in bytes: the request that writes it, the one that
 * undoes it, and what of an image counts.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import type { FieldChange } from "../../drivers/driver.ts";
import type { Patch, Plan, PlannedStep, PlannedWrite } from "./types.ts";

/** The runs of bytes in which two images of one length differ. */
export function patchOf(before: Uint8Array, after: Uint8Array): Patch[] {
  const patch: Patch[] = [];
  for (let i = 0; i < after.length; i++) {
    if (before[i] === after[i]) continue;
    const at = i;
    while (i < after.length && before[i] !== after[i]) i++;
    patch.push({ at, bytes: new Uint8Array(after.slice(at, i)) });
  }
  return patch;
}

/** The image a step writes. */
export function afterImage({ before, patch }: PlannedWrite): Bytes {
  const image = before.slice();
  for (const { at, bytes } of patch) image.set(bytes, at);
  return image;
}

/** The request of a step, flat. */
export function requestOf(step: PlannedStep): Bytes {
  if (step.type === "action") return step.request;
  const { writeHeader, payload } = step;
  return concatBytes(writeHeader, payload?.write ?? afterImage(step));
}

/** The request that writes back what was there when the plan was made. */
export function undoRequest(step: PlannedWrite): Bytes {
  const { writeHeader, payload, before } = step;
  return concatBytes(writeHeader, payload?.undo ?? before);
}

/** Whether a field holds what is declared but does not act yet: it waits for a reset. */
export function isPending({ before, after, inForce }: FieldChange): boolean {
  return before === after && inForce !== undefined && inForce !== after;
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
