/** Hostile answers: whatever a device says, a reading query answers or throws a typed error. */
import { assert } from "@std/assert";
import type { Channel } from "../../../../drivers/driver.ts";
import { driver } from "../../../../drivers/mlx5/mod.ts";
import { objectQueries } from "../../../../drivers/mlx5/tables/objects.ts";
import { registerLayouts } from "../../../../drivers/mlx5/tables/register_layouts.ts";
import { DecodeError, isFwctlError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { ENTRY } from "../entry.ts";
import { MANY, random, RUNS } from "../../../hostile.ts";

/** Asks until so many answers were given; `shape` may make one plausible. */
function fuzz(
  name: string,
  seed: number,
  argsOf: (next: () => number) => PlainObject,
  shape: (answer: Uint8Array, next: () => number, request: Uint8Array) => void,
): void {
  const next = random(seed);
  const noise = new Uint8Array(256 * 1024);
  for (let i = 0; i < noise.length; i++) noise[i] = next();
  let given = 0;
  const channel: Channel = {
    device: "fwctl0",
    send(request, capacity) {
      given++;
      const kind = next() % 8;
      const size = kind < 6 ? capacity : next() % (capacity + 1);
      const start = next() % 4096;
      const answer = noise.slice(start, start + size);
      if (kind === 0) answer.fill(0);
      shape(answer, next, request);
      return answer;
    },
  };
  const query = driver.queries[name];
  assert(query);
  let answered = 0;
  let refused = 0;
  while (given < RUNS) {
    const before = given;
    try {
      query.run(
        { channel, entry: ENTRY, info: {}, know: () => undefined },
        argsOf(next),
      );
      answered++;
    } catch (error) {
      assert(isFwctlError(error), `after ${given}: ${error}`);
      assert(
        error instanceof DecodeError || error.code === "UsageError",
        String(error),
      );
      refused++;
      // A refusal of the arguments asks nothing, and would not end.
      if (given === before) given++;
    }
  }
  assert(answered > 0, "none answered");
  assert(refused > 0, "none refused");
}

const pick = <T>(list: readonly T[], next: () => number): T | undefined =>
  list[next() % list.length];

Deno.test(`${MANY} hostile answers to reg: fields or a typed error`, () => {
  const ids = [...registerLayouts().keys()].filter((id) => id !== 0x9040);
  fuzz(
    "reg",
    11,
    (next) => ({ name: `0x${pick(ids, next)?.toString(16)}` }),
    () => {},
  );
});

Deno.test(`${MANY} hostile answers to object: fields or a typed error`, () => {
  const queries = [...objectQueries().values()].filter(({ answer }) =>
    // The longest answers are as good as the others, and take as long as 20.
    answer && answer.bits < 16_000
  );
  fuzz("object", 12, (next) => {
    const query = pick(queries, next);
    const numbers = query?.needed.map((name) => [name, next() % 256]) ?? [];
    return { name: query?.name ?? "", ...Object.fromEntries(numbers) };
  }, () => {});
});

Deno.test(`${MANY} hostile answers to diag: samples or a typed error`, () => {
  fuzz("diag", 13, (next) => ({ samples: next() % 64 }), (answer, next) => {
    // GENERAL: the capability itself, and few enough counters now and then.
    if (answer.length === 4112 && next() % 2) {
      answer[16 + 80] = 0;
      answer[16 + 48] = 0xff;
    }
    // The parameters: few enough counters now and then.
    if (answer.length === 4064 && next() % 2) answer[8] = 0;
  });
});

Deno.test(`${MANY} hostile answers to dump: segments or a typed error`, () => {
  fuzz(
    "dump",
    14,
    (next) =>
      next() % 2 ? {} : { segment: `0x${(next() % 0x10000).toString(16)}` },
    (answer, next, request) => {
      if (answer.length < 272 || next() % 16 === 0) return;
      // The register: size within it, in order, an end in sight.
      const more = next() % 4 ? 0 : 0x80;
      answer[16] = more;
      answer[17] = (((request[17] ?? 0) & 15) + 1) % 16 & 15;
      answer.set([0, 0, 0, (next() % 52) * 4], 16 + 36);
      if (next() % 3 === 0) return;
      // One menu and an end.
      const size = answer[16 + 39] ?? 0;
      if (size < 16) return;
      const words = size / 4 - 1;
      answer.set([0, words, 0xff, 0xff], 64);
      answer.set([0, 1, 0xff, 0xfb], 64 + words * 4);
    },
  );
});
