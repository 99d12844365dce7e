/**
 * What a state directory holds that nobody needs any more. Nothing is removed
 * here.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import type { Disk } from "./disk.ts";
import { runName } from "./journal.ts";
import { endOf, isUnfinished, listRuns, readRun } from "./runs.ts";

/** Which runs may go. */
export interface OldRunsOptions {
  /** Runs of this time and later stay. */
  readonly before: Date;
  /** So many of the newest stay, however old they are. */
  readonly keep: number;
}

/**
 * Runs whose journals may be removed, oldest first, which is the order to do it
 * in: a run that settles an earlier one goes after it.
 *
 * A run stays as long as something of it may be on a device that nobody has
 * settled: it never ended, or it ended without being undone. With it stays every
 * run that came to settle it. One whose journal cannot be read stays too: it is
 * for `journal verify` to tell.
 */
export function oldRuns(
  disk: Disk,
  stateDir: string,
  { before, keep }: OldRunsOptions,
): string[] {
  const limit = runName(before, new Uint8Array());
  const runs = listRuns(disk, stateDir);
  const newest = new Set(keep > 0 ? runs.slice(-keep) : []);
  const groups = new Map<string, { runs: string[]; last: Leaves }>();
  for (const run of runs) {
    const { name, leaves } = look(disk, stateDir, run);
    const group = groups.get(name) ?? { runs: [], last: "nothing" };
    group.runs.push(run);
    // A later run of the same group looked at all that was left before it.
    if (leaves !== "nothing" && group.last !== "unreadable") {
      group.last = leaves;
    }
    groups.set(name, group);
  }
  return [...groups.values()].filter(({ runs, last }) =>
    (last === "nothing" || last === "settled") &&
    runs.every((run) => run < limit && !newest.has(run))
  ).flatMap(({ runs }) => runs).sort();
}

/** What a run leaves of its group. */
type Leaves =
  /** It sent nothing. */
  | "nothing"
  /** It ended, and all is as it says. */
  | "settled"
  /** Something that can be finished or taken back. */
  | "open"
  | "unreadable";

/** Ends after which a run can be finished or taken back still. */
const OPEN: readonly string[] = ["stopped", "not-undone"];

/** Which group a run belongs to, and what it leaves of it. */
function look(
  disk: Disk,
  stateDir: string,
  run: string,
): { readonly name: string; readonly leaves: Leaves } {
  try {
    const end = endOf(disk, stateDir, run);
    if (end) {
      const leaves = OPEN.includes(end.outcome) ? "open" : "settled";
      return { name: end.of ?? run, leaves };
    }
    const record = readRun(disk, stateDir, run);
    if (!record) return { name: run, leaves: "nothing" };
    const leaves = isUnfinished(record) ? "open" : "nothing";
    return { name: record.begin.of ?? run, leaves };
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    return { name: run, leaves: "unreadable" };
  }
}
