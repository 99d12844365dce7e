/**
 * `fwctl vfio prepare VF…` gives virtual functions their firmware profile
 * before a VM gets them; `fwctl vfio release VF…` gives back what was there
 * before.
 *
 * @module
 */
import { type FwctlError, PlanError } from "../errors.ts";
import type { Plan } from "../plan/types.ts";
import { planBody, resultBody } from "../view/json.ts";
import { planText } from "../view/plan.ts";
import { resultText } from "../view/result.ts";
import { vfLines } from "../view/vfio.ts";
import { count } from "../view/words.ts";
import { confirm } from "./confirm.ts";
import { type Context, withHost } from "./context.ts";
import { EXIT, type ExitCode, exitOfResult } from "./exit.ts";
import { journalLine, needState } from "./runs.ts";
import type { Changed } from "./vfio_apply.ts";
import { prepareIn, releaseIn, type VfioDone } from "./vfio_prepare.ts";
import { checkedVfs, enter, type VfioOptions } from "./vfio_room.ts";
import { preparation, type PrepareOptions } from "./vfio_wanted.ts";

/** `fwctl vfio prepare`. */
export async function prepare(
  context: Context,
  given: readonly string[],
  options: PrepareOptions,
): Promise<ExitCode> {
  const wanted = preparation(given, options);
  return await withHost(context, async (host) => {
    using room = await enter(context, host, wanted.vfs, "prepare", options);
    const asked = asking(context, options, "Set");
    const done = await prepareIn(context, room, wanted, options, asked);
    return finish(context, "prepare", wanted.vm, done, options);
  });
}

/** `fwctl vfio release`. */
export async function release(
  context: Context,
  given: readonly string[],
  options: VfioOptions,
): Promise<ExitCode> {
  needState(context.globals);
  const vfs = checkedVfs(given);
  return await withHost(context, async (host) => {
    using room = await enter(context, host, vfs, "release", options);
    const asked = asking(context, options, "Give back");
    const done = await releaseIn(context, room, options, asked);
    return finish(context, "release", null, done, options);
  });
}

/** Shows a plan and asks, before anything is written. */
function asking(
  { output }: Context,
  { all = false, yes = false }: VfioOptions,
  verb: string,
): (plan: Plan) => void {
  let asked = false;
  return (plan) => {
    // Once, however often a busy firmware is asked.
    if (asked) return;
    asked = true;
    if (!output.json) output.text(planText(plan, output.style, { all }));
    if (plan.steps.length === 0) return;
    const groups = count(plan.steps.length, "group");
    confirm(output, `${verb} ${groups} of capabilities?`, yes);
  };
}

function finish(
  context: Context,
  action: "prepare" | "release",
  vm: string | null,
  done: VfioDone,
  options: VfioOptions,
): ExitCode {
  const { output } = context;
  const { vfs, plan, result, journal, notes } = done;
  output.result(
    "vfio",
    () => ({
      action,
      vm,
      vfs: vfs.map(({ look, child }) => ({ ...look, ...child })),
      plan: planBody(plan),
      result: resultBody(result),
      run: journal?.begun ? journal.run : null,
      notes,
    }),
    (style) =>
      [
        "",
        ...vfLines(vfs, style),
        ...notes.map((note) => `${style("  !", "yellow")} ${style(note)}`),
        ...(result.outcome === "nothing"
          ? [
            style(
              action === "prepare" ? "Prepared already." : "As it was before.",
            ),
          ]
          : [
            "",
            resultText(plan, result, style, { all: options.all ?? false })
              .trimEnd(),
          ]),
        "",
      ].join("\n") + journalLine(context, journal),
  );
  return result.outcome === "nothing" ? EXIT.done : exitOfResult(result);
}

/** What a run that did not work is, as an error. */
export function failureOf({ result }: Changed): FwctlError | undefined {
  if (result.outcome === "applied" || result.outcome === "nothing") {
    return result.error;
  }
  return result.error ??
    new PlanError(`The run ended ${result.outcome}`, "interrupted");
}
