/**
 * A plan on a page: every resource, device by device, as far as there is room,
 * and what is left out.
 *
 * @module
 */
import type { PlannedDevice } from "../../plan/types.ts";
import { html } from "./html.ts";
import { dataHtml } from "./data.ts";
import { identityFacts, type Placed } from "./devices.ts";
import { code, type FacetList, type Room } from "./parts.ts";
import type { ShownPlan } from "./plan_head.ts";
import { fieldText, resourceCard, resourceRow } from "./resource.ts";
import { type Standing, standings } from "./state.ts";
import { count, thousands } from "../words.ts";

/** Bytes a line of a resource takes, about. */
const LINE = 320;
/** Kinds of what is left out that are told. */
const MOST_KINDS = 12;
/** With at most so many requests the pictures are open from the start. */
const OPEN = 3;

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
  const pictures = Math.max(room.left * 0.2, room.left - LINE * all.length);
  let spent = 0;
  let full = false;
  const cut: Standing[] = [];
  const placed: Placed[] = [];
  const parts: string[] = [];
  if (report !== undefined) {
    parts.push(`<h3>The recipe's report</h3>`, dataHtml(report, room));
  }
  const left = Map.groupBy(all, ({ resource }) => resource.device);
  for (const device of plan.devices) {
    const own = left.get(device.name) ?? [];
    if (own.length === 0 || !room.take(deviceSection(device, [], [""]))) {
      continue;
    }
    left.delete(device.name);
    const cards: string[] = [];
    const lines: string[] = [];
    for (const standing of own) {
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
      else cut.push(standing);
      placed.push({ standing, id: fits ? id : undefined, label });
    }
    parts.push(deviceSection(device, cards, lines));
  }
  for (const standing of [...left.values()].flat()) {
    cut.push(standing);
    placed.push({ standing, id: undefined, label });
  }
  parts.push(cutText(cut));
  return { markup: parts.join("\n"), placed };
}

/** What a page has no room for: how many, and what is alike among them. */
function cutText(cut: readonly Standing[]): string {
  if (cut.length === 0) return "";
  const kinds = new Map<string, number>();
  for (const standing of cut) {
    const kind = `${standing.state}: ${fieldText(standing)}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const most = [...kinds].sort(([, a], [, b]) => b - a).slice(0, MOST_KINDS);
  const more = kinds.size - most.length;
  return `<div class="cut"><p><i aria-hidden="true">…</i> And ${
    count(cut.length, "more resource")
  }, for which this page has no room: the command shows them with --all, and has them with --json.</p><ul>${
    most.map(([kind, n]) => `<li>${thousands(n)} ${html(kind, 1000)}</li>`)
      .join("")
  }</ul>${more > 0 ? `<p>and ${count(more, "other kind")}</p>` : ""}</div>`;
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
