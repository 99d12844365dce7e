/**
 * Apply and all around it: runs, their journal, locks, recovery.
 *
 * @module
 */
export * from "./types.ts";
export { type ApplyInput, applyPlan, applyPlanAsync } from "./apply.ts";
export * from "./disk.ts";
export * from "./journal.ts";
export * from "./journal_read.ts";
export * from "./locks.ts";
export * from "./recover.ts";
export * from "./runs.ts";
