/**
 * What `plan` and `apply` share: from a recipe and its parameters to a plan.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import type { Definition } from "../device/definition.ts";
import type { Inventory } from "../device/inventory.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { planRecipe } from "../plan/from_recipe.ts";
import type { Lanes } from "../parallel/lanes.ts";
import type { PlanLanes } from "../plan/from_recipe.ts";
import type { PolicyWorld } from "../plan/policy.ts";
import type { Plan } from "../plan/types.ts";
import { loadRecipe } from "../recipe/load.ts";
import type { GivenParams } from "../recipe/params.ts";
import { planText } from "../view/plan.ts";
import { reportText } from "../view/report.ts";
import type { Style } from "../view/style.ts";
import type { Context } from "./context.ts";
import { readJson } from "./files.ts";
import { policyOf, type PolicyOptions, sealsOf } from "./policy.ts";
import { notePending, type PendingUse } from "./pending.ts";
import { Progress } from "./progress.ts";
import { type ParallelOptions, setUp } from "./lanes.ts";
import { openSessions } from "./sessions.ts";
import { requireSignedRecipe, type SignedOptions } from "./trust.ts";

/** The options of `plan` and `apply`. */
export interface RecipeOptions
  extends PolicyOptions, SignedOptions, ParallelOptions {
  /** `name=value` texts. */
  readonly param?: readonly string[] | undefined;
  /** A JSON file with parameters. */
  readonly params?: string | undefined;
  /** Show the parameters and stop. */
  readonly paramsHelp?: boolean | undefined;
  /** Show everything. */
  readonly all?: boolean | undefined;
}

/** A plan, and what it was made with. */
export interface PlannedRun {
  /** The plan. */
  readonly plan: Plan;
  /** What the recipe reports, if it does. */
  readonly report?: PlainData;
  /** The machine when it was made. */
  readonly inventory: Inventory;
  /** What a policy asks about. */
  readonly world: PolicyWorld;
  /** The drivers it was made with. */
  readonly drivers: readonly Driver[];
  /** The definition files it was made with. */
  readonly definitions: readonly Definition[];
}

/** Evaluates a recipe and plans what it declares; sends reads only. */
export async function planned(
  context: Context,
  host: Host,
  recipe: string,
  options: RecipeOptions,
  use: PendingUse = "look",
  lanes?: Lanes,
): Promise<PlannedRun> {
  const source = await loadRecipe(recipe);
  await requireSignedRecipe(context, source, options);
  // The same eyes as apply will have, and no hands.
  const policy = {
    ...await policyOf(context, options),
    effect: "read",
  } as const;
  using opened = await openSessions(context, host, policy);
  const { sessions, drivers, inventory } = opened;
  using progress = new Progress(context.output, "reading");
  let side: PlanLanes | undefined;
  if (lanes) {
    setUp(lanes, context, host, opened, inventory.devices.length);
    const { planLanes } = await import("../parallel/plan.ts");
    side = planLanes(
      lanes,
      inventory,
      (done, total) => progress.step(done, total, "devices", lanes.running),
    );
  }
  const { plan, report } = await planRecipe({
    source,
    params: givenParams(options),
    sessions,
    drivers,
    lanes: side,
    progress: (done, total) => progress.step(done, total),
  });
  const world = {
    inventory,
    now: () => new Date(),
    seals: await sealsOf(context, host),
  };
  return {
    plan: notePending(context, plan, use),
    inventory,
    world,
    drivers,
    definitions: sessions.definitions,
    ...(report === undefined ? {} : { report }),
  };
}

/** What a planned run shows. */
export function plannedText(
  { plan, report }: PlannedRun,
  style: Style,
  options: RecipeOptions,
): string {
  const parts: string[] = [];
  if (report !== undefined) parts.push(reportText(report, style));
  // A recipe that only reports has no plan to show.
  if (report === undefined || plan.resources.length > 0) {
    parts.push(planText(plan, style, { all: options.all ?? false }));
  }
  return parts.join("\n");
}

function givenParams(
  { param = [], params }: RecipeOptions,
): GivenParams {
  if (params === undefined) return { texts: param, data: {} };
  const data = readJson(params, "the parameters") as PlainData;
  if (isPlainObject(data)) return { texts: param, data };
  throw new UsageError(`${params} is not a JSON object`, {
    hint: 'Write { "name": value, … }',
  });
}
