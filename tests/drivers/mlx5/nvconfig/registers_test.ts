/** The nvconfig registers byte for byte, and hostile answers to them. */
import { assert, assertEquals } from "@std/assert";
import { MANY, RUNS } from "../../../hostile.ts";
import {
  askAbilities,
  askItem,
  decodeAbilities,
  decodeItem,
  decodeStored,
  decodeSupport,
  readItem,
  resetAll,
  resetItem,
  writeItemHeader,
} from "../../../../drivers/mlx5/nvconfig/registers.ts";
import {
  askForReset,
  offeredResets,
} from "../../../../drivers/mlx5/nvconfig/mfrl.ts";
import { classify } from "../../../../drivers/mlx5/scope.ts";
import { toHex } from "../../../../lib/bytes.ts";
import { isFwctlError } from "../../../../lib/errors.ts";

Deno.test("reading the current global PCI item is the published request", () => {
  const request = readItem(0x80, 12, "current");
  assertEquals(request.length, 284);
  assertEquals(
    toHex(request),
    "080500000000000100009024000000000040000c0000008000000000" +
      "00".repeat(256),
  );
  const { scope, effect } = classify(request);
  assertEquals([scope, effect], ["debug-read-only", "read"]);
});

Deno.test("next and default differ from current in the access mode only", () => {
  assertEquals(
    (["next", "default"] as const).map((mode) =>
      toHex(readItem(0x01010012, 4, mode).subarray(16, 28))
    ),
    ["000000040101001200000000", "008000040101001200000000"],
  );
});

Deno.test("writing and resetting: op_mod 0, scope configuration, the item's effect", () => {
  const write = writeItemHeader(0x80, 12);
  assertEquals(
    toHex(write),
    "080500000000000000009024000000000209000c0000008000000000",
  );
  assertEquals(
    toHex(resetItem(0x03000080)),
    "08050000000000000000902500000000000000000300008000000000",
  );
  assertEquals(
    toHex(resetAll()),
    "080500000000000000009033000000000000000000000000",
  );
  assertEquals(
    toHex(askForReset(3, 0)),
    "080500000000000000009028000000000000000000000008",
  );
  // As mlx5_core's fw_reset.c: one type by its number in rst_type_sel.
  assertEquals(
    toHex(askForReset(3, 1)),
    "080500000000000000009028000000000000000001000008",
  );
  assertEquals(
    [write, resetItem(0x80), resetAll(), askForReset(3, 0)].map((request) => {
      const { scope, effect } = classify(request);
      return `${scope} ${effect}`;
    }),
    [
      "configuration next-reset",
      "configuration next-reset",
      "configuration destructive",
      "configuration disruptive",
    ],
  );
  assertEquals(
    toHex(askItem(0x81).subarray(6)),
    "000100009030000000000000008100000000",
  );
  assertEquals(askAbilities().length, 32);
});

Deno.test(`${MANY} hostile answers to each decoder: a value or a typed error`, () => {
  let state = 7;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const noise = new Uint8Array(1024);
  for (let i = 0; i < noise.length; i++) noise[i] = next();
  const decoders = [
    decodeItem,
    decodeStored,
    decodeSupport,
    decodeAbilities,
    offeredResets,
  ];
  let answered = 0;
  for (let run = 0; run < RUNS; run++) {
    const start = next() % 512;
    const response = noise.subarray(start, start + next() % 310);
    for (const decode of decoders) {
      try {
        const value = decode(response, "fwctl0");
        if ("data" in value) {
          assert(value.data.length <= 256);
          assert(value.data.length <= response.length - 28);
        }
        answered++;
      } catch (error) {
        assert(isFwctlError(error), String(error));
      }
    }
  }
  assert(answered > 0 && answered < 500_000, `${answered} answered`);
});
