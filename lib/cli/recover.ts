/**
 * `fwctl resume RUN` and `fwctl undo RUN`: finish what a run began, or take
 * back what it did, from its journal and from what the devices hold.
 *
 * @module
 */
import { planRecovery, recoverAsync, type Recovery } from "../apply/recover.ts";
import { findRun, groupOf, planOf } from "../apply/runs.ts";
import { resultBody } from "../view/json.ts";
import { recoveryText } from "../view/recovery.ts";
import { resultText } from "../view/result.ts";
import { count } from "../view/words.ts";
import { confirm } from "./confirm.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { driversOf } from "./drivers.ts";
import { EXIT, type ExitCode, exitOfResult } from "./exit.ts";
import { definitionsOf } from "./plan_file.ts";
import { policyOf, type PolicyOptions } from "./policy.ts";
import { Progress } from "./progress.ts";
import {
  journalFor,
  journalLine,
  lockPlan,
  needState,
  runHooks,
  type RunOptions,
} from "./runs.ts";
import { openSessions } from "./sessions.ts";
import { Interrupts } from "./signals.ts";

/** The commands' options. */
export interface RecoverOptions extends PolicyOptions, RunOptions {
  /** Do not ask. */
  readonly yes?: boolean | undefined;
  /** Write over values that are neither before nor after. */
  readonly force?: boolean | undefined;
  /** Show everything. */
  readonly all?: boolean | undefined;
}

/** Runs either command. */
export async function recover(
  context: Context,
  want: Recovery["want"],
  given: string,
  options: RecoverOptions,
): Promise<ExitCode> {
  const { output, globals } = context;
  const { disk, dir } = needState(globals);
  const name = findRun(disk, dir, given);
  const recorded = planOf(groupOf(disk, dir, name).root);
  const definitions = definitionsOf(
    context,
    recorded,
    await driversOf(globals),
  );
  const policy = await policyOf(context, options);
  return await withHost(context, async (host) => {
    using _locks = await lockPlan(context, recorded, want, options);
    using opened = await openSessions(
      context,
      host,
      policy,
      undefined,
      definitions,
    );
    const { sessions, inventory } = opened;
    const session = (device: string) => sessions.get(device);
    // Another process may have gone on with it until it was locked.
    const group = groupOf(disk, dir, name);
    const recovery = planRecovery({
      group,
      want,
      force: options.force ?? false,
      policy,
      inventory,
      session,
    });
    const { plan, todo } = recovery;
    const all = options.all ?? false;
    if (!output.json) {
      output.text(recoveryText(group.root, recovery, output.style, { all }));
    }
    if (todo.length > 0) {
      const verb = want === "undo" ? "Take back" : "Apply the rest:";
      confirm(
        output,
        `${verb} ${count(todo.length, "request")}?`,
        options.yes ?? false,
      );
    }
    using progress = new Progress(output, want);
    using journal = journalFor(context, host, inventory.bootId, options, {
      kind: want,
      of: group.root.run,
      after: group.all.at(-1)?.run ?? group.root.run,
    });
    const hooks = runHooks(plan, journal, progress);
    using interrupts = new Interrupts(output, {
      onInterrupt: options.onInterrupt,
      undoing: want === "undo",
      run: () => journal?.begun ? group.root.run : undefined,
    });
    const result = await recoverAsync(recovery, session, hooks, interrupts);
    output.result(
      "recover",
      () => ({
        of: group.root.run,
        want,
        looks: recovery.looks,
        rebooted: recovery.rebooted,
        overridden: recovery.overridden,
        result: resultBody(result),
        run: journal?.begun ? journal.run : null,
      }),
      (style) =>
        `\n${resultText(plan, result, style, { all, undo: want === "undo" })}${
          journalLine(context, journal)
        }`,
    );
    // Taken back is what was asked for.
    return want === "undo" && result.outcome === "undone"
      ? EXIT.done
      : exitOfResult(result);
  });
}
