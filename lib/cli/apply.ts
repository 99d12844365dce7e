/**
 * `fwctl apply RECIPE` plans, asks, writes, verifies, and undoes on failure;
 * `fwctl apply FILE` does the same with a plan that was made before.
 *
 * @module
 */
import { applyPlanAsync } from "../apply/apply.ts";
import type { Journal } from "../apply/journal.ts";
import { refuseUnfinished } from "../apply/runs.ts";
import type { ApplyResult } from "../apply/types.ts";
import type { Definition } from "../device/definition.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Lanes } from "../parallel/lanes.ts";
import type { PlainData } from "../plain.ts";
import { enforcePlan, type PolicyWorld } from "../plan/policy.ts";
import type { Plan } from "../plan/types.ts";
import { planBody, resultBody } from "../view/json.ts";
import { planText } from "../view/plan.ts";
import { resultText } from "../view/result.ts";
import { count } from "../view/words.ts";
import { confirm } from "./confirm.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { driversOf } from "./drivers.ts";
import { type ExitCode, exitOfResult } from "./exit.ts";
import { openLanes, setUp } from "./lanes.ts";
import { paramsHelp } from "./params.ts";
import { definitionsOf, isPlanFile, readPlan } from "./plan_file.ts";
import { planned, plannedText, type RecipeOptions } from "./planning.ts";
import { policyOf } from "./policy.ts";
import { notePending } from "./pending.ts";
import { Progress } from "./progress.ts";
import {
  journalFor,
  journalLine,
  lockPlan,
  runHooks,
  type RunOptions,
  stateOf,
} from "./runs.ts";
import { openSessions } from "./sessions.ts";
import { Interrupts } from "./signals.ts";

/** The command's options. */
export interface ApplyOptions extends RecipeOptions, RunOptions {
  /** Do not ask. */
  readonly yes?: boolean | undefined;
}

/** A plan and what it came with. */
export interface Ready {
  /** The plan. */
  readonly plan: Plan;
  /** What its recipe reports. */
  readonly report?: PlainData;
  /** What a policy asks about; the engine looks once more. */
  readonly world?: PolicyWorld;
  /** Those of the plan file; the options' when absent. */
  readonly definitions?: readonly Definition[];
}

/** Runs the command on a recipe or a plan file. */
export async function apply(
  context: Context,
  what: string,
  options: ApplyOptions,
): Promise<ExitCode> {
  if (isPlanFile(what)) return await applyFile(context, what, options);
  if (options.paramsHelp) return await paramsHelp(context, what, options);
  const { output } = context;
  using lanes = await openLanes(context, options);
  return await withHost(context, async (host) => {
    const found = await planned(context, host, what, options, "keep", lanes);
    if (!output.json) {
      output.text(plannedText(found, output.style, options));
    }
    return await carryOut(context, host, found, options, lanes);
  });
}

/** Everything about the file is checked before the machine is looked at. */
async function applyFile(
  context: Context,
  file: string,
  options: ApplyOptions,
): Promise<ExitCode> {
  const { output } = context;
  if (options.param || options.params !== undefined || options.paramsHelp) {
    throw new UsageError("A plan file takes no parameters", {
      hint: "It has those it was made with: see it with `fwctl show`",
    });
  }
  const { plan } = await readPlan(context, file, options);
  const definitions = definitionsOf(
    context,
    plan,
    await driversOf(context.globals),
  );
  if (!output.json) {
    output.text(planText(plan, output.style, { all: options.all ?? false }));
  }
  using lanes = await openLanes(context, options);
  return await withHost(
    context,
    (host) => carryOut(context, host, { plan, definitions }, options, lanes),
  );
}

/** Holds a plan that was shown against the policy, asks, writes, and shows what came of it. */
export async function carryOut(
  context: Context,
  host: Host,
  ready: Ready,
  options: ApplyOptions,
  lanes?: Lanes,
): Promise<ExitCode> {
  const { output } = context;
  const done = await perform(context, host, ready, options, lanes);
  output.result(
    "apply",
    () => performedBody(ready, done),
    () => performedText(context, ready, done, options),
  );
  return exitOfResult(done.result);
}

/** What came of a plan. */
export interface Performed {
  /** How it ended. */
  readonly result: ApplyResult;
  /** What it was written down in, if it was. */
  readonly journal?: Journal | undefined;
}

/** The members of `fwctl/apply`. */
export function performedBody(
  { plan, report }: Ready,
  { result, journal }: Performed,
): Record<string, unknown> {
  return {
    plan: planBody(plan),
    result: resultBody(result),
    run: journal?.begun ? journal.run : null,
    ...(report === undefined ? {} : { report }),
  };
}

/** The same for people. A plan without steps has said already that there is nothing to do. */
export function performedText(
  context: Context,
  { plan }: Ready,
  { result, journal }: Performed,
  { all = false }: ApplyOptions,
): string {
  return result.outcome === "nothing"
    ? ""
    : `\n${resultText(plan, result, context.output.style, { all })}${
      journalLine(context, journal)
    }`;
}

/** Holds a plan against the policy, asks, and writes; shows nothing. */
export async function perform(
  context: Context,
  host: Host,
  ready: Ready,
  options: ApplyOptions,
  lanes?: Lanes,
): Promise<Performed> {
  const done = await run(context, host, ready, options, lanes);
  if (done.result.outcome === "applied") {
    notePending(context, ready.plan, "applied");
  }
  return done;
}

async function run(
  context: Context,
  host: Host,
  { plan, world, definitions }: Ready,
  options: ApplyOptions,
  lanes: Lanes | undefined,
): Promise<Performed> {
  const { output } = context;
  const policy = await policyOf(context, options);
  if (world) enforcePlan(plan, policy, world);
  if (plan.steps.length === 0) {
    return { result: { outcome: "nothing", steps: [] } };
  }
  confirm(
    output,
    `Apply ${count(plan.steps.length, "request")}?`,
    options.yes ?? false,
  );
  using _locks = await lockPlan(context, plan, "apply", options);
  const state = stateOf(context.globals);
  if (state) refuseUnfinished(state.disk, state.dir, plan);
  // The machine went on while it was planned and asked.
  using opened = await openSessions(
    context,
    host,
    policy,
    undefined,
    definitions,
  );
  const { sessions, inventory } = opened;
  using progress = new Progress(output, "applying");
  using journal = journalFor(context, host, inventory.bootId, options);
  using control = new Interrupts(output, {
    onInterrupt: options.onInterrupt,
    run: () => journal?.run,
  });
  if (lanes) {
    setUp(lanes, context, host, opened, plan.devices.length);
    const { applyInLanes } = await import("../parallel/apply.ts");
    const result = await applyInLanes({
      plan,
      guard: sessions.guard,
      inventory,
      lanes,
      hooks: journal?.hooks(plan) ?? {},
      control,
      progress: (what) => (done, total) =>
        progress.step(done, total, "devices", lanes.running, what),
    });
    return { result, journal };
  }
  const hooks = runHooks(plan, journal, progress);
  const session = (name: string) => sessions.get(name);
  const result = await applyPlanAsync(
    { plan, policy, inventory, session, hooks },
    control,
  );
  return { result, journal };
}
