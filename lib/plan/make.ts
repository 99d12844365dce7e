/**
 * From declarations to a plan: locate, observe, compare. Reads only.
 *
 * @module
 */
import { assemblePlan, EntryMaker, type PlannedEntry } from "./entries.ts";
import { place } from "./place.ts";
import type { PlanInput } from "./input.ts";
import type { Plan } from "./types.ts";

export { plannedDevice } from "./entries.ts";
export * from "./input.ts";

/**
 * Makes a plan. Nothing is written to any device; every wrong declaration and
 * every refused value is found before it throws.
 *
 * @throws {RecipeError} for a declaration no driver understands
 * @throws {PlanError} for unknown targets, conflicts and refused values
 */
export function makePlan(input: PlanInput): Plan {
  const placed = place(input);
  const maker = new EntryMaker(input.session);
  const entries: PlannedEntry[] = [];
  for (const each of placed) {
    entries.push(maker.entry(each));
    input.progress?.(entries.length, placed.length);
  }
  return assemblePlan(input, entries, maker.devices);
}
