/**
 * The page of one plan: a file that asks nobody for anything, works from a disk
 * and on paper, and is whole without its script.
 *
 * @module
 */
import type { Inventory } from "../../device/inventory.ts";
import { page } from "./html.ts";
import { treeOfInventory, treeOfPlan, wordsOfPlan } from "./devices.ts";
import {
  machineFacts,
  originFacts,
  type PageMachine,
  type PageOrigin,
} from "./machine.ts";
import { FacetList, facts, Room } from "./parts.ts";
import { planBody } from "./plan.ts";
import { planFacts, planHead, type ShownPlan } from "./plan_head.ts";
import { HINT, tree } from "./tree.ts";
import { PLAN_SCRIPT } from "./plan_page_script.ts";
import { PLAN_STYLE } from "./plan_page_style.ts";

/** Bytes of the tree, and of everything else that grows. */
const TREE = 200_000;
const BODY = 730_000;

/** What the page shows. */
export interface PlanPage {
  /** The plan. */
  readonly shown: ShownPlan;
  /** The machine it was made on; null for a plan file, which asks none. */
  readonly machine: PageMachine | null;
  /** Its devices; null for a plan file. */
  readonly inventory: Inventory | null;
  /** When and by what. */
  readonly origin: PageOrigin;
}

/** The page as text. */
export async function planPage(
  { shown, machine, inventory, origin }: PlanPage,
): Promise<string> {
  const { plan } = shown;
  const list = new FacetList();
  const room = new Room(BODY);
  const head = planHead(shown, 2, room);
  const from = planFacts(shown, machine === null, room);
  const body = planBody(shown, { list, room, prefix: "r", label: "" });
  const devices = inventory
    ? treeOfInventory(inventory, body.placed, wordsOfPlan(plan))
    : treeOfPlan(plan, body.placed);
  const machineTree = tree(devices, list, new Room(TREE));
  const where = machine === null
    ? `<p class="dim">From a plan file: no device was asked. An apply reads everything again and writes nothing when anything moved.</p>`
    : facts([...machineFacts(machine), ...originFacts(origin)]);
  return await page({
    title: `Plan: ${plan.recipe.name}`,
    header: `${head}
<div class="about">${from}${where}${
      machine === null ? facts(originFacts(origin)) : ""
    }</div>`,
    main: `${list.bar()}
<section data-group><h2>${inventory ? "Machine" : "Devices of the plan"}</h2>
${HINT}
${machineTree}</section>
<section><h2>Plan</h2>
${
      body.markup === ""
        ? `<p class="dim">Nothing is declared.</p>`
        : body.markup
    }</section>`,
    style: PLAN_STYLE,
    script: PLAN_SCRIPT,
  });
}
