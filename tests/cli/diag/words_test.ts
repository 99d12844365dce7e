/** What people write for diagnostic counters, as the device takes it. */
import { assertEquals, assertThrows } from "@std/assert";
import type { DiagState } from "../../../drivers/mlx5/reading/diag_device.ts";
import {
  countersOf,
  takenPeriod,
  takenSamples,
} from "../../../lib/cli/diag/words.ts";
import { nanoseconds, wantedPeriod } from "../../../lib/cli/times.ts";
import { UsageError } from "../../../lib/errors.ts";

function state(khz = 1_000_000, least = 0): DiagState {
  return {
    khz,
    capabilities: {
      logMaxSamples: 14,
      single: true,
      repetitive: true,
      logMinSamplePeriod: least,
      counters: [0x401, 0x2006, 0x40a, 0x2003].map((id) => ({
        id,
        sync: true,
      })),
    },
    params: { logSamples: 0, logPeriod: 0, set: [], counters: [] },
  };
}

Deno.test("a time has a unit, and is no more than a week", () => {
  for (
    const [text, ns] of [
      ["1ms", 1e6],
      ["1.5 s", 1.5e9],
      ["250us", 250e3],
      ["250µs", 250e3],
      ["10ns", 10],
      ["2m", 120e9],
      ["7h", 7 * 3600e9],
    ] as const
  ) assertEquals(nanoseconds(text), ns, text);
  for (
    const text of ["", "1", "ms", "1 parsec", "-1ms", "0s", "1e3s", "9999h"]
      .concat("1constructor", "1ms 2ms", "1..5s")
  ) assertEquals(nanoseconds(text), undefined, text);
  assertEquals(wantedPeriod("2^20"), { log: 20 });
  assertEquals(wantedPeriod("1ms"), { ns: 1e6 });
  assertEquals([wantedPeriod("2^41"), wantedPeriod("2^")], [
    undefined,
    undefined,
  ]);
});

Deno.test("a period says what was asked for and what is taken", () => {
  assertEquals(takenPeriod({ ns: 1e6 }, state(), "fwctl0"), {
    log: 20,
    said: "period: 1 ms asked for, 2^20 device clocks = 1.049 ms taken",
  });
  assertEquals(
    takenPeriod({ ns: 1000 }, state(1_000_000, 16), "fwctl0").said,
    "period: 1 µs asked for, 2^16 device clocks = 65.54 µs taken, the shortest it can",
  );
  assertEquals(takenPeriod({ log: 7 }, state(0), "fwctl0").log, 7);
  assertThrows(
    () => takenPeriod({ ns: 1e6 }, state(0), "fwctl0"),
    UsageError,
    "how fast its clock is",
  );
});

Deno.test("samples become the next power of two, and no more than the device keeps", () => {
  assertEquals(
    [1, 2, 3, 1000, 1024, 16384].map((n) =>
      takenSamples(n, state(), "fwctl0").log
    ),
    [0, 1, 2, 10, 10, 14],
  );
  assertEquals(
    takenSamples(1000, state(), "fwctl0").said,
    "samples: 1000 asked for, 1024 are kept",
  );
  assertThrows(
    () => takenSamples(16_385, state(), "fwctl0"),
    UsageError,
    "at most 16384",
  );
});

Deno.test("a counter is an id, a word or a name, and a slip is told", () => {
  const of = (...texts: string[]) => countersOf(texts, state(), "fwctl0");
  assertEquals(countersOf(undefined, state(), "fwctl0"), [
    0x401,
    0x40a,
    0x2006,
  ]);
  assertEquals(of("0x2006,1025"), [0x2006, 0x401]);
  assertEquals(of("tx-packets", "TX packets"), [0x2006]);
  assertEquals(of("PCI read stalled, no completion buffer"), [0x40a]);
  assertEquals(of("all"), [0x401, 0x2006, 0x40a, 0x2003]);
  assertEquals(of("0x2003,named").length, 4);
  for (
    const [text, words, hint] of [
      ["tx-pakets", 'no diagnostic counter "tx-pakets"', "tx-packets"],
      ["0x2002", "does not have the diagnostic counter 0x2002", "0x2003"],
      ["", 'no diagnostic counter ""', ""],
      ["constructor", "constructor", ""],
    ] as const
  ) {
    const error = assertThrows(() => of(text), UsageError, words);
    assertEquals(error.hint?.includes(hint), true, error.hint);
  }
});
