/**
 * `fwctl drift RECIPE…`: compares without writing.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Lanes } from "../parallel/lanes.ts";
import { driftOf } from "../plan/drift.ts";
import { driftMetrics, type DriftReport, driftText } from "../view/drift.ts";
import { errorBody } from "../view/json.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { writeAtomically } from "./files.ts";
import { openLanes } from "./lanes.ts";
import { planned, type RecipeOptions } from "./planning.ts";

/** The command's options. */
export interface DriftOptions extends RecipeOptions {
  /** A file for a textfile collector. */
  readonly prometheus?: string | undefined;
}

/** A recipe to compare, with its own parameters. */
export interface DriftOf {
  /** Its path or URL. */
  readonly source: string;
  /** How it is planned. */
  readonly options: RecipeOptions;
}

/** Runs the command: 0 as declared, 2 drifted or pending, 1 when a recipe could not be compared. */
export async function drift(
  context: Context,
  recipes: readonly string[],
  options: DriftOptions,
): Promise<ExitCode> {
  const of = recipes.map((source) => ({ source, options }));
  return tellDrift(context, await compareAll(context, of, options), options);
}

/** Compares one recipe after another. */
export async function compareAll(
  context: Context,
  recipes: readonly DriftOf[],
  options: DriftOptions,
): Promise<DriftReport[]> {
  using lanes = await openLanes(context, options);
  return await withHost(context, async (host) => {
    const found: DriftReport[] = [];
    for (const { source, options } of recipes) {
      found.push(await compare(context, host, source, options, lanes));
    }
    return found;
  });
}

/** Shows what was found, and says the exit code. */
export function tellDrift(
  { output }: Context,
  reports: readonly DriftReport[],
  options: DriftOptions,
): ExitCode {
  if (options.prometheus !== undefined) {
    const now = Math.floor(Date.now() / 1000);
    const text = driftMetrics(reports, now);
    // The collector runs as somebody else.
    writeAtomically(options.prometheus, text, "the metrics", 0o644);
  }
  output.result(
    "drift",
    () => ({
      recipes: reports.map(({ error, drift, ...names }) => ({
        ...names,
        ...(drift ?? {}),
        error: error ? errorBody(error) : null,
      })),
    }),
    (style) => driftText(reports, style, { all: options.all ?? false }),
  );
  if (reports.some(({ drift }) => !drift)) return EXIT.error;
  const off = reports.some(({ drift }) =>
    drift && drift.count.drifted + drift.count.pending > 0
  );
  return off ? EXIT.pending : EXIT.done;
}

/** One recipe; that it cannot be compared is an answer too, so that the others are. */
async function compare(
  context: Context,
  host: Host,
  source: string,
  options: RecipeOptions,
  lanes: Lanes | undefined,
): Promise<DriftReport> {
  try {
    const { plan } = await planned(
      context,
      host,
      source,
      options,
      "keep",
      lanes,
    );
    return { source, recipe: plan.recipe.name, drift: driftOf(plan) };
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    return { source, recipe: "", error };
  }
}
