/** Query `dump`: the resource dump, piece by piece. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { encode } from "../../../../lib/bits/mod.ts";
import type { Bytes } from "../../../../lib/bytes.ts";
import { DecodeError, UsageError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import type { Channel } from "../../../../drivers/driver.ts";
import { dump } from "../../../../drivers/mlx5/reading/dump.ts";
import { segments } from "../../../../drivers/mlx5/reading/segments.ts";
import { layout } from "../../../../drivers/mlx5/tables/ifc.ts";
import { bench } from "../nvconfig/bench.ts";

interface Answer {
  readonly menu: readonly PlainObject[];
  readonly bytes: number;
  readonly reads: number;
  readonly complete: boolean;
  readonly segments: readonly PlainObject[];
}

/** A device that answers each read with what `next` makes of it. */
function device(
  next: (
    read: number,
  ) => Readonly<Record<string, number>>,
): Channel {
  let reads = 0;
  return {
    device: "fwctl0",
    send: (_request: Bytes, capacity: number): Bytes => {
      const answer = new Uint8Array(capacity);
      answer.set(encode(layout("resource_dump"), next(reads++)), 16);
      return answer;
    },
  };
}

Deno.test("the menu lists segments with what their indexes are", async () => {
  const card = await bench();
  const { menu } = card.query("dump") as unknown as Answer;
  assertEquals(menu.find(({ segment }) => segment === "FULL_QPC"), {
    segment: "FULL_QPC",
    type: "0x1000",
    index1: "QPN",
    index2: "",
    counts: "",
    needs: "index1",
  });
  card.close();
});

Deno.test("a segment longer than one piece is put together", async () => {
  const card = await bench();
  const answer = card.query("dump", {
    segment: "SX_SLICE_ALL",
  }) as unknown as Answer;
  assert(answer.reads > 5);
  assert(answer.complete);
  assertEquals(answer.segments.map(({ name }) => name), [
    "INFO",
    "COMMAND",
    "SX_SLICE_ALL",
    "TERMINATE",
  ]);
  const [, , resource] = answer.segments;
  const payload = String(resource?.payload);
  assertEquals(payload.length, 2048 * 2);
  // The model counts the words: a piece lost or twice would show.
  for (let i = 0; i < 2048; i += 4) {
    assertEquals(
      Number.parseInt(payload.slice(i * 2, i * 2 + 8), 16) % 0x10000,
      i,
    );
  }
  card.close();
});

Deno.test("what is over the limit is cut and said", async () => {
  const card = await bench();
  const answer = card.query("dump", {
    segment: "0x3001",
    limit: 400,
  }) as unknown as Answer;
  assertEquals([answer.bytes, answer.complete], [400, false]);
  assertEquals(answer.segments.map(({ name }) => name), ["INFO", "COMMAND"]);
  card.close();
});

Deno.test("a device that never ends, skips a piece or gives too much is a typed error", () => {
  for (
    const [words, next] of [
      ["empty pieces", (read: number) => ({
        more_dump: 1,
        seq_num: (read + 1) % 16,
      })],
      ["piece 2 where 1 is due", () => ({
        more_dump: 1,
        seq_num: 2,
        size: 4,
      })],
      ["a piece of 212 bytes", () => ({ size: 212 })],
      ["a piece of 6 bytes", () => ({ size: 6 })],
    ] as const
  ) {
    assertThrows(
      () => dump(device(next), { segment: 1 }, 4096),
      DecodeError,
      words,
    );
  }
});

Deno.test("a segment of no length is a typed error, unless the dump was cut", () => {
  const data = new Uint8Array(8);
  assertThrows(() => segments(data, false), DecodeError);
  assertEquals(segments(data, true), []);
});

Deno.test("what is wrong in the arguments is named", async () => {
  const card = await bench();
  for (
    const [args, words] of [
      [{ segment: "FULL_QPK" }, "FULL_QPK"],
      [{ segment: "FULL_QPC" }, "index1"],
      [{ segment: "FULL_QPC", index1: 1, index2: 1 }, "index2"],
      [{ segment: "FULL_QPC", index1: 1, limit: 6 }, "limit"],
      [{ segment: "FULL_QPC", index: 1 }, 'no argument "index"'],
    ] as const
  ) {
    assertThrows(() => card.query("dump", args), UsageError, words);
  }
  card.close();
});
