/**
 * `fwctl host prune`: removes what nobody needs: journals of runs that ended
 * long ago, seals of earlier boots.
 *
 * @module
 */
import { journalFolder } from "../../apply/journal.ts";
import { oldRuns } from "../../apply/old.ts";
import { UsageError } from "../../errors.ts";
import { bootId } from "../../host/facts.ts";
import { count } from "../../view/words.ts";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { logged } from "./log.ts";
import { needState, type State } from "../runs.ts";

/** The command's options. */
export interface PruneOptions {
  /** Days; 90 when absent. */
  readonly olderThan?: number | undefined;
  /** So many of the newest runs stay; 20 when absent. */
  readonly keep?: number | undefined;
  /** Say what would go. */
  readonly dryRun?: boolean | undefined;
  /** Do not ask. */
  readonly yes?: boolean | undefined;
  /** A file that gets a line. */
  readonly log?: string | undefined;
}

const DAY_MS = 24 * 3600 * 1000;

/** Runs the command. */
export async function hostPrune(
  context: Context,
  options: PruneOptions,
): Promise<ExitCode> {
  const { olderThan = 90, keep = 20, dryRun = false } = options;
  const { output } = context;
  const state = needState(context.globals);
  const before = new Date(Date.now() - olderThan * DAY_MS);
  const runs = oldRuns(state.disk, state.dir, { before, keep });
  const boot = await withHost(context, bootId);
  const seals = oldSeals(state, boot);
  if (!dryRun && runs.length + seals.length > 0) {
    confirm(
      output,
      `Remove ${count(runs.length, "journal")} and ${
        count(seals.length, "seal")
      }?`,
      options.yes ?? false,
      "nothing was removed",
    );
    // Oldest first: what settles a run must not go before it.
    for (const run of runs) {
      remove(`${journalFolder(state.dir)}/${run}.jsonl`);
    }
    for (const name of seals) remove(`${state.dir}/seals/${name}`);
  }
  output.result(
    "host-prune",
    () => ({
      dir: state.dir,
      before: before.toISOString(),
      runs,
      seals,
      dryRun,
    }),
    (style) =>
      `${
        style(
          `${dryRun ? "Would remove" : "Removed"} ${
            count(runs.length, "journal")
          } of runs that ended before ${before.toISOString().slice(0, 10)}, ${
            count(seals.length, "seal")
          } of earlier boots`,
        )
      }\n`,
  );
  const line = `${count(runs.length, "journal")}, ${
    count(seals.length, "seal")
  } removed`;
  const removed = !dryRun && runs.length + seals.length > 0;
  const lines = removed ? [line] : [];
  return logged(context, options.log, "prune", lines, EXIT.done);
}

/** Seals end with their boot, whose id is in their names. None when this boot's is not known. */
function oldSeals({ disk, dir }: State, boot: string): string[] {
  if (boot === "") return [];
  const now = `@${encodeURIComponent(boot)}.json`;
  return disk.list(`${dir}/seals`).filter((name) =>
    /^[^@]+@[^@]+\.json$/.test(name) && !name.endsWith(now)
  );
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${path} cannot be removed: ${reason}`, {
      cause,
      hint: "Run as root, with --allow-write for it",
    });
  }
}
