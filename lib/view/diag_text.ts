/**
 * Diagnostic counters for people: what a device can sample, and samples as
 * tables.
 *
 * @module
 */
import {
  counterAbout,
  counterId,
  counterName,
} from "../../drivers/mlx5/reading/diag_counters.ts";
import type { DiagState } from "../../drivers/mlx5/reading/diag_device.ts";
import { periodOf, timeText } from "../../drivers/mlx5/reading/diag_time.ts";
import {
  type DiagRun,
  endSentences,
  modeText,
  secondsOf,
  summaries,
} from "./diag.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count, thousands } from "./words.ts";

/** Samples shown unless all are asked for. */
const SHOWN = 16;
/** Places with lost samples that are shown. */
const SHOWN_GAPS = 8;

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
