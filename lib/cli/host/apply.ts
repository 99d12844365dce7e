/**
 * `fwctl host apply`: every recipe of the site, one after the other, as at
 * boot. One that fails does not keep the others from being applied.
 *
 * @module
 */
import { type FwctlError, isFwctlError, UsageError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { Lanes } from "../../parallel/lanes.ts";
import type { PlannedDevice } from "../../plan/types.ts";
import { errorText } from "../../view/error.ts";
import {
  hostApplyText,
  type RecipeOutcome,
  recipeOutcomeLine,
} from "../../view/host_apply.ts";
import { errorBody } from "../../view/json.ts";
import {
  type ApplyOptions,
  perform,
  type Performed,
  performedBody,
  performedText,
} from "../apply.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode, exitOfError, exitOfResult } from "../exit.ts";
import { logged } from "./log.ts";
import { Patience, waitForDevices, withDevices } from "./wait.ts";
import { openLanes } from "../lanes.ts";
import { planned, plannedText } from "../planning.ts";
import { policyOf, sealsOf } from "../policy.ts";
import { noteIgnored, onSite, readSite, type SiteRecipe } from "./site.ts";

/** The command's options. */
export interface HostApplyOptions extends ApplyOptions {
  /** The site's folder. */
  readonly config?: string | undefined;
  /** Seconds in which devices may come. */
  readonly wait?: number | undefined;
  /** Devices that must be there. */
  readonly waitFor?: readonly string[] | undefined;
  /** A file that gets a line for each recipe. */
  readonly log?: string | undefined;
}

/** What a recipe came to, and the devices it is about. */
interface Outcome extends RecipeOutcome {
  readonly exit: ExitCode;
  readonly devices: readonly PlannedDevice[];
  /** Whether somebody ended it. */
  readonly interrupted: boolean;
}

/** Runs the command. */
export async function hostApply(
  given: Context,
  options: HostApplyOptions,
): Promise<ExitCode> {
  const site = readSite(options.config);
  noteIgnored(given, site);
  const context = onSite(given, site);
  const { output } = context;
  const outcomes: Outcome[] = [];
  let missing: string[] = [];
  let sealed: string[] = [];
  let error: FwctlError | undefined;
  if (site.recipes.length > 0) {
    using lanes = await openLanes(context, options);
    await withHost(context, async (host) => {
      await refuseSealless(context, host, options);
      const patience = new Patience(options.wait ?? 0, output);
      missing = await waitForDevices(host, options.waitFor ?? [], patience);
      for (const recipe of site.recipes) {
        const outcome = await applyOne(
          { context, host, lanes, patience, options },
          recipe,
        );
        outcomes.push(outcome);
        if (outcome.interrupted) break;
      }
      const left = site.recipes.length - outcomes.length;
      if (left === 0 && outcomes.every(({ exit }) => exit === EXIT.done)) {
        try {
          sealed = await sealAll(context, host, options, outcomes);
        } catch (thrown) {
          // All is applied, and is told whatever became of the seals.
          if (!isFwctlError(thrown)) throw thrown;
          error = thrown;
        }
      }
    });
  }
  const skipped = site.recipes.slice(outcomes.length).map(({ name }) => name);
  // Nothing was named: that no device came is for the recipes to say.
  if ((options.waitFor ?? []).length === 0) missing = [];
  const found = { dir: site.dir, outcomes, missing, skipped, sealed };
  if (error && !output.json) output.note(errorText(error, output.errorStyle));
  output.result(
    "host-apply",
    () => ({
      dir: site.dir,
      recipes: outcomes.map(({ devices: _, interrupted: __, ...of }) => ({
        ...of,
        error: of.error ? errorBody(of.error) : null,
      })),
      ...{ missing, skipped, sealed },
      error: error ? errorBody(error) : null,
    }),
    (style) => hostApplyText(found, style),
  );
  const lines = [
    ...outcomes.map(recipeOutcomeLine),
    ...missing.map((name) => `${name} did not come`),
    ...skipped.map((name) => `${name} not reached`),
    ...(sealed.length === 0 ? [] : [`sealed ${sealed.join(" ")}`]),
    ...(error ? [`not sealed: ${error.message}`] : []),
  ];
  const code = worst(
    outcomes.map(({ exit }) => exit),
    missing.length > 0 || error !== undefined,
  );
  return logged(context, options.log, "apply", lines, code);
}

interface Room {
  readonly context: Context;
  readonly host: Host;
  readonly lanes: Lanes | undefined;
  readonly patience: Patience;
  readonly options: HostApplyOptions;
}

async function applyOne(
  { context, host, lanes, patience, options: all }: Room,
  { name, path, params }: SiteRecipe,
): Promise<Outcome> {
  const { output } = context;
  const options = { ...all, params, sealLater: true };
  const of = { recipe: name, source: path, params: params ?? null };
  if (!output.json) output.text(`${output.style(`── ${name}`, "bold")}\n`);
  let devices: readonly PlannedDevice[] = [];
  try {
    const found = await withDevices(
      patience,
      () => planned(context, host, path, options, "keep", lanes),
    );
    devices = found.plan.devices;
    if (!output.json) output.text(plannedText(found, output.style, options));
    const done = await perform(context, host, found, options, lanes);
    if (!output.json) {
      output.text(performedText(context, found, done, options));
    }
    return {
      ...of,
      exit: exitOfResult(done.result),
      outcome: done.result.outcome,
      requests: found.plan.steps.length,
      run: done.journal?.begun ? done.journal.run : null,
      apply: performedBody(found, done),
      devices,
      interrupted: wasInterrupted(done),
    };
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    if (!output.json) output.note(errorText(error, output.errorStyle));
    return {
      ...of,
      exit: exitOfError(error),
      outcome: "error",
      requests: 0,
      run: null,
      apply: null,
      error,
      devices,
      interrupted: false,
    };
  } finally {
    if (!output.json) output.text("\n");
  }
}

function wasInterrupted({ result }: Performed): boolean {
  const errors = [
    ...(result.error ? [result.error] : []),
    ...result.steps.flatMap(({ errors }) => errors),
  ];
  return errors.some((error) =>
    error.code === "PlanError" && error.details().reason === "interrupted"
  );
}

/** Better no change than one that should have closed its device and did not. */
async function refuseSealless(
  context: Context,
  host: Host,
  options: HostApplyOptions,
): Promise<void> {
  const { seal = "none" } = await policyOf(context, options);
  if (seal === "none") return;
  const seals = await sealsOf(context, host);
  if (seals) return seals.ready();
  throw new UsageError(
    "The devices are to be sealed, and no seal can be kept",
    {
      hint: "Name a folder with --state-dir; nothing was sent",
    },
  );
}

/**
 * Closes every device that a recipe is about, whether or not it had to be
 * changed: a seal after each recipe would keep the next one out.
 */
async function sealAll(
  context: Context,
  host: Host,
  options: HostApplyOptions,
  outcomes: readonly Outcome[],
): Promise<string[]> {
  const { seal = "none" } = await policyOf(context, options);
  const seals = await sealsOf(context, host);
  if (seal === "none" || !seals) return [];
  const { bootId } = await import("../../host/facts.ts");
  const boot = bootId(host);
  const addresses = new Set(
    outcomes.flatMap(({ devices }) => devices.map(({ address }) => address)),
  );
  const at = new Date().toISOString();
  for (const address of addresses) {
    seals.seal(address, boot, { at, breakable: seal === "boot", recipe: "" });
  }
  return [...addresses];
}

/** One exit code for all: the worst, as in what is left on a device. */
function worst(exits: readonly ExitCode[], more: boolean): ExitCode {
  const order = [
    EXIT.notUndone,
    EXIT.undone,
    EXIT.error,
    EXIT.stale,
    EXIT.refused,
  ];
  const all = more ? [...exits, EXIT.error] : exits;
  return order.find((code) => all.includes(code)) ?? EXIT.done;
}
