/**
 * The runs on record as a timeline on a page: when, what, how it ended, what
 * took it back, and its records on demand.
 *
 * @module
 */
import type { JournalRecord, RunKind } from "../../apply/journal_types.ts";
import { html } from "./html.ts";
import { eventCells } from "../journal.ts";
import { moment } from "./machine.ts";
import { code, type FacetList, type Room } from "./parts.ts";
import { count } from "../words.ts";

/** A run as it is shown. */
export interface ShownRun {
  /** Its name. */
  readonly run: string;
  /** When it began, ISO 8601; "" where its journal does not say. */
  readonly time: string;
  /** What it does; "" where its journal does not say. */
  readonly kind: RunKind | "";
  /** The run it finishes, takes back or closes; null for an apply. */
  readonly of: string | null;
  /** The recipe's name; "" when it is not known. */
  readonly recipe: string;
  /** `unfinished`, `nothing sent`, `journal was changed`, or as its end says. */
  readonly outcome: string;
  /** Whether it may have left something that nobody has looked at. */
  readonly open: boolean;
  /** Later runs about it. */
  readonly later: readonly {
    readonly run: string;
    readonly kind: string;
    readonly outcome: string;
  }[];
  /** `fwctl0 0000:3b:00.0`. */
  readonly devices: readonly string[];
  /** Drivers of those. */
  readonly drivers: readonly string[];
  /** Scopes of its requests. */
  readonly scopes: readonly string[];
  /** Effects of its requests. */
  readonly effects: readonly string[];
  /** Requests of its plan. */
  readonly requests: number;
  /** Who ran it, and in which boot. */
  readonly owner: string;
  /** Why it stopped, or what is wrong with its journal; "" for nothing. */
  readonly trouble: string;
  /** Its records, as far as they are whole. */
  readonly records: readonly JournalRecord[];
}

/** Records of a run at its beginning and at its end. */
const ENDS = 20;

/** What became of a run in words for people. */
const OUTCOMES: Readonly<Record<string, string>> = {
  "applied": "applied",
  "undone": "undone",
  "not-undone": "not undone",
  "nothing": "nothing to do",
  "failed": "failed, nothing changed",
  "stopped": "stopped as told",
  "closed": "closed as it was",
};

/** The timeline, oldest first; `earlier` are those that are left out. */
export function timeline(
  runs: readonly ShownRun[],
  earlier: number,
  list: FacetList,
  room: Room,
): string {
  if (runs.length === 0) return `<p class="dim">No runs are on record.</p>`;
  const ids = new Map(runs.map(({ run }, index) => [run, `run${index}`]));
  const items: string[] = [];
  let cut = earlier;
  // The newest find room first.
  for (const run of [...runs].reverse()) {
    const whole = runItem(run, ids, list, true);
    if (room.take(whole)) items.unshift(whole);
    else {
      const short = runItem(run, ids, list, false);
      if (room.take(short)) items.unshift(short);
      else cut++;
    }
  }
  return `${
    cut === 0
      ? ""
      : `<p class="cut"><i aria-hidden="true">…</i> ${
        count(cut, "more run")
      } on record: fwctl journal list shows all.</p>`
  }<ol class="time">
${items.join("\n")}
</ol>`;
}

function runItem(
  run: ShownRun,
  ids: ReadonlyMap<string, string>,
  list: FacetList,
  whole: boolean,
): string {
  const { kind, recipe, time, devices, trouble, open, requests } = run;
  const facets = list.attribute({
    driver: run.drivers,
    state: [OUTCOMES[run.outcome] ?? run.outcome],
    scope: run.scopes,
    effect: run.effects,
  });
  return `<li id="${ids.get(run.run) ?? ""}" class="${
    look(run)
  }" ${facets}><div class="head">${time === "" ? "" : moment(time)}<b>${
    html(kind === "" ? "run" : kind)
  }</b><span>${html(recipe)}</span>${outcomeMark(run)}${
    devices.slice(0, 4).map((each) => code(each)).join("")
  }${
    devices.length > 4
      ? `<span class="dim">and ${
        count(devices.length - 4, "more device")
      }</span>`
      : ""
  }</div>
<p class="dim why">${code(run.run)}${
    requests === 0 ? "" : `, ${count(requests, "request")}`
  }${run.owner === "" ? "" : `, ${html(run.owner)}`}</p>${relations(run, ids)}${
    trouble === "" ? "" : `<p class="note">${html(trouble, 1000)}</p>`
  }${
    open
      ? `<p class="note"><i aria-hidden="true">!</i> It never ended: finish it with <code>fwctl resume ${
        html(run.run)
      }</code> or take it back with <code>fwctl undo ${
        html(run.run)
      }</code>.</p>`
      : ""
  }${whole ? records(run) : ""}</li>`;
}

function look({ outcome, open }: ShownRun): string {
  if (open || /changed|not-undone/.test(outcome)) return "stop";
  return outcome === "applied" ? "go" : "";
}

function outcomeMark({ outcome, open }: ShownRun): string {
  const stop = open || /changed|not-undone|unfinished/.test(outcome);
  const shape = stop
    ? "✕"
    : outcome === "applied"
    ? "✓"
    : outcome === "undone"
    ? "↶"
    : "·";
  return `<span class="m ${
    stop ? "stop" : outcome === "applied" ? "hot" : ""
  }"><i aria-hidden="true">${shape}</i>${
    html(OUTCOMES[outcome] ?? outcome)
  }</span>`;
}

function relations(
  { of, later, kind }: ShownRun,
  ids: ReadonlyMap<string, string>,
): string {
  const link = (run: string): string => {
    const id = ids.get(run);
    return id === undefined ? code(run) : `<a href="#${id}">${html(run)}</a>`;
  };
  const what: Readonly<Record<string, string>> = {
    undo: "takes back",
    resume: "finishes",
    close: "closes",
  };
  const lines = [
    ...(of === null ? [] : [`${what[kind] ?? "belongs to"} ${link(of)}`]),
    ...later.map((each) =>
      `${
        each.kind === "undo"
          ? each.outcome === "undone" ? "undone by" : "an undo was tried by"
          : each.kind === "resume"
          ? "finished by"
          : "closed by"
      } ${link(each.run)}`
    ),
  ];
  return lines.map((line) => `<p class="why">${line}</p>`).join("");
}

function records({ records: all, run }: ShownRun): string {
  if (all.length === 0) return "";
  const left = all.length - 2 * ENDS;
  const shown = left > 0 ? [...all.slice(0, ENDS), ...all.slice(-ENDS)] : all;
  const rows = shown.map((record, index) => {
    const [what = "", how = "", detail = ""] = eventCells(record.event)
      .map((cell) => typeof cell === "string" ? cell : cell[0]);
    const gap = left > 0 && index === ENDS
      ? `<tr><td colspan="5" class="dim">… ${
        count(left, "record")
      } between</td></tr>`
      : "";
    return `${gap}<tr><th scope="row">${record.seq}</th><td>${
      html(record.time)
    }</td><td>${html(what)}</td><td>${html(how)}</td><td>${
      html(detail)
    }</td></tr>`;
  });
  return `<details class="deep"><summary>${
    count(all.length, "record")
  }<span class="sr"> of run ${
    html(run)
  }</span></summary><div class="wide" tabindex="0" role="group" aria-label="${
    html(`Records of run ${run}`)
  }"><table class="lines records"><thead><tr>${
    ["no.", "time", "what", "how", "detail"].map((head) =>
      `<th scope="col">${head}</th>`
    ).join("")
  }</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div></details>`;
}
