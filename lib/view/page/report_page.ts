/**
 * The page of a whole machine: its devices as a tree, what recipes and plan
 * files would do to it, and the runs on record.
 *
 * @module
 */
import type { Inventory } from "../../device/inventory.ts";
import { driftOf } from "../../plan/drift.ts";
import { html, page } from "./html.ts";
import { type DeviceWords, type Placed, treeOfInventory } from "./devices.ts";
import {
  machineFacts,
  originFacts,
  type PageMachine,
  type PageOrigin,
} from "./machine.ts";
import { FacetList, facts, Room } from "./parts.ts";
import { planBody } from "./plan.ts";
import { planFacts, planHead, type ShownPlan } from "./plan_head.ts";
import { type ShownRun, timeline } from "./runs.ts";
import { HINT, tree } from "./tree.ts";
import { PLAN_SCRIPT } from "./plan_page_script.ts";
import { PLAN_STYLE } from "./plan_page_style.ts";
import { count } from "../words.ts";

/** Bytes of what grows. */
const TREE = 200_000;
const PLANS = 450_000;
const RUNS = 200_000;
/** Plans that find a place on one page. */
const MOST_PLANS = 40;

/** A recipe or a plan file that the machine is held against. */
export interface ReportPlan {
  /** As it was named. */
  readonly source: string;
  /** The plan; absent when there is none. */
  readonly shown?: ShownPlan;
  /** Why not; "" when there is one. */
  readonly error: string;
}

/** What the page shows. */
export interface ReportPage {
  /** The machine. */
  readonly machine: PageMachine;
  /** Its devices. */
  readonly inventory: Inventory;
  /** What they say of themselves, by name. */
  readonly words: ReadonlyMap<string, DeviceWords>;
  /** Who holds a function, by PCI address. */
  readonly holders: ReadonlyMap<string, string>;
  /** What it is held against. */
  readonly plans: readonly ReportPlan[];
  /** The runs on record, oldest first; null where none are kept. */
  readonly runs: readonly ShownRun[] | null;
  /** Older runs that are not among them. */
  readonly earlier: number;
  /** When and by what. */
  readonly origin: PageOrigin;
}

/** How much there is on a page. */
export interface ReportCounts {
  /** fwctl devices. */
  readonly devices: number;
  /** Their virtual functions. */
  readonly functions: number;
  /** Recipes and plan files. */
  readonly plans: number;
  /** Of those, how many could not be compared. */
  readonly errors: number;
  /** Of those, how many the policy refuses. */
  readonly refused: number;
  /** Of those, how many are stale. */
  readonly stale: number;
  /** Their resources by how they stand. */
  readonly resources: Readonly<
    Record<"as-declared" | "pending" | "drifted", number>
  >;
  /** Runs on record. */
  readonly runs: number;
  /** Runs that never ended. */
  readonly unfinished: number;
}

/** Counts what a report has. */
export function reportCounts(
  { inventory, plans, runs, earlier }: ReportPage,
): ReportCounts {
  const resources = { "as-declared": 0, pending: 0, drifted: 0 };
  for (const { shown } of plans) {
    if (!shown) continue;
    const { count } = driftOf(shown.plan);
    resources["as-declared"] += count["as-declared"];
    resources.pending += count.pending;
    resources.drifted += count.drifted;
  }
  return {
    devices: inventory.devices.length,
    functions: inventory.devices.reduce(
      (sum, { virtfns }) => sum + virtfns.length,
      0,
    ),
    plans: plans.length,
    errors: plans.filter(({ shown }) => !shown).length,
    refused: plans.filter(({ shown }) => shown && shown.refusals.length > 0)
      .length,
    stale: plans.filter(({ shown }) => shown && shown.stale.length > 0).length,
    resources,
    runs: (runs?.length ?? 0) + earlier,
    unfinished: runs?.filter(({ open }) => open).length ?? 0,
  };
}

/** The page as text. */
export async function reportPage(report: ReportPage): Promise<string> {
  const { machine, inventory, words, holders, plans, runs, origin } = report;
  const list = new FacetList();
  const placed: Placed[] = [];
  const sections = plans.slice(0, MOST_PLANS).map((each, index) => {
    const room = new Room(PLANS / Math.min(plans.length, MOST_PLANS));
    return planSection(
      each,
      `p${index}-`,
      room,
      list,
      placed,
      plans.length > 1,
    );
  });
  const devices = treeOfInventory(inventory, placed, words, holders);
  const machineTree = tree(devices, list, new Room(TREE));
  const journal = runs === null
    ? `<p class="dim">No state directory: no runs are on record.</p>`
    : timeline(runs, report.earlier, list, new Room(RUNS));
  const name = machine.host === "" ? machine.what : machine.host;
  return await page({
    title: `fwctl report: ${name}`,
    header: `${verdict(reportCounts(report), runs !== null)}
<div class="about">${facts(machineFacts(machine).slice(0, 3))}${
      facts([...machineFacts(machine).slice(3), ...originFacts(origin)])
    }</div>`,
    main: `${list.bar()}
<section data-group><h2>Machine</h2>
${HINT}
${
      devices.length === 0
        ? `<p>No fwctl device: fwctl doctor says why.</p>`
        : machineTree
    }</section>
${sections.join("\n")}
${
      plans.length > MOST_PLANS
        ? `<p class="cut">And ${
          count(plans.length - MOST_PLANS, "more plan")
        }: a page has room for ${MOST_PLANS}.</p>`
        : ""
    }
<section data-group><h2>Journal</h2>
${journal}</section>`,
    style: PLAN_STYLE,
    script: PLAN_SCRIPT,
  });
}

function planSection(
  { source, shown, error }: ReportPlan,
  prefix: string,
  room: Room,
  list: FacetList,
  placed: Placed[],
  several: boolean,
): string {
  if (!shown) {
    return `<section><h2>${
      html(source)
    }</h2><p class="verdict stop"><i aria-hidden="true">✕</i><span>${
      html(error, 2000)
    }</span></p></section>`;
  }
  const { plan, file } = shown;
  const label = `${file ? "plan file" : "recipe"} ${plan.recipe.name}`;
  const head = planHead(shown, 3, room) +
    planFacts(shown, file !== undefined, room);
  const body = planBody(shown, {
    list,
    room,
    prefix,
    label: several ? label : "",
  });
  placed.push(...body.placed);
  return `<section><h2>${file ? "Plan file" : "Recipe"}: ${
    html(plan.recipe.name)
  }</h2>
${head}
${body.markup}</section>`;
}

function verdict(counts: ReportCounts, journals: boolean): string {
  const { devices, functions, plans, resources, runs, unfinished } = counts;
  const off = [
    [resources.drifted, "to change"],
    [resources.pending, "waiting for a reset"],
    [resources["as-declared"], "as declared"],
  ].map(([n, what]) => `${n} ${what}`).join(", ");
  const bad = [
    ...(counts.errors > 0
      ? [`${count(counts.errors, "plan")} could not be compared`]
      : []),
    ...(counts.refused > 0
      ? [`${count(counts.refused, "plan")} refused by policy`]
      : []),
    ...(counts.stale > 0 ? [`${count(counts.stale, "plan")} stale`] : []),
    ...(unfinished > 0 ? [`${count(unfinished, "run")} never ended`] : []),
  ];
  const kind = bad.length > 0
    ? "stop"
    : resources.drifted + resources.pending > 0
    ? "go"
    : "done";
  const shape = { stop: "✕", go: "~", done: "✓" }[kind];
  return `<p class="verdict ${kind}"><i aria-hidden="true">${shape}</i><span><strong>${
    count(devices, "device")
  } with ${count(functions, "virtual function")}.</strong>${
    plans > counts.errors
      ? ` Held against ${count(plans, "plan")}: ${off}.`
      : ""
  }${journals ? ` ${count(runs, "run")} on record.` : ""}${
    bad.length === 0 ? "" : ` <strong>${html(`${bad.join(", ")}.`)}</strong>`
  }</span></p>`;
}
