/**
 * `fwctl vfio prepare VF…` gives virtual functions their firmware profile
 * before a VM gets them; `fwctl vfio release VF…` gives back what was there
 * before.
 *
 * @module
 */
import { type FwctlError, PlanError } from "../../errors.ts";
import type { Plan } from "../../plan/types.ts";
import { planBody, resultBody } from "../../view/json.ts";
import { planText } from "../../view/plan.ts";
import { resultText } from "../../view/result.ts";
import type { Style } from "../../view/style.ts";
import { vfLines } from "../../view/vfio.ts";
import { count } from "../../view/words.ts";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode, exitOfResult } from "../exit.ts";
import type { Output } from "../output.ts";
import { journalLine, needState } from "../runs.ts";
import type { Changed } from "./apply.ts";
import { type Asked, prepareIn, releaseIn, type VfioDone } from "./prepare.ts";
import { checkedVfs, enter, type VfioOptions } from "./room.ts";
import { preparation, type PrepareOptions } from "./wanted.ts";

/** `fwctl vfio prepare`. */
export async function prepare(
  context: Context,
  given: readonly string[],
  options: PrepareOptions,
): Promise<ExitCode> {
  const wanted = preparation(given, options);
  return await withHost(context, async (host) => {
    using room = await enter(context, host, wanted.vfs, "prepare", options);
    const teller = new Teller(context, options, "Set");
    const done = await prepareIn(context, room, wanted, options, teller.ask);
    return teller.finish(context, "prepare", wanted.vm, done);
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
    const teller = new Teller(context, options, "Give back");
    const done = await releaseIn(context, room, options, teller.ask);
    return teller.finish(context, "release", null, done);
  });
}

/** Shows a plan with what there is to know about it, and asks, before anything is written. */
class Teller {
  readonly #output: Output;
  readonly #options: VfioOptions;
  readonly #verb: string;
  #told: readonly string[] | undefined;

  constructor({ output }: Context, options: VfioOptions, verb: string) {
    this.#output = output;
    this.#options = options;
    this.#verb = verb;
  }

  /** Once, however often a busy firmware is asked. */
  readonly ask: Asked = (plan, notes) => {
    if (this.#told) return;
    this.#told = [...notes];
    const { all = false, yes = false, dryRun = false } = this.#options;
    const output = this.#output;
    if (!output.json) {
      output.text(planText(plan, output.style, { all }));
      output.text(noteLines(notes, output.style));
    }
    if (plan.steps.length === 0 || dryRun) return;
    const groups = count(plan.steps.length, "group");
    confirm(output, `${this.#verb} ${groups} of capabilities?`, yes);
  };

  /** The result, and the notes that came since. */
  finish(
    context: Context,
    action: "prepare" | "release",
    vm: string | null,
    done: VfioDone,
  ): ExitCode {
    const { all = false, dryRun = false } = this.#options;
    const { vfs, plan, result, journal, notes } = done;
    const later = notes.filter((note) => !this.#told?.includes(note));
    this.#output.result(
      "vfio",
      () => ({
        action,
        vm,
        vfs: vfs.map(({ look, child }) => ({ ...look, ...child })),
        plan: planBody(plan),
        result: resultBody(result),
        run: journal?.begun ? journal.run : null,
        dryRun,
        notes,
      }),
      (style) =>
        [
          "",
          ...vfLines(vfs, style),
          noteLines(later, style) + (result.outcome === "nothing"
            ? style(nothingText(action, plan))
            : `\n${resultText(plan, result, style, { all }).trimEnd()}`),
          "",
        ].join("\n") + journalLine(context, journal),
    );
    return result.outcome === "nothing" ? EXIT.done : exitOfResult(result);
  }
}

function nothingText(action: "prepare" | "release", { steps }: Plan): string {
  if (steps.length > 0) return "Dry run: nothing was written.";
  return action === "prepare" ? "Prepared already." : "As it was before.";
}

function noteLines(notes: readonly string[], style: Style): string {
  return [...new Set(notes)].map((note) =>
    `${style("  !", "yellow")} ${style(note)}\n`
  ).join("");
}

/** What a run that did not work is, as an error. */
export function failureOf({ result }: Changed): FwctlError | undefined {
  if (result.outcome === "applied" || result.outcome === "nothing") {
    return result.error;
  }
  return result.error ??
    new PlanError(`The run ended ${result.outcome}`, "interrupted");
}
