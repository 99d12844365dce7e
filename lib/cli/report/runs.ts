/**
 * The runs of a state directory, as a report shows them.
 *
 * @module
 */
import {
  endOf,
  isUnfinished,
  listRuns,
  planOf,
  readRun,
  type RunRecord,
} from "../../apply/runs.ts";
import { PlanError } from "../../errors.ts";
import type { ShownRun } from "../../view/page/runs.ts";
import type { State } from "../runs.ts";

/** As many of the newest runs are shown, and all that never ended. */
const NEWEST = 200;

/** The runs, oldest first, and how many older ones are left out. */
export function shownRuns(
  state: State,
): { readonly runs: readonly ShownRun[]; readonly earlier: number } {
  const { disk, dir } = state;
  const all = listRuns(disk, dir);
  const kept = all.filter((run, index) =>
    index >= all.length - NEWEST || endOf(disk, dir, run) === undefined
  );
  const read = kept.map((run) => oneRun(state, run));
  return {
    runs: read.map((each) => related(each, read)),
    earlier: all.length - kept.length,
  };
}

function oneRun({ disk, dir }: State, run: string): ShownRun {
  const nothing: ShownRun = {
    run,
    time: "",
    kind: "",
    of: null,
    recipe: "",
    outcome: "nothing sent",
    open: false,
    later: [],
    devices: [],
    drivers: [],
    scopes: [],
    effects: [],
    requests: 0,
    owner: "",
    trouble: "",
    records: [],
  };
  try {
    const record = readRun(disk, dir, run);
    return record ? { ...nothing, ...said(record) } : nothing;
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return {
      ...nothing,
      outcome: "journal was changed",
      trouble: error.message,
    };
  }
}

function said(record: RunRecord): Omit<ShownRun, "run" | "later"> {
  const { begin, time, outcome, records, cut } = record;
  const { recipe, devices, steps } = planOf(record);
  const { pid, uid, program } = begin.owner;
  const last = records.at(-1)?.event;
  const error = last?.type === "end" ? last.error : null;
  return {
    time,
    kind: begin.kind,
    of: begin.of,
    recipe: recipe.name,
    outcome: outcome ?? (isUnfinished(record) ? "unfinished" : "nothing sent"),
    open: isUnfinished(record),
    devices: devices.map(({ name, address }) => `${name} ${address}`),
    drivers: devices.map(({ driver }) => driver),
    scopes: steps.map(({ label }) => label.scope),
    effects: steps.map(({ label }) => label.effect),
    requests: steps.length,
    owner: `process ${pid}${
      uid === null ? "" : `, uid ${uid}`
    }, ${program}, boot ${begin.bootId}`,
    trouble: [
      ...(error === null ? [] : [String(error.message ?? "it failed")]),
      ...(cut ? ["The last line was cut: it ended while writing it"] : []),
    ].join(". "),
    records,
  };
}

/** The same with the runs that came after it about it; one that ended has settled it. */
function related(run: ShownRun, all: readonly ShownRun[]): ShownRun {
  const root = run.of ?? run.run;
  const after = all.filter((each) => each.run > run.run && each.of === root);
  const settled = after.some(({ outcome }) =>
    outcome !== "unfinished" && outcome !== "nothing sent" &&
    outcome !== "journal was changed"
  );
  return {
    ...run,
    open: run.open && !settled,
    later: run.of === null
      ? after.map(({ run, kind, outcome }) => ({ run, kind, outcome }))
      : [],
  };
}
