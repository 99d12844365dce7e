/** Diagnostic counters of the modelled firmware, with a clock of the test's own. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { STAT } from "../../../../drivers/mlx5/firmware/command.ts";
import { Diagnostics } from "../../../../drivers/mlx5/firmware/queries_diag.ts";
import {
  countedAt,
  modelCounters,
} from "../../../../drivers/mlx5/firmware/diag_values.ts";
import {
  askParams,
  askSamples,
  decodeParams,
  decodeSamples,
  type DiagParams,
  type Sample,
  SAMPLE_BYTES,
  SAMPLES_AT,
  setParams,
} from "../../../../drivers/mlx5/reading/diag.ts";
import type { Bytes } from "../../../../lib/bytes.ts";

const START = Date.UTC(2030, 0, 1, 12);

interface Bench {
  now: number;
  readonly diagnostics: Diagnostics;
  send(request: Bytes, capacity: number): Bytes;
  set(params: Partial<DiagParams>): number;
  samples(rounds: number, index?: number): Sample[];
}

function bench(): Bench {
  const one: Bench = {
    now: START,
    diagnostics: new Diagnostics(() => one.now),
    send(request, capacity) {
      const out = new Uint8Array(capacity);
      const opcode = (request[0] ?? 0) << 8 | (request[1] ?? 0);
      const query = one.diagnostics.commands().get(opcode);
      assert(query);
      // The commands of the counters look at nothing but the counters.
      const context = {} as Parameters<typeof query.run>[1];
      query.run({
        in_: request,
        out,
        opcode,
        uid: 1,
        opMod: 0,
        tools: true,
        functionId: 0,
      }, context);
      return out;
    },
    set: (params) =>
      one.send(
        setParams({
          logSamples: 4,
          logPeriod: 20,
          set: ["repetitive", "enable"],
          counters: [0x401, 0x2006],
          ...params,
        }),
        16,
      )[0] ?? 0,
    samples(rounds, index = 0) {
      const count = rounds * 2;
      return decodeSamples(
        one.send(askSamples(count, index), SAMPLES_AT + count * SAMPLE_BYTES),
      ).filter(({ counter }) => counter !== 0);
    },
  };
  return one;
}

const ids = (samples: readonly Sample[]): number[] => [
  ...new Set(samples.map(({ sample }) => sample)),
];

Deno.test("the buffer fills at the period, then the newest take the place of the oldest", () => {
  const card = bench();
  assertEquals(card.set({}), STAT.OK);
  card.now += 5;
  // What is not taken yet is empty.
  assertEquals(ids(card.samples(16)), [1, 2, 3, 4, 5, 6]);
  card.now += 15;
  const later = ids(card.samples(16));
  assertEquals(later.length, 16);
  assertEquals(later.slice(0, 4), [17, 18, 19, 20]);
  assertEquals(later.at(-1), 16);
  assertEquals(card.samples(1, 4)[0]?.sample, 21);
});

Deno.test("a single run fills the buffer and stays", () => {
  const card = bench();
  card.set({ set: ["single", "enable"] });
  card.now += 1000;
  const first = card.samples(16);
  card.now += 1000;
  assertEquals(card.samples(16), first);
  assertEquals(ids(first), Array.from({ length: 16 }, (_, i) => i + 1));
});

Deno.test("on demand there is one sample a question", () => {
  const card = bench();
  card.set({ set: ["on_demand", "enable"], logSamples: 0 });
  card.now += 100;
  assertEquals(ids(card.samples(1)), [1]);
  card.now += 100;
  const [one] = card.samples(4);
  assertEquals(one?.sample, 2);
});

Deno.test("in sync the counters of a sample have one time stamp, else not", () => {
  for (const sync of [true, false]) {
    const card = bench();
    card.set({
      set: ["repetitive", "enable", ...(sync ? ["sync" as const] : [])],
    });
    card.now += 3;
    const [a, b] = card.samples(1);
    assertEquals(a?.timeStamp === b?.timeStamp, sync);
  }
});

Deno.test("counters never fall, levels do, and the same moment has the same values", () => {
  for (const { id } of modelCounters()) {
    let falls = 0;
    let last = -1;
    for (let i = 0; i < 4000; i++) {
      const value = countedAt(id, 1000 + i / 500);
      assert(value >= 0 && Number.isSafeInteger(value), `${id}: ${value}`);
      if (value < last) falls++;
      last = value;
    }
    assertEquals(falls > 0, id >= 0x2002 && id <= 0x2005, id.toString(16));
  }
  const [a, b] = [bench(), bench()];
  for (const card of [a, b]) {
    card.set({ set: ["repetitive", "clear", "enable"] });
    card.now += 9;
  }
  assertEquals(a.samples(4), b.samples(4));
  assertEquals(a.samples(1)[0]?.value, 0n);
});

Deno.test("many counters take longer than a short period allows", () => {
  const card = bench();
  card.set({ logPeriod: 0, logSamples: 14 });
  card.now += 1;
  const [first, , third] = card.samples(2);
  assertEquals(
    ((third?.timeStamp ?? 0) - (first?.timeStamp ?? 0) + 2 ** 32) % 2 ** 32,
    2 * 31_082,
  );
});

Deno.test("parameters that cannot be are refused and change nothing", () => {
  const card = bench();
  card.set({});
  const before = card.send(askParams(), 64);
  const bad: readonly Partial<DiagParams>[] = [
    { counters: [0x7777] },
    { counters: [0x401, 0x401] },
    { counters: [] },
    { logSamples: 15 },
    { set: ["single", "repetitive", "enable"] },
    { set: ["on_demand", "repetitive", "enable"] },
    { set: ["repetitive", "sync", "enable"], counters: [0x2004] },
  ];
  for (const params of bad) {
    assertEquals(card.set(params), STAT.BAD_PARAM, JSON.stringify(params));
  }
  const lies = setParams({
    logSamples: 1,
    logPeriod: 1,
    set: ["enable"],
    counters: [0x401],
  });
  lies[9] = 9;
  assertEquals(card.send(lies, 16)[0], STAT.BAD_INP_LEN);
  assertEquals(card.send(askParams(), 64), before);
  assertEquals(card.send(askSamples(1, 16), 64)[0], STAT.IX_ERR);
  assertEquals(card.set({ set: [], counters: [] }), STAT.OK);
  assertEquals(card.send(askSamples(1, 0), 64)[0], STAT.BAD_SYS_STATE);
  assertEquals(decodeParams(card.send(askParams(), 64)).counters, []);
});

Deno.test("a kept state goes on with its time; a wrong one is refused", () => {
  const card = bench();
  assertEquals(card.diagnostics.save(), undefined);
  card.set({});
  const other = bench();
  other.diagnostics.restore(card.diagnostics.save(), "diagnostics");
  other.now += 5;
  assertEquals(ids(other.samples(16)).length, 6);
  for (
    const [state, words] of [
      ["", "must be an object"],
      [{ context: "00" }, "no set of diagnostic parameters"],
      [{ context: "00".repeat(24), started: -1 }, "started"],
      [{ context: "00".repeat(24), start: 1 }, "start"],
    ] as const
  ) {
    assertThrows(
      () => other.diagnostics.restore(state, "diagnostics"),
      Error,
      words,
    );
  }
});
