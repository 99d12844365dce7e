import { assertEquals, assertThrows } from "@std/assert";
import { cStruct } from "../../lib/bits/cstruct.ts";
import { decode } from "../../lib/bits/decode.ts";
import { encode } from "../../lib/bits/encode.ts";
import { fromHex, toHex } from "../../lib/bytes.ts";
import { UsageError } from "../../lib/errors.ts";

Deno.test("cStruct() lays members out as C does on a little-endian machine", () => {
  const inner = cStruct("inner", 8, [["a", "u8"], ["b", "u32"]]);
  const outer = cStruct("outer", 40, [
    ["kind", "u8"],
    ["length", "u16"],
    ["inner", inner],
    ["uuid", "u8", 16],
    ["low", "u8:3"],
    ["high", "u8:5"],
    ["address", "u64"],
    ["data", "u8", 0],
  ]);
  assertEquals(
    outer.fields.map((field) => [field.name, field.offset / 8, field.width]),
    [
      ["kind", 0, 8],
      ["length", 2, 16],
      ["inner", 4, 64],
      ["uuid", 12, 128],
      ["low", 28, 3],
      ["high", 28 + 3 / 8, 5],
      ["address", 32, 64],
      ["data", 40, 0],
    ],
  );
  const bytes = encode(outer, {
    kind: 1,
    length: 0x1234,
    inner: { b: 0xa0b0c0d0 },
    low: 5,
    high: 1,
    address: 0x1122334455667788n,
    data: Uint8Array.of(0xee),
  });
  assertEquals(
    toHex(bytes),
    toHex(fromHex(
      `01003412 00000000d0c0b0a0 ${
        "00".repeat(16)
      } 0d000000 8877665544332211 ee`,
    )),
  );
  assertEquals(decode(outer, bytes).address, 0x1122334455667788n);
  assertEquals(decode(outer, bytes).inner, { a: 0, b: 0xa0b0c0d0 });
});

Deno.test("a nested structure is aligned as its strictest member, unless packed", () => {
  const inner = cStruct("inner", 8, [["a", "u8"], ["b", "u32"]]);
  const members = [["x", "u8"], ["inner", inner]] as const;
  assertEquals(cStruct("o", 12, members).fields[1]?.offset, 32);
  const packed = cStruct("o", 9, members, { packed: true });
  assertEquals(packed.fields[1]?.offset, 8);
});

Deno.test("cStruct() packs when told to, and all members of a union begin at 0", () => {
  const packed = cStruct("p", 7, [["a", "u8"], ["b", "u32"], ["c", "u16"]], {
    packed: true,
  });
  assertEquals(packed.fields.map((field) => field.offset), [0, 8, 40]);
  const both = cStruct("u", 4, [["word", "u32"], ["byte", "u8"]], {
    union: true,
  });
  assertEquals(both.fields.map((field) => field.offset), [0, 0]);
  assertEquals(both.bits, 32);
});

Deno.test("a bit field does not cross a unit of its type", () => {
  const bits = cStruct("b", 8, [["a", "u32:20"], ["b", "u32:20"]]);
  assertEquals(bits.fields.map((field) => field.offset), [0, 32]);
});

Deno.test("cStruct() refuses members that do not make the stated size", () => {
  assertThrows(
    () => cStruct("s", 3, [["a", "u32"]]),
    UsageError,
    "s is 4 bytes, not 3",
  );
  assertThrows(
    () => cStruct("s", 1, [["a", "u8:9"]]),
    UsageError,
    "s.a cannot be",
  );
  assertThrows(
    () => cStruct("s", 2, [["a", "u8"], ["a", "u8"]]),
    UsageError,
    "two members",
  );
});
