/**
 * A plan on a page: what may be done with it in one sentence, what refuses it,
 * and every resource, device by device.
 *
 * @module
 */
import type { ImageField } from "../../drivers/driver.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { isPending } from "../plan/step.ts";
import type { Plan, PlannedDevice, PlannedResource } from "../plan/types.ts";
import { html } from "./html.ts";
import { dataHtml } from "./page_data.ts";
import { identityFacts, type Placed } from "./page_devices.ts";
import { code, type FacetList, facts, type Room } from "./page_parts.ts";
import { resourceCard, resourceRow } from "./page_resource.ts";
import { type Standing, standings } from "./page_state.ts";
import { nounOf, planSummary } from "./plan_summary.ts";
import { plainStyle } from "./style.ts";
import { count } from "./words.ts";

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

/** Bytes a line of a resource takes, about. */
const LINE = 320;
/** With at most so many requests the pictures are open from the start. */
const OPEN = 3;
/** Most sentences of refusals and of what moved. */
const SENTENCES = 100;

/** What stands between the heading and the resources; `level` is that of its own headings. */
export function planHead(shown: ShownPlan, level: 2 | 3): string {
  const { refusals, stale } = shown;
  return verdict(shown) +
    sentences("Refused, rule by rule", refusals, level) +
    sentences("What moved", stale, level);
}

/** Where a plan is from; its boot where the page does not name it otherwise. */
export function planFacts({ plan, file }: ShownPlan, boot: boolean): string {
  const { recipe: { name, url, digest, params }, definitions } = plan;
  return facts([
    ["Recipe", `<b>${html(name)}</b> ${code(url)}`],
    ["Recipe digest", code(`sha256:${digest}`)],
    [
      "Parameters",
      Object.entries(params).map(([name, value]) =>
        `${html(name)} ${code(text(value), 2000)}`
      ).join("<br>") || "none",
    ],
    ["Definitions", definitions.map(({ source }) => code(source)).join("<br>")],
    ["Plan file", file ? `${code(file.path)}` : ""],
    ["Plan digest", file ? code(file.digest) : ""],
    ["Boot", boot ? code(plan.bootId) : ""],
  ]);
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
): string {
  if (list.length === 0) return "";
  const more = list.length - SENTENCES;
  return `<div class="stops"><h${level}>${title}</h${level}><ul>${
    list.slice(0, SENTENCES).map((each) => `<li>${html(each, 2000)}</li>`)
      .join("")
  }</ul>${more > 0 ? `<p>and ${count(more, "more sentence")}</p>` : ""}</div>`;
}

/** Where a plan's resources go. */
export interface PlanPlace {
  /** What can be filtered. */
  readonly list: FacetList;
  /** How many bytes there are. */
  readonly room: Room;
  /** Begins every id: no two plans of a page have one. */
  readonly prefix: string;
  /** Before what a function's line in the tree says of it; "" where the page has one plan. */
  readonly label: string;
}

/** All resources as markup, and where each is on the page. */
export function planBody(
  shown: ShownPlan,
  { list, room, prefix, label }: PlanPlace,
): { readonly markup: string; readonly placed: readonly Placed[] } {
  const { plan, report } = shown;
  const all = standings(plan);
  // Lines for all come first; pictures have what they leave.
  const pictures = Math.max(room.left * 0.35, room.left - LINE * all.length);
  let spent = 0;
  let full = false;
  let cut = 0;
  const placed: Placed[] = [];
  const parts: string[] = [];
  if (report !== undefined) {
    parts.push(`<h3>The recipe's report</h3>`, dataHtml(report, room));
  }
  for (const device of plan.devices) {
    const cards: string[] = [];
    const lines: string[] = [];
    for (const standing of all) {
      if (standing.resource.device !== device.name) continue;
      const id = `${prefix}${standing.index}`;
      const card: string = wantsCard(standing) && !full
        ? resourceCard(standing, list, {
          id,
          fields: shown.fields(standing.resource),
          open: plan.steps.length <= OPEN,
        })
        : "";
      if (card !== "" && spent + card.length < pictures && room.take(card)) {
        spent += card.length;
        cards.push(card);
        placed.push({ standing, id, label });
        continue;
      }
      // What came later must not look larger than what came first.
      full ||= card !== "";
      const line = resourceRow(standing, list, id);
      const fits = room.take(line);
      if (fits) lines.push(line);
      else cut++;
      placed.push({ standing, id: fits ? id : undefined, label });
    }
    parts.push(deviceSection(device, cards, lines));
  }
  if (cut > 0) {
    parts.push(
      `<p class="cut"><i aria-hidden="true">…</i> And ${
        count(cut, "more resource")
      }, for which this page has no room: the command shows them with --all, and has them with --json.</p>`,
    );
  }
  return { markup: parts.join("\n"), placed };
}

/** What is as declared needs a line only. */
function wantsCard({ state, resource }: Standing): boolean {
  return state !== "as declared" || resource.notes.length > 0;
}

function deviceSection(
  { name, driver, address, identity, context }: PlannedDevice,
  cards: readonly string[],
  lines: readonly string[],
): string {
  const rest = [...identityFacts(identity), ...context].join(" · ");
  return `<section data-group><h3><span>${html(name)}</span><span>${
    html(driver)
  }</span>${code(address)}<span class="dim">${html(rest)}</span></h3>
${cards.join("")}${
    lines.length === 0
      ? ""
      : `<div class="wide" tabindex="0" role="group" aria-label="${
        html(`Resources of ${name} in short`)
      }"><table class="lines"><caption class="sr">Resources of ${
        html(name)
      } in short</caption><thead><tr><th scope="col">resource<th scope="col">address<th scope="col">state<th scope="col">fields<th scope="col">request or identity</thead><tbody>
${lines.join("")}</tbody></table></div>`
  }</section>`;
}
