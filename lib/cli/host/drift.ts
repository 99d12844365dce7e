/**
 * `fwctl host drift`: how this host stands beside what the site declares.
 *
 * @module
 */
import type { Drift } from "../../plan/drift.ts";
import type { DriftReport } from "../../view/drift.ts";
import type { Context } from "../context.ts";
import { compareAll, type DriftOptions, tellDrift } from "../drift.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { logged } from "./log.ts";
import { noteIgnored, onSite, readSite } from "./site.ts";

/** The command's options. */
export interface HostDriftOptions extends DriftOptions {
  /** The site's folder. */
  readonly config?: string | undefined;
  /** A file that gets a line for each recipe. */
  readonly log?: string | undefined;
}

/** Runs the command; exit codes are those of `fwctl drift`. */
export async function hostDrift(
  given: Context,
  options: HostDriftOptions,
): Promise<ExitCode> {
  const site = readSite(options.config);
  noteIgnored(given, site);
  const context = onSite(given, site);
  if (site.recipes.length === 0 && !context.output.json) {
    context.output.note(`There is no recipe in ${site.dir}/recipes\n`);
    // Metrics of recipes that are gone must not stay.
    if (options.prometheus === undefined) return EXIT.done;
  }
  const reports = await compareAll(
    context,
    site.recipes.map(({ path, params }) => ({
      source: path,
      options: { ...options, params },
    })),
    options,
  );
  const code = tellDrift(context, reports, options);
  return logged(context, options.log, "drift", reports.map(line), code);
}

function line({ source, drift, error }: DriftReport): string {
  const name = source.slice(source.lastIndexOf("/") + 1);
  return `${name} ${drift ? counts(drift) : error?.message ?? "not known"}`;
}

function counts({ count }: Drift): string {
  return `${count.drifted} drifted, ${count.pending} pending, ${
    count["as-declared"]
  } as declared`;
}
