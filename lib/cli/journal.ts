/**
 * `fwctl journal list | show RUN | verify [RUN] | close RUN`: what is on record
 * of the runs of this machine. Opens no device.
 *
 * @module
 */
import { Journal } from "../apply/journal.ts";
import {
  endOf,
  findRun,
  groupOf,
  isUnfinished,
  listRuns,
  planOf,
  readJournal,
  readRun,
} from "../apply/runs.ts";
import { PlanError, UsageError } from "../errors.ts";
import { journalListText, journalText, verifyText } from "../view/journal.ts";
import type { Checked, Listed } from "../view/journal.ts";
import { confirm } from "./confirm.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { needState, type State } from "./runs.ts";
import { VERSION } from "./version.ts";

/** `fwctl journal list`. */
export function list({ globals, output }: Context): ExitCode {
  const { disk, dir } = needState(globals);
  const runs = listRuns(disk, dir).map((run) => listed({ disk, dir }, run));
  output.result(
    "journal-list",
    () => ({ runs }),
    (style) => journalListText(runs, style),
  );
  return EXIT.done;
}

function listed({ disk, dir }: State, run: string): Listed {
  const nothing = { run, time: "", kind: "", of: null, recipe: "" };
  try {
    const record = readRun(disk, dir, run);
    if (!record) return { ...nothing, outcome: "nothing sent" };
    const { begin, time, outcome } = record;
    const { recipe } = planOf(record);
    return {
      run,
      time,
      kind: begin.kind,
      of: begin.of,
      recipe: recipe.name,
      outcome: outcome ??
        (isUnfinished(record) ? "unfinished" : "nothing sent"),
    };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { ...nothing, outcome: "journal was changed" };
  }
}

/** `fwctl journal show RUN`. */
export function show({ globals, output }: Context, given: string): ExitCode {
  const { disk, dir } = needState(globals);
  const run = findRun(disk, dir, given);
  const found = readJournal(disk, dir, run);
  output.result(
    "journal",
    () => ({ run, ...found }),
    (style) => journalText(run, found, style),
  );
  return found.broken ? EXIT.error : EXIT.done;
}

/** `fwctl journal verify [RUN]`: exit 1 when any was changed. */
export function verify(
  { globals, output }: Context,
  given: string | undefined,
): ExitCode {
  const { disk, dir } = needState(globals);
  const runs = given === undefined
    ? listRuns(disk, dir)
    : [findRun(disk, dir, given)];
  const checked = runs.map((run): Checked => {
    const { records, cut, broken } = readJournal(disk, dir, run);
    const ended = records.at(-1)?.event.type === "end";
    return { run, records: records.length, cut, ended, broken };
  });
  output.result(
    "journal-verify",
    () => ({ runs: checked }),
    (style) => verifyText(checked, style),
  );
  return checked.some(({ broken }) => broken !== null) ? EXIT.error : EXIT.done;
}

/** `fwctl journal close RUN`: leaves things as they are, on record. */
export function close(
  { globals, output }: Context,
  given: string,
  { yes = false }: { readonly yes?: boolean | undefined },
): ExitCode {
  const { disk, dir } = needState(globals);
  const run = findRun(disk, dir, given);
  const { root, all, unfinished } = groupOf(disk, dir, run);
  if (!unfinished) {
    const outcome = endOf(disk, dir, root.run)?.outcome ?? "nothing sent";
    throw new UsageError(`Run ${root.run} is not open: ${outcome}`);
  }
  confirm(
    output,
    `Leave what run ${root.run} may have done on the devices as it is?`,
    yes,
  );
  using journal = new Journal({
    disk,
    stateDir: dir,
    kind: "close",
    of: root.run,
    after: all.at(-1)?.run ?? root.run,
    owner: { pid: Deno.pid, uid: null, program: `fwctl ${VERSION}` },
    bootId: root.begin.bootId,
  });
  journal.close(planOf(root), "closed");
  output.result(
    "journal-close",
    () => ({ of: root.run, run: journal.run }),
    (style) => `${style(`closed ${root.run}; nothing was sent`)}\n`,
  );
  return EXIT.done;
}
