/** Hostile firmware under everything nvconfig reads: an answer or a typed error. */
import { assert } from "@std/assert";
import type { Channel, ObserveContext } from "../../../../drivers/driver.ts";
import { driver } from "../../../../drivers/mlx5/mod.ts";
import { DeviceError, isFwctlError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { MANY, noiseOf, random, RUNS } from "../../../hostile.ts";
import { ENTRY } from "../entry.ts";

/** Answers in each test; a plan asks several times. */

const INVENTORY = {
  bootId: "",
  kernel: "",
  lockdown: "none",
  tainted: false,
  rawio: false,
  devices: [ENTRY],
};

/** Answers noise, with a plausible length every other time; refuses now and then. */
function hostile(next: () => number, count: { answers: number }): Channel {
  const noise = noiseOf(next, 4096);
  return {
    device: "fwctl0",
    send(request, capacity) {
      const kind = next() % 16;
      count.answers++;
      if (kind === 0) {
        const status = 1 + next() % 0x51;
        throw new DeviceError("refused", { status, statusName: "X" });
      }
      const start = next() % 2048;
      const size = kind < 12 ? capacity : next() % (capacity + 1);
      const answer = noise.slice(start, start + size);
      const id = (request[10] ?? 0) << 8 | (request[11] ?? 0);
      if (kind < 10 && answer.length > 28) {
        // A length that fits, and support, so that what lies behind is reached.
        answer[18] = 0;
        answer[19] = next() % 2 ? request[19] ?? 0 : next() % 256;
        if (id === 0x9024) answer.set(request.subarray(20, 24), 20);
        if (id === 0x9030) answer[23] = 3;
      }
      return answer;
    },
  };
}

function fuzz(
  seed: number,
  decode: (context: ObserveContext) => unknown,
): void {
  // Ten thousands of errors are expected; their stacks would take most of the time.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    run(seed, decode);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function run(
  seed: number,
  decode: (context: ObserveContext) => unknown,
): void {
  const next = random(seed);
  const count = { answers: 0 };
  const channel = hostile(next, count);
  let answered = 0;
  let runs = 0;
  for (; count.answers < RUNS; runs++) {
    const memos = new Map<string, unknown>();
    try {
      decode({
        channel,
        entry: ENTRY,
        info: { uctx_caps: 4 },
        know: () => undefined,
        memo<T>(key: string, read: () => T): T {
          if (!memos.has(key)) memos.set(key, read());
          return memos.get(key) as T;
        },
      });
      answered++;
    } catch (error) {
      assert(
        isFwctlError(error),
        `run ${runs}: ${error}`,
      );
    }
  }
  assert(answered > 0 && answered < runs, `${answered} of ${runs} answered`);
}

function resource(kind: string, body: PlainObject) {
  const type = driver.resources[kind];
  assert(type);
  const declared = type.parse({ device: "fwctl0", ...body });
  const located = type.locate(declared, INVENTORY);
  return (context: ObserveContext) => {
    const observed = type.observe(declared, located, context);
    const { after, changes } = type.diff(declared, observed);
    assert(after.length === observed.image.length && changes.length <= 64);
  };
}

Deno.test(`${MANY} hostile answers to planning parameters: a difference or a typed error`, () => {
  fuzz(
    11,
    resource("nvconfig", {
      set: { NUM_OF_VFS: 4, SRIOV_EN: 1, NUM_VF_MSIX: 3 },
    }),
  );
});

Deno.test(`${MANY} hostile answers to planning whole items: a difference or a typed error`, () => {
  fuzz(
    12,
    resource("nvconfig_items", {
      items: [{ type: "01010012", data: "00000008" }],
    }),
  );
});

Deno.test(`${MANY} hostile answers to each query and to preparing each reset: an answer or a typed error`, () => {
  const { nvconfig, nvconfig_backup, firmware_resets } = driver.queries;
  const { nvconfig_reset, firmware_reset } = driver.actions;
  assert(nvconfig && nvconfig_backup && firmware_resets);
  assert(nvconfig_reset && firmware_reset);
  fuzz(
    13,
    (context) =>
      nvconfig.run(context, { names: ["LINK_TYPE_P1", "VF_MIGRATION_MODE"] }),
  );
  fuzz(14, (context) => nvconfig_backup.run(context, {}));
  fuzz(17, (context) => firmware_resets.run(context, {}));
  for (
    const [seed, type, body] of [
      [15, nvconfig_reset, { parameters: ["CNP_DSCP_P1"] }],
      [16, firmware_reset, { level: "pci" }],
      [18, nvconfig_reset, { item: "01010012" }],
    ] as const
  ) {
    const declared = type.parse({ device: "fwctl0", ...body });
    const located = type.locate(declared, INVENTORY);
    fuzz(
      seed,
      (context) => type.prepare(declared, located, context),
    );
  }
});
