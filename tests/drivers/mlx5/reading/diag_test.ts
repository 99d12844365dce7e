/** Diagnostic counters: query `diag` and action `mlx5.diagnostic_params`. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DecodeError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import {
  askSamples,
  decodeCapabilities,
  decodeParams,
  decodeSamples,
  setParams,
} from "../../../../drivers/mlx5/reading/diag.ts";
import { act, bench } from "../nvconfig/bench.ts";

interface Answer {
  readonly capabilities: PlainObject;
  readonly counters?: readonly PlainObject[];
  readonly parameters: PlainObject;
  readonly samples?: readonly PlainObject[];
  readonly csv?: readonly PlainObject[];
}

const PARAMS = {
  logSamples: 4,
  logPeriod: 10,
  set: ["single", "sync", "clear", "enable"],
  counters: [0x0401, 0x2006, 0x040b],
} as const;

Deno.test("SET_DIAGNOSTIC_PARAMS has the bytes of the published context", () => {
  assertEquals(
    setParams(PARAMS).toHex(),
    "08200000" + "00000000" + "00030004" + "b400000a" + "00".repeat(16) +
      "00000401" + "00002006" + "0000040b",
  );
  assertEquals(
    askSamples(6, 4).toHex(),
    "08210000" + "00000000" + "00060004" + "00000000",
  );
});

Deno.test("what is set is read back as the same", () => {
  // The context stands at the same place in request and answer.
  assertEquals(decodeParams(setParams(PARAMS)), PARAMS);
});

Deno.test("a counter's high word counts 2^32, not 2^31", () => {
  const answer = new Uint8Array(32);
  answer.set(
    [0x04, 0x01, 0, 5, 0xa0, 0x7a, 0xc8, 0x7b, 0, 0, 0, 1, 0, 0, 0, 2],
    16,
  );
  const [sample] = decodeSamples(answer);
  assertEquals(sample, {
    counter: 0x401,
    sample: 5,
    timeStamp: 0xa07ac87b,
    value: 0x1_0000_0002n,
  });
});

Deno.test("counters that do not fit are a typed error", () => {
  assertThrows(
    () => decodeCapabilities(new Uint8Array(256), 100),
    DecodeError,
    "100 diagnostic counters",
  );
  assertThrows(() => decodeParams(new Uint8Array(8)), DecodeError);
  const lies = setParams(PARAMS);
  lies[9] = 200;
  assertThrows(() => decodeParams(lies), DecodeError, "200 counters");
});

Deno.test("choosing counters taints, then they are sampled; stopping stops", async () => {
  const card = await bench();
  const before = card.query("diag", { counters: true }) as unknown as Answer;
  assertEquals(before.parameters.sampling, false);
  assertEquals(before.samples, []);
  assertEquals(before.counters?.[0]?.counter, "0x0401");
  const plan = card.plan(act("mlx5.diagnostic_params", {
    counters: [0x401, 0x2006],
    log_num_of_samples: 4,
    log_sample_period: 10,
    sync: true,
  }));
  const text = JSON.stringify(plan);
  assert(text.includes("debug-write"), text);
  await card.apply(plan);
  const after = card.query("diag", { samples: 3 }) as unknown as Answer;
  assertEquals(after.parameters.sampling, true);
  assertEquals(after.parameters.counters, ["0x0401", "0x2006"]);
  assertEquals(after.parameters.period, "1.024 µs");
  assertEquals(after.samples?.length, 6);
  assertEquals(
    after.samples?.map(({ counter, sample }) => [counter, sample]).slice(0, 3),
    [["0x0401", 1], ["0x2006", 1], ["0x0401", 2]],
  );
  assert(Number(after.samples?.[1]?.value) > 0);
  const csv = card.query("diag", {
    samples: 1,
    csv: true,
  }) as unknown as Answer;
  assertEquals(Object.keys(csv.csv?.[0] ?? {}), [
    "counter,sample,time_stamp,value",
  ]);
  await card.apply(
    card.plan(act("mlx5.diagnostic_params", { enable: false })),
  );
  const stopped = card.query("diag") as unknown as Answer;
  assertEquals(stopped.parameters.sampling, false);
  card.close();
});

Deno.test("counters the device lacks and modes that exclude each other are refused", async () => {
  const card = await bench();
  assertThrows(
    () =>
      card.plan(act("mlx5.diagnostic_params", {
        counters: [0x7777],
        log_num_of_samples: 4,
        log_sample_period: 10,
      })),
    Error,
    "0x7777",
  );
  for (
    const [body, words] of [
      [{ counters: [] }, "log_num_of_samples"],
      [
        { counters: [], log_num_of_samples: 1, log_sample_period: 1 },
        "counters",
      ],
      [{ single: true, repetitive: true }, "exclude"],
      [{ enable: 1 }, "enable"],
      [{ countrs: [1] }, "countrs"],
    ] as const
  ) {
    assertThrows(
      () =>
        card.plan(
          act("mlx5.diagnostic_params", body as unknown as PlainObject),
        ),
      Error,
      words,
    );
  }
  card.close();
});

Deno.test("the plan says how long a period is, and what its request ends", async () => {
  const card = await bench();
  const wish = act("mlx5.diagnostic_params", {
    counters: [0x401],
    log_num_of_samples: 4,
    log_sample_period: 20,
    repetitive: true,
  });
  const first = card.plan(wish);
  assertEquals(first.resources[0]?.notes, []);
  assert(JSON.stringify(first).includes('"1.049 ms"'));
  await card.apply(first);
  assertEquals(card.plan(wish).resources[0]?.notes, [
    "What is sampled now ends, whoever asked for it: 1 counter, mode repetitive enable",
  ]);
  for (
    const [body, words] of [
      [{ on_demand: true, repetitive: true }, "exclude"],
      [{ counters: [0x401, 0x401] }, "0x0401 is there twice"],
      [{ log_num_of_samples: 15 }, "at most 14"],
      [{ counters: [0x2004], sync: true }, "cannot be sampled in sync"],
    ] as const
  ) {
    assertThrows(
      () =>
        card.plan(act("mlx5.diagnostic_params", {
          counters: [0x401],
          log_num_of_samples: 4,
          log_sample_period: 20,
          ...body,
        } as unknown as PlainObject)),
      Error,
      words,
    );
  }
  card.close();
});
