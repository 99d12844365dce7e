/**
 * Runs: what the journals of a state directory tell of applies, and of the runs
 * that finished or took back what an earlier one left.
 *
 * @module
 */
import { PlanError, UsageError } from "../errors.ts";
import type { PlainData } from "../plain.ts";
import { readPlanDocument } from "../plan/file_read.ts";
import type { Plan } from "../plan/types.ts";
import { didYouMean } from "../suggest.ts";
import type { Disk } from "./disk.ts";
import { journalFolder, RUN_NAME } from "./journal.ts";
import {
  journalRecords,
  type JournalText,
  readJournalText,
} from "./journal_read.ts";
import type { BeginRecord, JournalRecord } from "./journal_types.ts";

/** One run's journal, read and checked. */
export interface RunRecord {
  /** Its name. */
  readonly run: string;
  /** Its first record. */
  readonly begin: BeginRecord;
  /** When it began: ISO 8601. */
  readonly time: string;
  /** All its records. */
  readonly records: readonly JournalRecord[];
  /** Whether its last line was cut by a crash. */
  readonly cut: boolean;
  /** How it ended; null when it did not: its process was killed, or still runs. */
  readonly outcome: string | null;
}

/** Names of all runs, oldest first. */
export function listRuns(disk: Disk, stateDir: string): string[] {
  return disk.list(journalFolder(stateDir))
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => name.slice(0, -".jsonl".length))
    .filter((name) => RUN_NAME.test(name));
}

/**
 * The run a person means: its name, the beginning or end of it, or `last`.
 *
 * @throws {UsageError} when there is none, or more than one
 */
export function findRun(disk: Disk, stateDir: string, given: string): string {
  const runs = listRuns(disk, stateDir);
  const newest = runs.at(-1);
  const found = runs.includes(given)
    ? [given]
    : given === "last" && newest !== undefined
    ? [newest]
    : runs.filter((run) => run.startsWith(given) || run.endsWith(given));
  const [run] = found;
  if (run !== undefined && found.length === 1) return run;
  throw new UsageError(
    found.length === 0
      ? `There is no run ${JSON.stringify(given.slice(0, 60))} in ${stateDir}`
      : `${JSON.stringify(given)} is the name of ${found.length} runs`,
    {
      hint: found.length === 0
        ? didYouMean(given, ["last", ...runs]) ??
          "See all with `fwctl journal list`; --state-dir says where they are"
        : `Say more of it: ${found.slice(0, 5).join(", ")}`,
    },
  );
}

/** The text of a run's journal, its chain checked. */
export function readJournal(
  disk: Disk,
  stateDir: string,
  run: string,
): JournalText {
  return readJournalText(
    disk.read(`${journalFolder(stateDir)}/${run}.jsonl`),
  );
}

/**
 * Reads a run; undefined when its first line was cut, before which nothing is
 * sent to any device.
 *
 * @throws {PlanError} with reason `tampered` when the journal was changed
 */
export function readRun(
  disk: Disk,
  stateDir: string,
  run: string,
): RunRecord | undefined {
  const found = readJournal(disk, stateDir, run);
  const records = journalRecords(run, found);
  const [first] = records;
  if (first?.event.type !== "begin") return undefined;
  const last = records.at(-1)?.event;
  return {
    run,
    begin: first.event,
    time: first.time,
    records,
    cut: found.cut,
    outcome: last?.type === "end" ? last.outcome : null,
  };
}

/** The plan of a run. @throws {PlanError} when the journal's is no plan */
export function planOf({ run, begin }: RunRecord): Plan {
  return readPlanDocument(begin.plan, `the plan in the journal of ${run}`).plan;
}

/** Whether a run may have left something behind: it sent a request and never ended. */
export function isUnfinished({ outcome, records }: RunRecord): boolean {
  return outcome === null &&
    records.some(({ event }) => event.type === "write");
}

/** How much of a journal's end is read to see whether it has one. */
const TAIL = 64 << 10;

/** How a run ended, seen from its last line alone; undefined when that is no end. */
export function endOf(
  disk: Disk,
  stateDir: string,
  run: string,
): { readonly of: string | null; readonly outcome: string } | undefined {
  const path = `${journalFolder(stateDir)}/${run}.jsonl`;
  const text = new TextDecoder().decode(disk.read(path, TAIL));
  if (!text.endsWith("\n")) return undefined;
  const line = text.slice(text.lastIndexOf("\n", text.length - 2) + 1);
  // An end is short; a line that begins before the tail is a long one's rest.
  if (!line.startsWith('{"seq":')) return endOfWhole(disk, stateDir, run);
  try {
    const { type, of, outcome } = JSON.parse(line) as Record<string, PlainData>;
    if (type !== "end" || typeof outcome !== "string") return undefined;
    return { of: typeof of === "string" ? of : null, outcome };
  } catch {
    return undefined;
  }
}

/** The same for an end that is longer than the tail: one of very many steps. */
function endOfWhole(
  disk: Disk,
  stateDir: string,
  run: string,
): { readonly of: string | null; readonly outcome: string } | undefined {
  const { records } = readJournal(disk, stateDir, run);
  const last = records.at(-1)?.event;
  return last?.type === "end"
    ? { of: last.of, outcome: last.outcome }
    : undefined;
}

/** A run and those that came to finish it or take it back, oldest first. */
export interface RunGroup {
  /** The first. */
  readonly root: RunRecord;
  /** All, the first among them. */
  readonly all: readonly RunRecord[];
  /** Whether the group may have left something behind on a device. */
  readonly unfinished: boolean;
}

/** The group that a run belongs to. @throws {PlanError} when its journal cannot be used */
export function groupOf(disk: Disk, stateDir: string, run: string): RunGroup {
  const given = readRun(disk, stateDir, run);
  if (!given) throw nothingIn(run);
  const name = given.begin.of ?? given.run;
  const root = name === run ? given : readRun(disk, stateDir, name);
  if (!root) throw nothingIn(name);
  const all = [root];
  for (const other of listRuns(disk, stateDir)) {
    if (other <= name) continue;
    const end = endOf(disk, stateDir, other);
    if (end && end.of !== name) continue;
    const record = readRun(disk, stateDir, other);
    if (record?.begin.of === name) all.push(record);
  }
  return { root, all, unfinished: groupUnfinished(all) };
}

/** A later run that ended has looked at every step of those before it. */
function groupUnfinished(all: readonly RunRecord[]): boolean {
  const last = all.findLastIndex(({ outcome }) => outcome !== null);
  return all.slice(last + 1).some(isUnfinished);
}

function nothingIn(run: string): PlanError {
  return new PlanError(
    `The journal of ${run} has no whole line: nothing was sent to any device`,
    "malformed",
    [],
    { hint: "There is nothing to finish and nothing to take back" },
  );
}

/** The groups that may have left something on one of these devices, by address; oldest first. */
export function unfinishedOn(
  disk: Disk,
  stateDir: string,
  addresses: ReadonlySet<string>,
): string[] {
  const settled = new Map<string, string>();
  const open: RunRecord[] = [];
  for (const run of listRuns(disk, stateDir)) {
    const end = endOf(disk, stateDir, run);
    if (end) {
      settled.set(end.of ?? run, run);
      continue;
    }
    const record = readRun(disk, stateDir, run);
    if (record && isUnfinished(record)) open.push(record);
  }
  const found = new Set<string>();
  for (const record of open) {
    const name = record.begin.of ?? record.run;
    // Settled by a later run of the same group.
    if ((settled.get(name) ?? "") > record.run) continue;
    if (planOf(record).devices.some(({ address }) => addresses.has(address))) {
      found.add(name);
    }
  }
  return [...found];
}

/** Refuses to begin on a device where an earlier run never ended. @throws {PlanError} */
export function refuseUnfinished(
  disk: Disk,
  stateDir: string,
  plan: Plan,
): void {
  const addresses = new Set(plan.devices.map(({ address }) => address));
  const [run] = unfinishedOn(disk, stateDir, addresses);
  if (run === undefined) return;
  throw new PlanError(
    `Run ${run} on this device never ended: it was killed in the middle`,
    "unfinished",
    [],
    {
      hint:
        `Finish it with \`fwctl resume ${run}\` or take it back with \`fwctl undo ${run}\`; nothing was sent`,
    },
  );
}
