/** Samples as tables, CSV and data. */
import { assert, assertEquals } from "@std/assert";
import type { Round } from "../../drivers/mlx5/reading/diag_series.ts";
import { type DiagRun, summaries } from "../../lib/view/diag.ts";
import {
  CSV_HEADER,
  csvField,
  csvLines,
  samplesBody,
} from "../../lib/view/diag_data.ts";
import { samplesText } from "../../lib/view/diag_text.ts";
import { jsonText } from "../../lib/view/json.ts";
import { plainStyle } from "../../lib/view/style.ts";

const HUGE = 2n ** 64n - 1n;

function round(sample: number, ...values: (bigint | undefined)[]): Round {
  return {
    sample,
    clocks: (sample - 1) * 1_000_000,
    values,
    stamps: values.map((value) => value === undefined ? undefined : 7),
  };
}

const RUN: DiagRun = {
  device: "fwctl0",
  khz: 1_000_000,
  mode: ["repetitive", "sync"],
  logSamples: 4,
  logPeriod: 10,
  counters: [0x0409, 0x7777],
  rounds: [
    round(1, 1n, 9n),
    round(2, 3n, 5n),
    round(6, HUGE, undefined),
  ],
  seen: 3,
  lost: 3,
  gaps: [{ after: 2, lost: 3 }],
  foreign: 1,
  measured: 1_000_000,
  ended: "interrupted",
};

Deno.test("CSV has a header, CRLF, quotes where a name has a comma, and every digit", () => {
  const text = CSV_HEADER + csvLines(RUN.rounds, RUN);
  const lines = text.split("\r\n");
  assertEquals(lines.pop(), "");
  assertEquals(
    lines[0],
    "sample,clocks,seconds,counter,name,unit,time_stamp,value",
  );
  assertEquals(
    lines[1],
    '1,0,0.000000000,0x0409,"PCI read stalled, no read engines",device clocks,7,1',
  );
  // A value that is missing has no line.
  assertEquals(lines.length, 1 + 5);
  assert(lines[5]?.endsWith(",18446744073709551615"), lines[5]);
  assertEquals(csvField('a "b"\r\n,c'), '"a ""b""\r\n,c"');
  assertEquals(
    csvLines([round(2, 1n)], { counters: [0x2006], khz: 0 }),
    "2,1000000,,0x2006,TX packets,packets,7,1\r\n",
  );
});

Deno.test("the text says what is lost and where, what is slower, and why it ended", () => {
  const text = samplesText(RUN, plainStyle);
  for (
    const words of [
      "repetitive, sync, every 1.024 µs = 2^10 device clocks, the device keeps 16 samples",
      "3 lost in 1 place",
      "after sample 2: 3 lost",
      "takes a sample every 1 ms, slower than it was asked to",
      "1 entry of counters that are not sampled",
      "Interrupted",
      "18,446,744,073,709,551,615",
      "a level",
      "not public",
    ]
  ) assert(text.includes(words), `${words}\n${text}`);
  const many = {
    ...RUN,
    rounds: Array.from({ length: 40 }, (_, i) => round(i + 1, 1n, 1n)),
    seen: 40,
  };
  assert(samplesText(many, plainStyle).includes("The last 16 of 40"));
  assert(samplesText(many, plainStyle, { all: true }).includes("\n      24  "));
});

Deno.test("a summary knows a counter from a level, and its rate", () => {
  const [counter, level] = summaries(RUN);
  assertEquals([counter?.rises, level?.rises], [true, false]);
  assertEquals(level?.rate, -4000);
  assertEquals(
    summaries({ ...RUN, rounds: [] }).map(({ rate, first }) => [rate, first]),
    [[undefined, undefined], [undefined, undefined]],
  );
});

Deno.test("as data no digit is lost, and what is missing is null", () => {
  const data = JSON.parse(jsonText("diag-samples", samplesBody(RUN)));
  assertEquals(data.schema, "fwctl/diag-samples");
  assertEquals(data.samples[2].values, ["18446744073709551615", null]);
  assertEquals(data.samples[2].timeStamps, [7, null]);
  assertEquals(data.samples[1].seconds, 0.001);
  assertEquals([data.lost, data.ended, data.clockHz], [3, "interrupted", 1e9]);
});
