/**
 * Samples of diagnostic counters as all views have them, and the sentences on
 * how reading them went.
 *
 * @module
 */
import type { Gap, Round } from "../../drivers/mlx5/reading/diag_series.ts";
import { periodOf, timeText } from "../../drivers/mlx5/reading/diag_time.ts";
import { count, thousands } from "./words.ts";

/** Why reading samples ended. */
export type DiagEnd =
  /** All that was there was read. */
  | "read"
  /** The time was up. */
  | "duration"
  /** As many as were asked for came. */
  | "count"
  /** A single run has filled the buffer. */
  | "full"
  /** Somebody pressed Ctrl-C. */
  | "interrupted"
  /** Somebody set other parameters meanwhile. */
  | "changed"
  /** No more samples are kept in memory. */
  | "most";

/** Samples, and what is to be known of them. */
export interface DiagRun {
  /** The device. */
  readonly device: string;
  /** Its clock in kHz; 0 when it does not tell. */
  readonly khz: number;
  /** Words of the parameters: `repetitive`, `sync`. */
  readonly mode: readonly string[];
  /** 2^this samples are kept. */
  readonly logSamples: number;
  /** A sample every 2^this device clocks. */
  readonly logPeriod: number;
  /** Ids of the counters. */
  readonly counters: readonly number[];
  /** The samples that are kept, in order. */
  readonly rounds: readonly Round[];
  /** Samples seen, of which `rounds` may be the last. */
  readonly seen: number;
  /** Samples that are missing between others. */
  readonly lost: number;
  /** Where. */
  readonly gaps: readonly Gap[];
  /** Entries of counters that were not asked for. */
  readonly foreign: number;
  /** Device clocks from sample to sample, as measured. */
  readonly measured: number | undefined;
  /** Why it ended. */
  readonly ended: DiagEnd;
}

/** Seconds since the first sample; undefined when the clock is not known. */
export function secondsOf(clocks: number, khz: number): number | undefined {
  return khz > 0 ? clocks / khz / 1000 : undefined;
}

/** What happened to one counter. */
export interface CounterSummary {
  /** Its id. */
  readonly counter: number;
  /** Its first value; undefined when there is none. */
  readonly first: bigint | undefined;
  /** Its last one. */
  readonly last: bigint | undefined;
  /** Whether it never fell: then it counts, else it is a level. */
  readonly rises: boolean;
  /** Change in a second; undefined with fewer than two samples. */
  readonly rate: number | undefined;
}

/** A summary of each counter. */
export function summaries(
  { counters, rounds, khz }: DiagRun,
): CounterSummary[] {
  return counters.map((counter, at) => {
    let first: { value: bigint; clocks: number } | undefined;
    let last: { value: bigint; clocks: number } | undefined;
    let rises = true;
    for (const { values, clocks } of rounds) {
      const value = values[at];
      if (value === undefined) continue;
      if (last && value < last.value) rises = false;
      last = { value, clocks };
      first ??= last;
    }
    const seconds = first && last
      ? secondsOf(last.clocks - first.clocks, khz)
      : undefined;
    return {
      counter,
      first: first?.value,
      last: last?.value,
      rises,
      rate: first && last && seconds
        ? Number(last.value - first.value) / seconds
        : undefined,
    };
  });
}

/** How it was sampled: `repetitive, every 1.049 ms, the last 1,024 samples kept`. */
export function modeText(run: DiagRun): string {
  const { mode, khz, logPeriod, logSamples } = run;
  if (mode.includes("on_demand")) return mode.join(", ");
  const period = periodOf(logPeriod, khz);
  const kept = logSamples <= 16
    ? thousands(2 ** logSamples)
    : `2^${logSamples}`;
  return [
    ...mode,
    `every ${
      period === undefined ? "" : `${timeText(period)} = `
    }2^${logPeriod} device clocks`,
    `the device keeps ${kept} samples`,
  ].join(", ");
}

/** How it went: sentences. */
export function endSentences(run: DiagRun): string[] {
  const { rounds, khz, lost, gaps, foreign, measured, ended, logPeriod } = run;
  const first = rounds[0];
  const last = rounds.at(-1);
  const seconds = first && last
    ? secondsOf(last.clocks - first.clocks, khz)
    : undefined;
  const asked = 2 ** logPeriod;
  return [
    `${count(run.seen, "sample")}${
      seconds === undefined || rounds.length < 2
        ? ""
        : ` over ${timeText(seconds * 1e9)}`
    }; ${
      lost === 0
        ? "none is missing between them"
        : `${thousands(lost)} lost in ${
          // Places are kept up to a thousand.
          gaps.length < 1000 ? count(gaps.length, "place") : "many places"}: ${
          run.mode.includes("on_demand")
            ? "another reader had them"
            : "the device wrote over them before they were read"
        }`
    }`,
    ...(measured !== undefined && measured > asked * 1.05 &&
        !run.mode.includes("on_demand") && khz > 0
      ? [
        `The device takes a sample every ${
          timeText(measured * 1e6 / khz)
        }, slower than it was asked to`,
      ]
      : []),
    ...(foreign > 0
      ? [
        `${
          count(foreign, "entry").replace(/entrys$/, "entries")
        } of counters that are not sampled were left out`,
      ]
      : []),
    ...(ENDS[ended] === "" ? [] : [ENDS[ended]]),
  ];
}

const ENDS: Readonly<Record<DiagEnd, string>> = {
  read: "",
  duration: "",
  count: "",
  full: "The single run is complete",
  interrupted: "Interrupted: this is what there was until then",
  changed: "Somebody set other parameters meanwhile: it ends there",
  most: "No more samples are kept in memory; --csv alone has no end",
};
