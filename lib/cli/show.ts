/**
 * `fwctl show FILE`: what a plan file would do. Opens no device.
 *
 * @module
 */
import { planBody } from "../view/json.ts";
import { planText } from "../view/plan.ts";
import { thousands } from "../view/words.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { readPlan, refusePage } from "./plan_file.ts";
import type { SignedOptions } from "./trust.ts";

/** The command's options. */
export interface ShowOptions extends SignedOptions {
  /** Show everything. */
  readonly all?: boolean | undefined;
  /** Write a page of it here. */
  readonly html?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** Runs the command. */
export async function show(
  context: Context,
  file: string,
  options: ShowOptions,
): Promise<ExitCode> {
  const { html, force = false } = options;
  if (html !== undefined) refusePage(html, file, force);
  const { plan, digest } = await readPlan(context, file, options);
  const { recipe } = plan;
  const page = html === undefined
    ? undefined
    : await (await import("./plan_html.ts"))
      .writeSavedHtml(context, html, plan, { path: file, digest });
  context.output.result(
    "show",
    () => ({
      plan: planBody(plan),
      changes: plan.steps.length > 0,
      digest,
      ...(page === undefined ? {} : { page }),
    }),
    (style) =>
      [
        `${style("recipe", "bold")}  ${style(recipe.name)}  ${
          style(recipe.url)
        }  sha256:${style(recipe.digest)}`,
        `${style("plan", "bold")}    ${style(file)}  ${style(digest)}`,
        "",
        planText(plan, style, { all: options.all ?? false }) +
        (page === undefined ? "" : `
Page in ${style(page.file)}, ${thousands(page.bytes)} bytes
`),
      ].join("\n"),
  );
  return EXIT.done;
}
