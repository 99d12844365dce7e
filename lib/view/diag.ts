/**
 * Diagnostic counters for people and for programs: what a device can sample,
 * and samples as tables, CSV and plain data.
 *
 * @module
 */
import type { DiagState } from "../../drivers/mlx5/reading/diag_device.ts";
import type { Gap, Round } from "../../drivers/mlx5/reading/diag_series.ts";
import {
  counterAbout,
  counterId,
  counterName,
} from "../../drivers/mlx5/reading/diag_counters.ts";
import { periodOf, timeText } from "../../drivers/mlx5/reading/diag_time.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
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

/** Samples shown unless all are asked for. */
const SHOWN = 16;
/** Places with lost samples that are shown. */
const SHOWN_GAPS = 8;

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

/** The capabilities for people. */
export function capabilitiesText(
  device: string,
  { khz, capabilities, params }: DiagState,
  style: Style,
): string {
  const { counters, logMaxSamples, logMinSamplePeriod } = capabilities;
  const shortest = periodOf(logMinSamplePeriod, khz);
  const modes = [
    ...(capabilities.repetitive ? ["repetitive"] : []),
    ...(capabilities.single ? ["single"] : []),
  ];
  const sampled = params.set.includes("enable") ? params.counters : [];
  const period = periodOf(params.logPeriod, khz);
  return [
    `${style(device, "bold")}  ${
      count(counters.length, "diagnostic counter")
    }, ${
      counters.filter(({ id }) => counterName(id).name !== "").length
    } with a public name`,
    "",
    ...table(
      [
        [
          "device clock",
          khz > 0 ? `${thousands(khz * 1000)} Hz` : "the device does not tell",
        ],
        [
          "shortest period",
          `2^${logMinSamplePeriod} device clocks${
            shortest === undefined ? "" : ` = ${timeText(shortest)}`
          }; with many counters the device takes longer`,
        ],
        [
          "samples kept",
          `at most ${
            logMaxSamples <= 16
              ? thousands(2 ** logMaxSamples)
              : `2^${logMaxSamples}`
          }`,
        ],
        ["modes", modes.join(", ") || "on demand only"],
        [
          "sampled now",
          sampled.length === 0
            ? "nothing"
            : `${count(sampled.length, "counter")}, ${
              params.set.filter((word) => word !== "enable").join(" ")
            }, every ${
              period === undefined
                ? `2^${params.logPeriod} device clocks`
                : timeText(period)
            }`,
        ],
      ],
      { indent: "  " },
      style,
    ),
    "",
    ...table(
      counters.map(({ id, sync }): Cell[] => [
        counterId(id),
        sync ? "yes" : "no",
        sampled.includes(id) ? "*" : "",
        counterName(id).name === ""
          ? ["not public", "dim"]
          : counterName(id).name,
        counterName(id).unit,
        [counterAbout(id), "dim"],
      ]),
      {
        header: ["counter", "sync", "now", "name", "unit", "what it tells"],
        indent: "  ",
      },
      style,
    ),
    "",
  ].join("\n");
}

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

/** Samples for people: a summary of each counter, and the last samples. */
export function samplesText(
  run: DiagRun,
  style: Style,
  { all = false }: { readonly all?: boolean } = {},
): string {
  const { device, counters, rounds, khz } = run;
  const shown = all ? rounds : rounds.slice(-SHOWN);
  const lines = [
    `${style(device, "bold")}  ${modeText(run)}`,
    "",
    ...table(
      summaries(run).map(({ counter, first, last, rises, rate }) => {
        const { name, unit } = counterName(counter);
        return [
          counterId(counter),
          name === "" ? ["not public", "dim"] : name,
          unit,
          digits(first),
          digits(last),
          rises ? rateText(rate) : ["a level", "dim"],
        ];
      }),
      {
        header: ["counter", "name", "unit", "first", "last", "per second"],
        right: [3, 4, 5],
        indent: "  ",
      },
      style,
    ),
  ];
  if (shown.length > 0) {
    lines.push(
      "",
      ...table(
        shown.map(({ sample, clocks, values }) => [
          String(sample),
          timeCell(clocks, khz),
          ...values.map(digits),
        ]),
        {
          header: ["sample", "time", ...counters.map(counterId)],
          right: [0, 1, ...counters.map((_, i) => i + 2)],
          indent: "  ",
        },
        style,
      ),
    );
  }
  lines.push("", ...endLines(run, shown.length, style), "");
  return lines.join("\n");
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
          count(gaps.length, "place")
        }: the device wrote over them before they were read`
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

function endLines(run: DiagRun, shown: number, style: Style): string[] {
  const { rounds, gaps, seen } = run;
  const more = gaps.length - SHOWN_GAPS;
  return [
    ...endSentences(run).map((line) => style(line)),
    ...gaps.slice(0, SHOWN_GAPS).map(({ after, lost }) =>
      style(`  after sample ${after}: ${thousands(lost)} lost`, "yellow")
    ),
    ...(more > 0 ? [style(`  and in ${count(more, "more place")}`)] : []),
    ...(shown < rounds.length
      ? [
        style(
          `The last ${shown} of ${
            thousands(seen)
          } are shown; --all, --csv or --html for the rest`,
          "dim",
        ),
      ]
      : []),
  ];
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
    const seconds = secondsOf(clocks, khz);
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

function digits(value: bigint | undefined): string {
  return value === undefined
    ? "-"
    : String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function rateText(rate: number | undefined): string {
  if (rate === undefined) return "-";
  if (rate >= 1e15) return rate.toExponential(3);
  return rate >= 100 || rate === 0
    ? thousands(Math.round(rate))
    : String(Number(rate.toPrecision(3)));
}

function timeCell(clocks: number, khz: number): string {
  const seconds = secondsOf(clocks, khz);
  return seconds === undefined ? String(clocks) : `${seconds.toFixed(6)} s`;
}
