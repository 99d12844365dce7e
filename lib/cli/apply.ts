/**
 * `fwctl apply RECIPE`: plans, asks, writes, verifies, and undoes on failure.
 *
 * @module
 */
import { applyPlan } from "../apply/apply.ts";
import type { ApplyHooks, ApplyResult } from "../apply/types.ts";
import type { Host } from "../host/host.ts";
import { enforcePlan } from "../plan/policy.ts";
import { planBody, resultBody } from "../view/json.ts";
import { resultText } from "../view/result.ts";
import { count } from "../view/words.ts";
import { confirm } from "./confirm.ts";
import { type Context, withHost } from "./context.ts";
import { type ExitCode, exitOfResult } from "./exit.ts";
import { paramsHelp } from "./params.ts";
import {
  planned,
  type PlannedRun,
  plannedText,
  type RecipeOptions,
} from "./planning.ts";
import { policyOf } from "./policy.ts";
import { Progress } from "./progress.ts";
import { openSessions } from "./sessions.ts";
import { uninterrupted } from "./signals.ts";

/** The command's options. */
export interface ApplyOptions extends RecipeOptions {
  /** Do not ask. */
  readonly yes?: boolean | undefined;
}

/** Runs the command. */
export async function apply(
  context: Context,
  recipe: string,
  options: ApplyOptions,
): Promise<ExitCode> {
  if (options.paramsHelp) return await paramsHelp(context, recipe);
  const { output } = context;
  return await withHost(context, async (host) => {
    const found = await planned(context, host, recipe, options);
    if (!output.json) {
      output.text(plannedText(found, output.style, options));
    }
    const result = await carryOut(context, host, found, options);
    const { plan, report } = found;
    output.result(
      "apply",
      () => ({
        plan: planBody(plan),
        result: resultBody(result),
        ...(report === undefined ? {} : { report }),
      }),
      // A plan without steps has said already that there is nothing to do.
      (style) =>
        result.outcome === "nothing"
          ? ""
          : `\n${
            resultText(plan, result, style, { all: options.all ?? false })
          }`,
    );
    return exitOfResult(result);
  });
}

async function carryOut(
  context: Context,
  host: Host,
  { plan, world }: PlannedRun,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const { output } = context;
  const policy = await policyOf(context, options);
  enforcePlan(plan, policy, world);
  if (plan.steps.length === 0) return { outcome: "nothing", steps: [] };
  confirm(
    output,
    `Apply ${count(plan.steps.length, "request")}?`,
    options.yes ?? false,
  );
  // The machine went on while it was planned and asked.
  using opened = await openSessions(context, host, policy);
  const { sessions, inventory } = opened;
  using progress = new Progress(output, "applying");
  const { length } = plan.steps;
  const hooks: ApplyHooks = {
    verified: (_step, index, undo) =>
      progress.step(undo ? index : index + 1, length),
  };
  return uninterrupted(() =>
    applyPlan({
      plan,
      policy,
      inventory,
      session: (name) => sessions.get(name),
      hooks,
    })
  );
}
