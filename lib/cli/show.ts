/**
 * `fwctl show FILE`: what a plan file would do. Opens no device.
 *
 * @module
 */
import { planBody } from "../view/json.ts";
import { planText } from "../view/plan.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { readPlan } from "./plan_file.ts";
import type { SignedOptions } from "./trust.ts";

/** The command's options. */
export interface ShowOptions extends SignedOptions {
  /** Show everything. */
  readonly all?: boolean | undefined;
}

/** Runs the command. */
export async function show(
  context: Context,
  file: string,
  options: ShowOptions,
): Promise<ExitCode> {
  const { plan, digest } = await readPlan(context, file, options);
  const { recipe } = plan;
  context.output.result(
    "show",
    () => ({ plan: planBody(plan), changes: plan.steps.length > 0, digest }),
    (style) =>
      [
        `${style("recipe", "bold")}  ${style(recipe.name)}  ${
          style(recipe.url)
        }  sha256:${style(recipe.digest)}`,
        `${style("plan", "bold")}    ${style(file)}  ${style(digest)}`,
        "",
        planText(plan, style, { all: options.all ?? false }),
      ].join("\n"),
  );
  return EXIT.done;
}
