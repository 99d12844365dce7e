/**
 * What a killed process left, and what its journals and its machine tell.
 *
 * @module
 */
import { assert } from "@std/assert";
import { RealDisk } from "../../lib/apply/disk.ts";
import { journalFolder } from "../../lib/apply/journal.ts";
import { lockFolder } from "../../lib/apply/locks.ts";
import { groupOf, listRuns, readRun } from "../../lib/apply/runs.ts";
import { toHex } from "../../lib/bytes.ts";
import type { PlainData } from "../../lib/plain.ts";
import { requestOf, undoRequest } from "../../lib/plan/step.ts";
import type { Plan } from "../../lib/plan/types.ts";

/** The disk that the commands used. */
export const DISK: RealDisk = new RealDisk();

/** How often each request arrived, by its bytes in hex. */
type Requests = ReadonlyMap<string, number>;

/** What a killed process left: the machine, and its files. */
export interface Left {
  /** The operation it died before. */
  readonly before: string;
  /** The machine, to go on from. */
  readonly state: PlainData;
  /** A copy of the state directory. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** How often each action was sent. */
  readonly actions: number;
}

/** What the last run of a group that ended says is on the devices. */
export function told(plan: Plan, dir: string, run: string): "before" | "after" {
  const { all } = groupOf(DISK, dir, run);
  const end = all.map(({ records }) => records.at(-1)?.event)
    .findLast((event) => event?.type === "end");
  if (end?.type !== "end") return "before";
  const steps = end.steps.filter((_, index) =>
    plan.steps[index]?.type === "write"
  );
  if (steps.every((step) => step === "applied")) return "after";
  const nothing = new Set(["undone", "not-reached", "failed"]);
  assert(steps.every((step) => nothing.has(step)), steps.join());
  return "before";
}

/** How often the plan's action arrived. */
export function actionsIn(plan: Plan, requests: Requests): number {
  return plan.steps.filter(({ type }) => type === "action")
    .reduce(
      (sum, step) => sum + (requests.get(toHex(requestOf(step))) ?? 0),
      0,
    );
}

/** How many requests of the plan's steps arrived, undos too. */
export function writesIn(plan: Plan, requests: Requests): number {
  let sum = actionsIn(plan, requests);
  for (const step of plan.steps) {
    if (step.type !== "write") continue;
    for (const request of [requestOf(step), undoRequest(step)]) {
      sum += requests.get(toHex(request)) ?? 0;
    }
  }
  return sum;
}

/** The first run of a state directory that has a whole line. */
export function root(dir: string): string | undefined {
  return listRuns(DISK, dir).find((run) => readRun(DISK, dir, run));
}

/** The journals, the records of functions, and the locks as the killed process left them. */
export function readFolder(dir: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const path of [journalFolder(dir), lockFolder(dir), `${dir}/vfio`]) {
    const folder = path.slice(dir.length + 1);
    for (const name of DISK.list(path)) {
      files.set(`${folder}/${name}`, DISK.read(`${path}/${name}`));
    }
  }
  return files;
}
