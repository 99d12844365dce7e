/** Reading samples while they come, with a clock of the test's own. */
import { assert, assertEquals } from "@std/assert";
import type { DiagParams, Sample } from "../../../drivers/mlx5/reading/diag.ts";
import {
  DiagSeries,
  type Round,
} from "../../../drivers/mlx5/reading/diag_series.ts";
import {
  type LoopInput,
  paceOf,
  readWhile,
} from "../../../lib/cli/diag/loop.ts";

const PARAMS: DiagParams = {
  logSamples: 4,
  logPeriod: 20,
  set: ["repetitive", "enable"],
  counters: [0x2006],
};

/** A device that takes a sample a millisecond. */
function scene(
  params: DiagParams,
  more: Partial<LoopInput> & {
    readonly stopAt?: number;
    readonly changeAt?: number;
  } = {},
) {
  let now = 0;
  const got: Round[] = [];
  const single = params.set.includes("single");
  const input: LoopInput = {
    source: {
      size: 16,
      poll: () => {
        const newest = Math.floor(now) + 100;
        const all = Array.from({ length: 16 }, (_, i): Sample => {
          const id = single ? i + 1 : newest - 15 + i;
          return {
            counter: 0x2006,
            sample: id,
            timeStamp: id * 1_000_000 % 2 ** 32,
            value: BigInt(id),
          };
        });
        return single ? all.slice(0, Math.floor(now) + 1) : all;
      },
      now: () =>
        more.changeAt !== undefined && now >= more.changeAt
          ? { ...params, logPeriod: 3 }
          : params,
    },
    series: new DiagSeries({ ...params, khz: 1_000_000 }),
    params,
    pace: 4,
    clock: () => now,
    pause: (milliseconds) => {
      assert(milliseconds > 0);
      now += milliseconds;
      return Promise.resolve();
    },
    interrupted: () => more.stopAt !== undefined && now >= more.stopAt,
    take: (rounds) => {
      got.push(...rounds);
      return true;
    },
    ...more,
  };
  return { input, ids: () => got.map(({ sample }) => sample), time: () => now };
}

Deno.test("it starts at the newest sample and ends when the time is up", async () => {
  const { input, ids, time } = scene(PARAMS, { duration: 10 });
  assertEquals(await readWhile(input), "duration");
  assertEquals(ids(), Array.from({ length: 11 }, (_, i) => 100 + i));
  assertEquals(time(), 10);
});

Deno.test("it ends with as many samples as were asked for, and no more", async () => {
  const { input, ids } = scene(PARAMS, { most: 6 });
  assertEquals(await readWhile(input), "count");
  assertEquals(ids(), [100, 101, 102, 103, 104, 105]);
});

Deno.test("a single run is taken from its first sample and ends when it is complete", async () => {
  const { input, ids } = scene({ ...PARAMS, set: ["single", "enable"] });
  assertEquals(await readWhile(input), "full");
  assertEquals(ids(), Array.from({ length: 16 }, (_, i) => i + 1));
});

Deno.test("an interruption ends it with what came", async () => {
  const { input, ids } = scene(PARAMS, { stopAt: 8 });
  assertEquals(await readWhile(input), "interrupted");
  assertEquals(ids().at(-1), 108);
});

Deno.test("other parameters end it before a sample of theirs is taken", async () => {
  const { input, ids } = scene(PARAMS, { changeAt: 8 });
  assertEquals(await readWhile(input), "changed");
  assertEquals(ids().at(-1), 104);
});

Deno.test("it ends when nobody has room for more", async () => {
  const { input } = scene(PARAMS, { take: () => false });
  assertEquals(await readWhile(input), "most");
});

Deno.test("looks that come late lose samples, and the series says so", async () => {
  const { input, ids } = scene(PARAMS, { duration: 90, pace: 30 });
  assertEquals(await readWhile(input), "duration");
  assertEquals(input.series.lost, 3 * 14);
  assertEquals(ids().length, 1 + 3 * 16);
});

Deno.test("it looks four times while the buffer fills, within reason", () => {
  assertEquals(paceOf(1024, 1e6), 256);
  assertEquals([paceOf(16, 1000), paceOf(16384, 1e9)], [20, 500]);
  assertEquals(paceOf(16, undefined), 20);
});
