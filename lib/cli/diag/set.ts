/**
 * `fwctl diag set DEVICE` and `fwctl diag stop DEVICE`: what is sampled, as a
 * plan of the recipe diag_counters.
 *
 * @module
 */
import {
  type DiagState,
  isSampling,
  readState,
} from "../../../drivers/mlx5/reading/diag_device.ts";
import type { DiagParams } from "../../../drivers/mlx5/reading/diag.ts";
import { findDevice } from "../../device/discovery.ts";
import type { Host } from "../../host/host.ts";
import type { PlainObject } from "../../plain.ts";
import { makePlan } from "../../plan/make.ts";
import type { PolicyWorld } from "../../plan/policy.ts";
import type { Plan } from "../../plan/types.ts";
import { loadRecipe } from "../../recipe/load.ts";
import { planText } from "../../view/plan.ts";
import { type ApplyOptions, carryOut } from "../apply.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { mlx5Session } from "./diag.ts";
import { countersOf, takenPeriod, takenSamples } from "./words.ts";
import type { ExitCode } from "../exit.ts";
import { policyOf, sealsOf } from "../policy.ts";
import { openSessions } from "../sessions.ts";
import type { WantedPeriod } from "../times.ts";

/** How a device samples, by the words of the command line. */
export const MODES = ["repetitive", "single", "on-demand"] as const;

/** The options of `diag stop`. */
export interface DiagStopOptions extends ApplyOptions {
  /** Also clear the counters. */
  readonly clear?: boolean | undefined;
}

/** The options of `diag set`. */
export interface DiagSetOptions extends DiagStopOptions {
  /** Counters as they were written. */
  readonly counters?: readonly string[] | undefined;
  /** How often. */
  readonly period?: WantedPeriod | undefined;
  /** How many are kept. */
  readonly samples?: number | undefined;
  /** One of {@linkcode MODES}. */
  readonly mode?: typeof MODES[number] | undefined;
  /** All counters at the same moment. */
  readonly sync?: boolean | undefined;
}

/** What is to be planned, and what there is to say before. */
interface Wanted {
  /** Parameters of the recipe; undefined when all is as asked for. */
  readonly params: PlainObject | undefined;
  readonly said: readonly string[];
}

/** A millisecond. */
const PERIOD: WantedPeriod = { ns: 1e6 };
/** Samples that are kept unless told. */
const SAMPLES = 1024;

/** `diag set`. */
export async function set(
  context: Context,
  device: string,
  options: DiagSetOptions,
): Promise<ExitCode> {
  return await change(context, device, options, (state, name) => {
    const counters = countersOf(options.counters, state, name);
    const demand = options.mode === "on-demand";
    const period = takenPeriod(options.period ?? PERIOD, state, name);
    const most = 2 ** Math.min(16, state.capabilities.logMaxSamples);
    const samples = takenSamples(
      options.samples ?? Math.min(SAMPLES, most),
      state,
      name,
    );
    const params = {
      device: name,
      counters,
      // On demand there is no buffer and no period.
      "log-samples": demand ? 0 : samples.log,
      "log-period": demand ? state.capabilities.logMinSamplePeriod : period.log,
      mode: (options.mode ?? "repetitive").replace("-", "_"),
      sync: options.sync ?? false,
      clear: options.clear ?? false,
      stop: false,
    };
    return isAlready(state.params, params)
      ? { params: undefined, said: [`${name} samples this already`] }
      : { params, said: demand ? [] : [period.said, samples.said] };
  });
}

/** `diag stop`. */
export async function stop(
  context: Context,
  device: string,
  options: DiagStopOptions,
): Promise<ExitCode> {
  return await change(
    context,
    device,
    options,
    ({ params }, name) =>
      isSampling(params)
        ? {
          params: { device: name, stop: true, clear: options.clear ?? false },
          said: [],
        }
        : { params: undefined, said: [`${name} samples nothing`] },
  );
}

/** Whether a device goes on with this anyway; a single run, or a clear, starts anew. */
function isAlready(
  now: DiagParams,
  wanted: {
    readonly counters: readonly number[];
    readonly "log-samples": number;
    readonly "log-period": number;
    readonly mode: string;
    readonly sync: boolean;
    readonly clear: boolean;
  },
): boolean {
  if (wanted.mode === "single" || wanted.clear) return false;
  const set = ["enable", wanted.mode, ...(wanted.sync ? ["sync"] : [])].sort();
  return now.logSamples === wanted["log-samples"] &&
    now.logPeriod === wanted["log-period"] &&
    [...now.set].sort().join() === set.join() &&
    now.counters.join() === wanted.counters.join();
}

async function change(
  context: Context,
  device: string,
  given: ApplyOptions,
  wanted: (state: DiagState, name: string) => Wanted,
): Promise<ExitCode> {
  const { output } = context;
  // To allow the taint is to allow the one scope that this needs and that taints.
  const options = given.allowTaint && given.maxScope === undefined
    ? { ...given, maxScope: "debug-write" as const }
    : given;
  return await withHost(context, async (host) => {
    const { plan, said, world } = await planned(
      context,
      host,
      device,
      options,
      wanted,
    );
    if (!output.json) {
      for (const line of said) output.text(`${output.style(line)}\n`);
      if (plan.steps.length > 0) {
        output.text(
          `\n${planText(plan, output.style, { all: options.all ?? false })}`,
        );
      }
    }
    return await carryOut(context, host, { plan, world }, options);
  });
}

/** Sends reads only. */
async function planned(
  context: Context,
  host: Host,
  device: string,
  options: ApplyOptions,
  wanted: (state: DiagState, name: string) => Wanted,
): Promise<{ plan: Plan; said: readonly string[]; world: PolicyWorld }> {
  const { default: recipe } = await import("../../../recipes/diag_counters.ts");
  const { url, digest } = await loadRecipe(
    import.meta.resolve("../../../recipes/diag_counters.ts"),
  );
  const policy = {
    ...await policyOf(context, options),
    effect: "read",
  } as const;
  using opened = await openSessions(context, host, policy);
  const { inventory, drivers, sessions } = opened;
  const { name } = findDevice(inventory, device);
  const { channel } = mlx5Session(sessions, name);
  const { params, said } = wanted(readState(channel), name);
  const declarations = params === undefined ? [] : recipe.desired({
    params,
    inventory,
    observed: [],
    resource: (kind, body) => ({ kind, body }),
    action: (kind, body) => ({ kind, body, action: true }),
  });
  const plan = makePlan({
    recipe: { name: recipe.name, url, digest, params: params ?? {} },
    declarations,
    inventory,
    drivers,
    definitions: sessions.definitions,
    session: (each) => sessions.get(each),
  });
  const world = {
    inventory,
    now: () => new Date(),
    seals: await sealsOf(context, host),
  };
  return { plan, said, world };
}
