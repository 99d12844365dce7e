/**
 * The page of a plan, as `plan --html` and `show --html` write it.
 *
 * @module
 */
import { loadDrivers } from "../../drivers/load.ts";
import type { Plan } from "../plan/types.ts";
import type { PageMachine } from "../view/page/machine.ts";
import type { ShownPlan } from "../view/page/plan_head.ts";
import { planPage } from "../view/page/plan_page.ts";
import type { Context } from "./context.ts";
import {
  imageFields,
  pageOrigin,
  writePageFile,
  type WrittenPage,
} from "./page_file.ts";
import { definitionsOf } from "./plan_file.ts";
import type { PlannedRun } from "./planning.ts";

/** What is known beside the plan itself. */
type Beside = Pick<ShownPlan, "refusals" | "file">;

/** Writes the page of a plan that was just made. @throws `UsageError` when it cannot be written */
export async function writePlanHtml(
  path: string,
  found: PlannedRun & { readonly machine: PageMachine | undefined },
  beside: Beside,
): Promise<WrittenPage> {
  const { plan, report, inventory, machine, drivers, definitions } = found;
  const text = await planPage({
    shown: {
      plan,
      stale: [],
      ...beside,
      ...(report === undefined ? {} : { report }),
      fields: imageFields(drivers, definitions),
    },
    machine: machine ?? null,
    inventory,
    origin: pageOrigin(),
  });
  return writePageFile(path, text);
}

/** Writes the page of a plan file; no device is opened. @throws `UsageError` */
export async function writeSavedHtml(
  context: Context,
  path: string,
  plan: Plan,
  file: { readonly path: string; readonly digest: string },
): Promise<WrittenPage> {
  const drivers = await loadDrivers();
  const definitions = definitionsOf(context, plan, drivers);
  const text = await planPage({
    shown: {
      plan,
      file,
      refusals: [],
      stale: [],
      fields: imageFields(drivers, definitions),
    },
    machine: null,
    inventory: null,
    origin: pageOrigin(),
  });
  return writePageFile(path, text);
}
