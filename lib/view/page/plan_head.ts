/**
 * The head of a plan on a page: what may be done with it in one sentence, what
 * refuses it, and where it is from.
 *
 * @module
 */
import type { ImageField } from "../../../drivers/driver.ts";
import { isPlainObject, type PlainData } from "../../plain.ts";
import { isPending } from "../../plan/step.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { html } from "./html.ts";
import { code, facts, type Room } from "./parts.ts";
import { nounOf, planSummary } from "../plan_summary.ts";
import { plainStyle } from "../style.ts";
import { count, thousands } from "../words.ts";

/** A plan and what is said about it. */
export interface ShownPlan {
  /** The plan. */
  readonly plan: Plan;
  /** The plan file and its digest; absent where it is of no file. */
  readonly file?: { readonly path: string; readonly digest: string };
  /** Why the policy refuses it, a sentence each; none when it does not, or was not asked. */
  readonly refusals: readonly string[];
  /** What moved since it was made, a sentence each. */
  readonly stale: readonly string[];
  /** What its recipe reports. */
  readonly report?: PlainData;
  /** The fields of a resource's image, where they are known. */
  fields(resource: PlannedResource): readonly ImageField[];
}

/** Most sentences of refusals and of what moved. */
const SENTENCES = 100;
/** Most parameters and definition files. */
const LINES = 100;

/** What stands between the heading and the resources; `level` is that of its own headings. */
export function planHead(
  shown: ShownPlan,
  level: 2 | 3,
  room: Room,
): string {
  const { refusals, stale } = shown;
  return verdict(shown) +
    sentences("Refused, rule by rule", refusals, level, room) +
    sentences("What moved", stale, level, room);
}

/** Where a plan is from; its boot where the page does not name it otherwise. */
export function planFacts(
  { plan, file }: ShownPlan,
  boot: boolean,
  room: Room,
): string {
  const { recipe: { name, url, digest, params }, definitions } = plan;
  const given = Object.entries(params).map(([name, value]) =>
    `${html(name)} ${code(text(value), 2000)}`
  );
  const rows = facts([
    ["Recipe", `<b>${html(name)}</b> ${code(url)}`],
    ["Recipe digest", code(`sha256:${digest}`)],
    ["Parameters", some(given, room) || "none"],
    ["Definitions", some(definitions.map(({ source }) => code(source)), room)],
    ["Plan file", file ? `${code(file.path)}` : ""],
    ["Plan digest", file ? code(file.digest) : ""],
    ["Boot", boot ? code(plan.bootId) : ""],
  ]);
  return room.take(rows)
    ? rows
    : `<p class="dim">Where it is from does not fit: --json has it.</p>`;
}

/** Lines as far as there is room, and how many there are beside. */
function some(lines: readonly string[], room: Room): string {
  const shown = lines.slice(0, LINES).filter((line) => room.take(line));
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${thousands(more)} more`] : [])]
    .join("<br>");
}

/** A parameter as it is given on the command line, where it has such a form. */
function text(value: PlainData): string {
  if (Array.isArray(value) && value.every(isScalar)) return value.join(", ");
  if (isPlainObject(value) && Object.values(value).every(isScalar)) {
    return Object.entries(value).map(([name, one]) => `${name}=${String(one)}`)
      .join(", ");
  }
  return isScalar(value) ? String(value) : JSON.stringify(value);
}

function isScalar(value: PlainData): boolean {
  return typeof value !== "object" || value === null;
}

function verdict({ plan, refusals, stale, report }: ShownPlan): string {
  const { resources, steps } = plan;
  if (resources.length === 0 && report !== undefined) {
    return say("done", "✓", "The recipe reports; it declares nothing.", "");
  }
  const summary = planSummary(plan, plainStyle);
  if (refusals.length > 0) {
    return say("stop", "✕", "Refused by policy: nothing may be sent.", summary);
  }
  if (stale.length > 0) {
    return say(
      "stop",
      "✕",
      "Stale: the machine moved since this plan was made. An apply writes nothing and exits with 3.",
      summary,
    );
  }
  const waiting = resources.filter(({ same }) => same.some(isPending)).length;
  const waits = waiting === 0
    ? ""
    : `${count(waiting, nounOf(plan))} ${
      waiting === 1 ? "waits" : "wait"
    } for a reset.`;
  return steps.length === 0
    ? say("done", "✓", summary, waits)
    : say("go", "~", summary, waits);
}

function say(kind: string, shape: string, text: string, more: string): string {
  return `<p class="verdict ${kind}"><i aria-hidden="true">${shape}</i><span><strong>${
    html(text, 1000)
  }</strong>${more === "" ? "" : ` ${html(more, 1000)}`}</span></p>`;
}

function sentences(
  title: string,
  list: readonly string[],
  level: number,
  room: Room,
): string {
  if (list.length === 0) return "";
  const shown = list.slice(0, SENTENCES)
    .map((each) => `<li>${html(each, 2000)}</li>`)
    .filter((line) => room.take(line));
  const more = list.length - shown.length;
  return `<div class="stops"><h${level}>${title}</h${level}><ul>${
    shown.join("")
  }</ul>${more > 0 ? `<p>and ${count(more, "more sentence")}</p>` : ""}</div>`;
}
