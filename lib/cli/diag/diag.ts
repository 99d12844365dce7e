/**
 * `fwctl diag capabilities DEVICE`, `dump DEVICE` and `sample DEVICE`: what can
 * be sampled, the samples that are there, and those that come.
 *
 * @module
 */
import {
  DiagSource,
  type DiagState,
  isSampling,
  readState,
} from "../../../drivers/mlx5/reading/diag_device.ts";
import {
  DiagSeries,
  type Round,
} from "../../../drivers/mlx5/reading/diag_series.ts";
import { periodOf } from "../../../drivers/mlx5/reading/diag_time.ts";
import { findDevice } from "../../device/discovery.ts";
import type { Session, Sessions } from "../../device/sessions.ts";
import { UsageError } from "../../errors.ts";
import { READ_POLICY } from "../../plan/policy.ts";
import type { DiagEnd, DiagRun } from "../../view/diag.ts";
import { capabilitiesBody } from "../../view/diag_data.ts";
import { capabilitiesText } from "../../view/diag_text.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { paceOf, readWhile } from "./loop.ts";
import { type DiagOutputOptions, SampleOutput } from "./output.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { type PolicyOptions, readPolicyOf } from "../policy.ts";
import { Progress } from "../progress.ts";
import { openSessions } from "../sessions.ts";

/** The options of the commands that only read. */
export type DiagReadOptions = PolicyOptions;

/** The options of `diag dump`. */
export interface DiagDumpOptions extends DiagReadOptions, DiagOutputOptions {
  /** Only so many samples, the newest. */
  readonly count?: number | undefined;
}

/** The options of `diag sample`. */
export interface DiagSampleOptions extends DiagDumpOptions {
  /** Nanoseconds. */
  readonly duration?: number | undefined;
  /** Nanoseconds between reads on demand. */
  readonly interval?: number | undefined;
}

/** Ten seconds, unless a count is asked for. */
const DURATION_MS = 10_000;
/** Between reads on demand. */
const INTERVAL_MS = 100;

/** `diag capabilities`. */
export async function capabilities(
  context: Context,
  device: string,
  options: DiagReadOptions,
): Promise<ExitCode> {
  return await withDevice(context, device, options, ({ channel }, name) => {
    const state = readState(channel);
    context.output.result(
      "diag-capabilities",
      () => capabilitiesBody(name, state),
      (style) => capabilitiesText(name, state, style),
    );
    return EXIT.done;
  });
}

/** `diag dump`. */
export async function dump(
  context: Context,
  device: string,
  options: DiagDumpOptions,
): Promise<ExitCode> {
  const out = new SampleOutput(context.output, options);
  return await withDevice(
    context,
    device,
    options,
    async ({ channel }, name) => {
      const state = sampling(readState(channel), name);
      const { counters, logPeriod } = state.params;
      const series = new DiagSeries({ counters, logPeriod, khz: state.khz });
      series.add(new DiagSource(channel, state.params).poll());
      const all = series.take(true);
      const rounds = options.count === undefined
        ? all
        : all.slice(-options.count);
      out.begin(state);
      out.take(rounds);
      await out.end(runOf(name, state, series, out, "read"));
      return EXIT.done;
    },
  );
}

/** `diag sample`. */
export async function sample(
  context: Context,
  device: string,
  options: DiagSampleOptions,
): Promise<ExitCode> {
  const { output } = context;
  const out = new SampleOutput(output, options);
  return await withDevice(
    context,
    device,
    options,
    async ({ channel }, name) => {
      const state = sampling(readState(channel), name);
      const { params, khz } = state;
      const source = new DiagSource(channel, params);
      const demand = params.set.includes("on_demand");
      const series = new DiagSeries({ ...params, khz, demand });
      const period = demand ? undefined : periodOf(params.logPeriod, khz);
      const pace = demand
        ? (options.interval ?? INTERVAL_MS * 1e6) / 1e6
        : paceOf(source.size, period);
      const duration = options.duration !== undefined
        ? options.duration / 1e6
        : options.count === undefined
        ? DURATION_MS
        : undefined;
      const expected = options.count ??
        Math.ceil((duration ?? 0) / ((period ?? pace * 1e6) / 1e6));
      out.begin(state);
      using stop = new Stop();
      using progress = new Progress(output, "sampling");
      const ended = await readWhile({
        source,
        series,
        params,
        pace,
        duration,
        most: options.count,
        clock: () => performance.now(),
        pause: (milliseconds) => stop.pause(milliseconds),
        interrupted: () => stop.heard,
        take: (rounds) => {
          const room = out.take(rounds);
          progress.step(out.seen, Math.max(out.seen, expected), "samples");
          return room;
        },
      });
      progress[Symbol.dispose]();
      await out.end(runOf(name, state, series, out, ended));
      return EXIT.done;
    },
  );
}

/** A session with an mlx5 device. @throws {UsageError} for another */
export function mlx5Session(sessions: Sessions, name: string): Session {
  const session = sessions.get(name);
  if (session.driver.name === "mlx5") return session;
  throw new UsageError(
    `${name} is a device of ${session.driver.name}, which has no diagnostic counters`,
    { device: name, hint: "Name an mlx5 device: fwctl list" },
  );
}

async function withDevice(
  context: Context,
  device: string,
  options: DiagReadOptions,
  body: (session: Session, name: string) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  const policy = await readPolicyOf(context, options, READ_POLICY);
  return await withHost(context, async (host) => {
    using opened = await openSessions(context, host, policy);
    const { name } = findDevice(opened.inventory, device);
    return await body(mlx5Session(opened.sessions, name), name);
  });
}

/** @throws {UsageError} when nothing is sampled */
function sampling(state: DiagState, name: string): DiagState {
  if (isSampling(state.params)) return state;
  throw new UsageError(`${name} samples no diagnostic counters`, {
    device: name,
    hint:
      `Choose some first: fwctl diag set ${name} --counters tx-packets --allow-taint`,
  });
}

function runOf(
  device: string,
  { khz, params }: DiagState,
  series: DiagSeries,
  { rounds, seen }: {
    readonly rounds: readonly Round[];
    readonly seen: number;
  },
  ended: DiagEnd,
): DiagRun {
  const { logSamples, logPeriod, counters, set } = params;
  return {
    device,
    khz,
    mode: set.filter((word) => word !== "enable"),
    logSamples,
    logPeriod,
    counters,
    rounds,
    seen,
    lost: series.lost,
    gaps: series.gaps,
    foreign: series.foreign,
    measured: series.period,
    ended,
  };
}

/** Ctrl-C ends the waiting, not the program. `using` lets it through again. */
class Stop implements Disposable {
  /** Whether it was pressed. */
  heard = false;
  #wake: (() => void) | undefined;
  readonly #hear = (): void => {
    this.heard = true;
    this.#wake?.();
  };

  constructor() {
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.#hear);
  }

  /** Waits, unless it was pressed. */
  async pause(milliseconds: number): Promise<void> {
    if (this.heard) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.#hear);
  }
}

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];
