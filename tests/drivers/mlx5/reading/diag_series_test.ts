/** Samples in order: ids and stamps go on past their ends, and what is lost is said. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Channel } from "../../../../drivers/driver.ts";
import {
  DIAG_OPCODE,
  type DiagParams,
  type Sample,
  SAMPLE_BYTES,
  SAMPLES_AT,
} from "../../../../drivers/mlx5/reading/diag.ts";
import {
  ahead,
  bufferSize,
  DiagSource,
} from "../../../../drivers/mlx5/reading/diag_device.ts";
import { DiagSeries } from "../../../../drivers/mlx5/reading/diag_series.ts";
import {
  logOfPeriod,
  periodOf,
  timeText,
} from "../../../../drivers/mlx5/reading/diag_time.ts";
import { DecodeError } from "../../../../lib/errors.ts";
import { MANY, noiseOf, random, RUNS } from "../../../hostile.ts";

const COUNTERS = [0x401, 0x2006];
const OPTIONS = { counters: COUNTERS, logPeriod: 20, khz: 1_000_000 };

/** A whole sample. */
function round(id: number, clocks: number, value = id): Sample[] {
  return COUNTERS.map((counter) => ({
    counter,
    sample: id & 0xffff,
    timeStamp: clocks % 2 ** 32,
    value: BigInt(value),
  }));
}

Deno.test("a sample_id of 16 bits is counted on past 65535, also within one look", () => {
  const series = new DiagSeries(OPTIONS);
  const period = 2 ** 20;
  // A buffer that goes round: the newest stand first.
  series.add(
    [65537, 65538, 65534, 65535, 65536].flatMap((id) => round(id, id * period)),
  );
  series.add([65539, 65540].flatMap((id) => round(id, id * period)));
  const rounds = series.take(true);
  assertEquals(
    rounds.map(({ sample }) => sample),
    [65534, 65535, 65536, 65537, 65538, 65539, 65540],
  );
  assertEquals(rounds.map(({ clocks }) => clocks / period), [
    ...[0, 1, 2, 3, 4, 5, 6],
  ]);
  assertEquals([series.count, series.lost], [7, 0]);
});

Deno.test("a time stamp of 32 bits goes on, also when a period is longer than its turn", () => {
  const series = new DiagSeries({ ...OPTIONS, logPeriod: 34 });
  const period = 2 ** 34;
  for (const id of [1, 2, 3]) series.add(round(id, 77 + id * period));
  assertEquals(
    series.take(true).map(({ clocks }) => clocks),
    [0, period, 2 * period],
  );
  assertEquals(series.period, period);
});

Deno.test("what came twice counts once, and what is missing is said with its place", () => {
  const series = new DiagSeries(OPTIONS);
  series.add([...round(1, 0), ...round(2, 2 ** 20)]);
  series.add([...round(2, 2 ** 20), ...round(6, 5 * 2 ** 20)]);
  series.add([...round(2, 2 ** 20), ...round(1, 0)]);
  assertEquals(series.take(true).map(({ sample }) => sample), [1, 2, 6]);
  assertEquals([series.lost, series.gaps], [3, [{ after: 2, lost: 3 }]]);
});

Deno.test("a sample that is read in two parts is whole before it is handed over", () => {
  const series = new DiagSeries(OPTIONS);
  const [first, second] = round(5, 9);
  assert(first && second);
  series.add([...round(4, 0), first]);
  assertEquals(series.take().map(({ sample }) => sample), [4]);
  series.add([second]);
  const [whole] = series.take();
  assertEquals(whole?.values, [5n, 5n]);
});

Deno.test("a counter that is not sampled is left out and counted", () => {
  const series = new DiagSeries(OPTIONS);
  series.add([
    ...round(1, 0),
    { counter: 0x7777, sample: 9, timeStamp: 0, value: 1n },
  ]);
  assertEquals([series.foreign, series.count, series.lost], [1, 1, 0]);
});

Deno.test("after a silence longer than all ids the machine's clock tells how many are lost", () => {
  const series = new DiagSeries(OPTIONS);
  const period = 2 ** 20;
  const at = (id: number): number => id * period / 1e6;
  series.add(round(1, period), at(1));
  series.add(round(2, 2 * period), at(2));
  series.add(round(200_000, 200_000 * period), at(200_000) + 3);
  assertEquals(series.lost, 200_000 - 3);
});

Deno.test("a device that is slower than asked, or pauses while it is looked at, has lost nothing", () => {
  // Asked for one clock, takes a tenth of a second; then nothing for a minute.
  const series = new DiagSeries({ ...OPTIONS, logPeriod: 0 });
  for (let id = 1; id <= 5; id++) {
    series.add(round(id, id * 100_000_000), id * 100);
  }
  for (let at = 600; at < 60_000; at += 500) series.add([], at);
  series.add(round(6, 60_000_000_000), 60_000);
  assertEquals([series.lost, series.count], [0, 6]);
});

Deno.test("on demand no time between two samples is a loss, and the clock is not lost over it", () => {
  const series = new DiagSeries({ ...OPTIONS, logPeriod: 0, demand: true });
  // Seven seconds: the 32 bits of the stamp went round on the way.
  [1, 2, 3].forEach((id) => series.add(round(id, id * 7e9), id * 7000 + id));
  assertEquals(series.lost, 0);
  assertEquals(series.take(true).map(({ clocks }) => clocks), [0, 7e9, 14e9]);
});

/** A device whose buffer goes round; it moves with every question. */
function device(params: DiagParams, next: () => number): {
  channel: Channel;
  taken(): number;
  move(samples: number): void;
} {
  let taken = 1;
  const size = 2 ** params.logSamples;
  const channel: Channel = {
    device: "fwctl0",
    send(request, capacity) {
      const view = new DataView(request.buffer, request.byteOffset);
      assertEquals(view.getUint16(0), DIAG_OPCODE.QUERY_COUNTERS);
      const count = view.getUint16(8);
      const index = view.getUint16(10);
      assert(index < size, `index ${index} of ${size}`);
      assertEquals(capacity, SAMPLES_AT + count * SAMPLE_BYTES);
      const answer = new Uint8Array(capacity);
      const out = new DataView(answer.buffer);
      for (let i = 0; i < count; i++) {
        const slot = index + Math.floor(i / params.counters.length);
        assert(slot < size);
        // It goes on while it is read.
        if (next() % 8 === 0) taken++;
        if (slot >= taken) continue;
        const number = slot + size * Math.floor((taken - 1 - slot) / size);
        const at = SAMPLES_AT + i * SAMPLE_BYTES;
        out.setUint16(at, params.counters[i % params.counters.length] ?? 0);
        out.setUint16(at + 2, (number + 1) & 0xffff);
        out.setUint32(at + 4, number * 1000 % 2 ** 32);
        out.setUint32(at + 12, number);
      }
      return answer;
    },
  };
  return { channel, taken: () => taken, move: (more) => taken += more };
}

Deno.test("read again and again from a buffer that goes round, every sample comes once or is said to be lost", () => {
  const next = random(7);
  for (let run = 0; run < 40; run++) {
    const params: DiagParams = {
      logSamples: 3 + run % 6,
      logPeriod: 10,
      set: ["repetitive", "enable"],
      counters: COUNTERS,
    };
    const { channel, taken, move } = device(params, next);
    // Far enough for ids to go round, now and then.
    move(run % 2 ? 65_400 : 0);
    const source = new DiagSource(channel, params);
    const series = new DiagSeries({ ...params, khz: 1_000_000 });
    let seen = 0;
    let first: number | undefined;
    let last = 0;
    for (let look = 0; look < 60; look++) {
      series.add(source.poll());
      for (const { sample, values } of series.take(look === 59)) {
        first ??= sample;
        assert(seen === 0 || sample > last, `${sample} after ${last}`);
        last = sample;
        seen++;
        // The value is the number: no sample is taken for another.
        const [value] = values;
        assert(
          value === undefined || Number(value) % 65536 === (sample - 1) % 65536,
        );
      }
      move(next() % (source.size * (look % 7 === 0 ? 3 : 1)));
    }
    assertEquals(seen + series.lost, last - (first ?? 0) + 1);
    assert(last <= taken() + 65_536 && seen > 60, `${seen} seen`);
  }
});

Deno.test(`${MANY} hostile answers of a buffer: samples in order, whatever they say`, () => {
  const next = random(23);
  const noise = noiseOf(next, 64 * 1024);
  let given = 0;
  let samples = 0;
  while (given < RUNS) {
    const params: DiagParams = {
      logSamples: next() % 7,
      logPeriod: next() % 256,
      set: next() % 8 ? ["repetitive", "enable"] : ["on_demand", "enable"],
      counters: COUNTERS,
    };
    const channel: Channel = {
      device: "fwctl0",
      send(_request, capacity) {
        given++;
        const start = next() % 4096;
        const answer = noise.slice(start, start + next() % (capacity + 1));
        // Counters that are known, now and then.
        for (let at = SAMPLES_AT; at + 16 <= answer.length; at += 16) {
          if (next() % 4) answer.set([0x20, 0x06], at);
        }
        return answer;
      },
    };
    const source = new DiagSource(channel, params);
    const series = new DiagSeries({ ...params, khz: next() % 2 * next() });
    let last = Number.NEGATIVE_INFINITY;
    let clocks = -1;
    for (let look = 0; look < 8; look++) {
      series.add(source.poll(), look * (next() % 100_000));
      for (const round of series.take(look === 7)) {
        assert(round.sample > last && round.sample >= 0);
        assert(round.clocks >= clocks && Number.isFinite(round.clocks));
        last = round.sample;
        clocks = round.clocks;
        samples++;
      }
    }
    assert(Number.isFinite(series.lost) && series.lost >= 0);
  }
  assert(samples > 100, `${samples} samples`);
});

Deno.test("a buffer that an index cannot name is a typed error", () => {
  const params: DiagParams = {
    logSamples: 200,
    logPeriod: 0,
    set: ["enable"],
    counters: [1],
  };
  assertThrows(() => bufferSize(params), DecodeError, "2^200");
  assertEquals(bufferSize({ ...params, set: ["on_demand"] }), 1);
  assertEquals([ahead(2, 65535), ahead(65535, 2), ahead(7, 7)], [3, -3, 0]);
});

Deno.test("a time becomes the nearest power of two of device clocks", () => {
  assertEquals(logOfPeriod(1e6, 1_000_000, 0), 20);
  assertEquals(logOfPeriod(1e6, 1_000_000, 24), 24);
  assertEquals(logOfPeriod(1, 1_000_000, 0), 0);
  assertEquals(logOfPeriod(1e6, 156_250, 0), 17);
  assertEquals(periodOf(20, 1_000_000), 1_048_576);
  assertEquals(periodOf(20, 0), undefined);
  assertEquals(
    [1, 1024, 1_048_576, 2.5e9].map(timeText),
    ["1 ns", "1.024 µs", "1.049 ms", "2.5 s"],
  );
});
