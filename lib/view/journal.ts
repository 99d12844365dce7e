/**
 * Journals for people: the runs of a machine, one run line by line, and whether
 * what is on record is as it was written.
 *
 * @module
 */
import type { JournalText } from "../apply/journal_read.ts";
import type { JournalEvent } from "../apply/journal_types.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** A run in the list. */
export interface Listed {
  /** Its name. */
  readonly run: string;
  /** When it began. */
  readonly time: string;
  /** What it does. */
  readonly kind: string;
  /** The run it belongs to, or null. */
  readonly of: string | null;
  /** The recipe. */
  readonly recipe: string;
  /** How it ended. */
  readonly outcome: string;
}

/** A journal that was checked. */
export interface Checked {
  /** The run's name. */
  readonly run: string;
  /** How many records are whole. */
  readonly records: number;
  /** Whether a crash cut the last line. */
  readonly cut: boolean;
  /** Whether it has its end. */
  readonly ended: boolean;
  /** What does not fit. */
  readonly broken: JournalText["broken"];
}

/** The list of runs. */
export function journalListText(runs: readonly Listed[], style: Style): string {
  if (runs.length === 0) return `${style("No runs are on record.")}\n`;
  const rows = runs.map(({ run, kind, of, recipe, outcome }): Cell[] => [
    run,
    kind,
    recipe,
    [outcome, lookOf(outcome)],
    of === null ? "" : `of ${of}`,
  ]);
  const header = ["run", "kind", "recipe", "outcome", ""];
  return `${table(rows, { header }, style).join("\n")}\n`;
}

function lookOf(outcome: string): Look {
  if (outcome === "applied" || outcome === "undone") return "green";
  return /unfinished|not-undone|changed/.test(outcome) ? "red" : "dim";
}

/** One run, line by line. */
export function journalText(
  run: string,
  { records, cut, broken }: JournalText,
  style: Style,
): string {
  const rows = records.map(({ seq, time, event }): Cell[] => [
    String(seq),
    time,
    ...eventCells(event),
  ]);
  const lines = [style(run, "bold"), ...table(rows, { right: [0] }, style)];
  if (cut) {
    lines.push(
      style("the last line was cut: the run ended while writing it", "yellow"),
    );
  }
  if (broken) {
    lines.push(
      style(`line ${broken.line} was changed: ${broken.why}`, "red"),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** What a record says, in three cells. */
export function eventCells(event: JournalEvent): Cell[] {
  switch (event.type) {
    case "begin":
      return [
        `begin ${event.kind}`,
        event.of === null ? "" : `of ${event.of}`,
        `process ${event.owner.pid}${
          event.owner.uid === null ? "" : `, uid ${event.owner.uid}`
        }, ${event.owner.program}, boot ${event.bootId}`,
      ];
    case "end":
      return [
        "end",
        [event.outcome, lookOf(event.outcome)],
        String(event.error?.message ?? ""),
      ];
    case "write":
      return [step(event), event.undo ? "send undo" : "send", event.request];
    case "answer":
      return [
        step(event),
        event.error ? ["failed", "red"] : "answered",
        String(event.error?.message ?? ""),
      ];
    case "verified":
      return [
        step(event),
        event.undo ? "as before" : "verified",
        event.image ?? "",
      ];
  }
}

function step(event: { readonly step: number }): string {
  return `step ${event.step}`;
}

/** Which journals are as they were written. */
export function verifyText(runs: readonly Checked[], style: Style): string {
  const rows = runs.map((each): Cell[] => [
    each.run,
    count(each.records, "record"),
    verdict(each),
  ]);
  const bad = runs.filter(({ broken }) => broken !== null).length;
  const end = bad > 0
    ? style(`${count(bad, "journal")} changed after writing.`, "red")
    : style(`${count(runs.length, "journal")} as written.`, "green");
  return `${[...table(rows, {}, style), end].join("\n")}\n`;
}

function verdict({ cut, ended, broken }: Checked): Cell {
  if (broken) return [`line ${broken.line}: ${broken.why}`, "red"];
  if (cut) return ["as written; a crash cut the last line", "yellow"];
  return ended ? "as written" : ["as written; it has no end", "yellow"];
}
