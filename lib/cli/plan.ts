/**
 * `fwctl plan RECIPE`: reads, compares, and shows what would be sent. Writes
 * nothing.
 *
 * @module
 */
import { enforcePlan, planRefusals } from "../plan/policy.ts";
import { planBody } from "../view/json.ts";
import { thousands } from "../view/words.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { openLanes } from "./lanes.ts";
import { paramsHelp } from "./params.ts";
import { refuseExisting, refusePage, writePlan } from "./plan_file.ts";
import { planned, plannedText, type RecipeOptions } from "./planning.ts";
import { policyOf } from "./policy.ts";

/** The command's options. */
export interface PlanOptions extends RecipeOptions {
  /** Exit with 2 when changes are pending. */
  readonly detailedExitcode?: boolean | undefined;
  /** Write the plan here. */
  readonly output?: string | undefined;
  /** Write a page of it here. */
  readonly html?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** Runs the command. */
export async function plan(
  context: Context,
  recipe: string,
  options: PlanOptions,
): Promise<ExitCode> {
  if (options.paramsHelp) return await paramsHelp(context, recipe, options);
  const { output } = context;
  const { output: file, html, force = false } = options;
  if (file !== undefined) refuseExisting(file, force);
  if (html !== undefined) refusePage(html, file, force);
  const policy = await policyOf(context, options);
  using lanes = await openLanes(context, options);
  const found = await withHost(
    context,
    async (host) => {
      const run = await planned(context, host, recipe, options, "look", lanes);
      const machine = html === undefined
        ? undefined
        : (await import("./page_file.ts"))
          .pageMachine(context.globals, host, run.inventory);
      return { ...run, machine };
    },
  );
  const refusals = planRefusals(found.plan, policy, found.world);
  const changes = found.plan.steps.length > 0;
  // A plan that may not be applied is not kept.
  const digest = file !== undefined && refusals.length === 0
    ? writePlan(file, found.plan)
    : undefined;
  // A refused plan is shown too: that is when somebody wants to see it.
  const page = html === undefined
    ? undefined
    : await (await import("./plan_html.ts")).writePlanHtml(html, found, {
      refusals,
      ...(digest === undefined || file === undefined
        ? {}
        : { file: { path: file, digest } }),
    });
  output.result(
    "plan",
    () => ({
      plan: planBody(found.plan),
      changes,
      refusals,
      ...(digest === undefined ? {} : { file, digest }),
      ...(page === undefined ? {} : { page }),
      ...(found.report === undefined ? {} : { report: found.report }),
    }),
    (style) =>
      plannedText(found, style, options) + (digest === undefined ? "" : `
Saved in ${style(file ?? "")}, ${digest}
`) + (page === undefined ? "" : `
Page in ${style(page.file)}, ${thousands(page.bytes)} bytes
`),
  );
  if (refusals.length > 0 && output.json) return EXIT.refused;
  enforcePlan(found.plan, policy, found.world);
  return changes && options.detailedExitcode ? EXIT.pending : EXIT.done;
}
