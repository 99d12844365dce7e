/**
 * Diagnostic counters for programs: plain data and CSV.
 *
 * @module
 */
import {
  counterId,
  counterName,
} from "../../drivers/mlx5/reading/diag_counters.ts";
import type { DiagState } from "../../drivers/mlx5/reading/diag_device.ts";
import type { Round } from "../../drivers/mlx5/reading/diag_series.ts";
import { type DiagRun, secondsOf } from "./diag.ts";

/** The capabilities as plain data. */
export function capabilitiesBody(
  device: string,
  { khz, capabilities, params }: DiagState,
): Record<string, unknown> {
  return {
    device,
    clockHz: khz > 0 ? khz * 1000 : null,
    logMinSamplePeriod: capabilities.logMinSamplePeriod,
    logMaxSamples: capabilities.logMaxSamples,
    single: capabilities.single,
    repetitive: capabilities.repetitive,
    counters: capabilities.counters.map(({ id, sync }) => ({
      counter: counterId(id),
      sync,
      ...counterName(id),
    })),
    sampling: {
      mode: params.set,
      logSamples: params.logSamples,
      logPeriod: params.logPeriod,
      counters: params.counters.map(counterId),
    },
  };
}

/** Samples as plain data. */
export function samplesBody(run: DiagRun): Record<string, unknown> {
  const { device, khz, mode, logSamples, logPeriod, counters } = run;
  return {
    device,
    clockHz: khz > 0 ? khz * 1000 : null,
    mode,
    logSamples,
    logPeriod,
    measuredPeriod: run.measured ?? null,
    counters: counters.map((id) => ({
      counter: counterId(id),
      ...counterName(id),
    })),
    samples: run.rounds.map(({ sample, clocks, values, stamps }) => ({
      sample,
      clocks,
      seconds: secondsOf(clocks, khz) ?? null,
      timeStamps: stamps.map((stamp) => stamp ?? null),
      // A number of 64 bits is no number of JSON's: it is text, always.
      values: values.map((value) => value?.toString() ?? null),
    })),
    seen: run.seen,
    lost: run.lost,
    gaps: run.gaps,
    foreign: run.foreign,
    ended: run.ended,
  };
}

/** The first line of the CSV (RFC 4180). */
export const CSV_HEADER =
  "sample,clocks,seconds,counter,name,unit,time_stamp,value\r\n";

/** One line a value; what is missing has none. */
export function csvLines(
  rounds: readonly Round[],
  { counters, khz }: Pick<DiagRun, "counters" | "khz">,
): string {
  const about = counters.map((id) => {
    const { name, unit } = counterName(id);
    return [counterId(id), name, unit].map(csvField).join(",");
  });
  let text = "";
  for (const { sample, clocks, values, stamps } of rounds) {
    const seconds = secondsOf(clocks, khz)?.toFixed(9);
    values.forEach((value, at) => {
      if (value === undefined) return;
      text += `${sample},${clocks},${seconds ?? ""},${about[at]},${
        stamps[at] ?? ""
      },${value}\r\n`;
    });
  }
  return text;
}

/** A field, in quotes where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
