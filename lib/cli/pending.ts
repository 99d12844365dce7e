/**
 * What waits for a reset, kept between boots in the state directory: one file
 * for each device.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import type { PlainData } from "../plain.ts";
import {
  advancePending,
  pendingData,
  type PendingRecord,
  readPending,
  withPendingNotes,
} from "../plan/pending.ts";
import type { Plan } from "../plan/types.ts";
import type { Context } from "./context.ts";
import { fileExists, readJson, writeAtomically } from "./files.ts";
import { stateOf } from "./runs.ts";

/**
 * What is done with what waits: `look` at what is kept, `keep` what waits now,
 * or keep what a plan that was `applied` has written.
 */
export type PendingUse = "look" | "keep" | "applied";

/** The plan with notes on values that have waited through a boot. */
export function notePending(
  { globals, output }: Context,
  plan: Plan,
  use: PendingUse,
): Plan {
  const state = stateOf(globals);
  if (!state) return plan;
  const keep = use !== "look";
  let noted = plan;
  for (const { name, address } of plan.devices) {
    const path = `${state.dir}/pending/${encodeURIComponent(address)}.json`;
    try {
      const before = read(path);
      const now = new Date().toISOString();
      const applied = use === "applied";
      const { record, notes } = advancePending(
        plan,
        name,
        before,
        now,
        applied,
      );
      noted = withPendingNotes(noted, notes);
      if (!keep || JSON.stringify(record) === JSON.stringify(before)) continue;
      state.disk.makeFolder(`${state.dir}/pending`);
      writeAtomically(
        path,
        `${JSON.stringify(pendingData(record))}\n`,
        "what waits for a reset",
      );
    } catch (error) {
      if (!isFwctlError(error)) throw error;
      // Only counting suffers; what is pending is shown all the same. A user who
      // only looks may not read there.
      if (keep) output.warn(error.message);
    }
  }
  return noted;
}

function read(path: string): PendingRecord {
  if (!fileExists(path, "what waits for a reset")) return {};
  return readPending(readJson(path, "what waits for a reset") as PlainData);
}
