import { assert, assertEquals, assertThrows } from "@std/assert";
import { decode } from "../../lib/bits/decode.ts";
import { encode, encodeInto, readField } from "../../lib/bits/encode.ts";
import { describe, differences } from "../../lib/bits/describe.ts";
import { fieldOf, type Layout, locate } from "../../lib/bits/layout.ts";
import { toPlain } from "../../lib/bits/value.ts";
import { fromHex, toHex } from "../../lib/bytes.ts";
import { DecodeError, UsageError } from "../../lib/errors.ts";
import { LayoutTable } from "../../drivers/mlx5/tables/table_text.ts";

const TABLE = new LayoutTable(() => `
struct pair
 high:4 low:4
union either
 number:20 pair=pair
struct tail
 kind:8 rest:*8
struct outer
 opcode:10 ~8 pair=pair either=either pairs=pair*3 words:2*20 name:4*8 wide:60 big:28 list=pair*
struct only
 rest:*8
struct holder
 first:20 tail=tail
struct middle
 tail=tail last:8
`);

const OUTER = TABLE.get("outer");
const IMAGE = "0100 00 a5 00001234 112233 0000000100000002 41424344" +
  "00112233445566778899aabb 0102030405";

Deno.test("decode() gives every kind of field its value", () => {
  assertEquals(decode(OUTER, fromHex(`${IMAGE} f1f2f3`)), {
    opcode: 0x100,
    reserved_at_10: 0,
    pair: { high: 10, low: 5 },
    either: fromHex("00001234"),
    pairs: [{ high: 1, low: 1 }, { high: 2, low: 2 }, { high: 3, low: 3 }],
    words: [1, 2],
    name: fromHex("41424344"),
    wide: fromHex("00112233445566778899aabb"),
    big: 0x0102030405n,
    list: [{ high: 15, low: 1 }, { high: 15, low: 2 }, { high: 15, low: 3 }],
  });
});

Deno.test("decode() shows the chosen member of a union", () => {
  const bytes = fromHex(IMAGE);
  const values = decode(OUTER, bytes, { choose: { either: "number" } });
  assertEquals(values.either, { number: 0x1234 });
  assertThrows(
    () => decode(OUTER, bytes, { choose: { either: "nmber" } }),
    UsageError,
    'either has no field "nmber"',
  );
  assertEquals(decode(TABLE.get("either"), fromHex("12345678")), {
    number: 0x12345678,
    pair: { high: 1, low: 2 },
  });
});

Deno.test("decode() takes a start byte and can leave out reserved fields", () => {
  const values = decode(
    OUTER,
    fromHex(`ffff${IMAGE}`),
    { skipReserved: true },
    2,
  );
  assertEquals(values.opcode, 0x100);
  assert(!("reserved_at_10" in values));
});

Deno.test("a flexible array within a structure reaches to the end only at the end", () => {
  assertEquals(decode(TABLE.get("holder"), fromHex("00000001 02 0304")), {
    first: 1,
    tail: { kind: 2, rest: fromHex("0304") },
  });
  assertEquals(decode(TABLE.get("middle"), fromHex("02 03 04")), {
    tail: { kind: 2, rest: new Uint8Array(0) },
    last: 3,
  });
});

Deno.test("a buffer shorter than the structure is a DecodeError that tells both sizes", () => {
  const error = assertThrows(
    () => decode(OUTER, new Uint8Array(7)),
    DecodeError,
    "outer needs 40 bytes, there are 7",
  );
  assert(error.hint);
  assertThrows(() => decode(OUTER, new Uint8Array(44), {}, 10), DecodeError);
  assertThrows(() => decode(OUTER, new Uint8Array(44), {}, -1), DecodeError);
  assertThrows(() => decode(OUTER, new Uint8Array(44), {}, NaN), DecodeError);
  const only = TABLE.get("only");
  assertThrows(() => decode(only, new Uint8Array(4), {}, NaN), DecodeError);
  assertThrows(() => decode(only, new Uint8Array(4), {}, 5), DecodeError);
});

Deno.test("encode() changes what is named and nothing else, in a copy", () => {
  const base = new Uint8Array(43).fill(0xff);
  const bytes = encode(OUTER, { pair: { low: 0 }, words: [0, 7] }, base);
  assertEquals(base, new Uint8Array(43).fill(0xff));
  assertEquals(
    toHex(bytes),
    toHex(fromHex(
      `ffff ff f0 ${"ff".repeat(7)} 0000000000000007 ${"ff".repeat(24)}`,
    )),
  );
});

Deno.test("encode() without a base is zero elsewhere and grows for a flexible array", () => {
  const bytes = encode(OUTER, { list: [{ high: 1 }, { low: 2 }] });
  assertEquals(toHex(bytes), "00".repeat(40) + "1002");
  assertEquals(
    toHex(encode(TABLE.get("holder"), { tail: { rest: Uint8Array.of(9, 8) } })),
    "00000000000908",
  );
});

Deno.test("encode() writes a union by its bytes or by a member", () => {
  const at = (hex: string) => hex.slice(8, 16);
  assertEquals(
    at(toHex(encode(OUTER, { either: fromHex("01020304") }))),
    "01020304",
  );
  assertEquals(
    at(toHex(encode(OUTER, { either: { pair: { high: 3 } } }))),
    "30000000",
  );
});

Deno.test("encode() refuses unknown names and says which was meant", () => {
  const error = assertThrows(
    () => encode(OUTER, { opcdoe: 1 }),
    UsageError,
    'outer has no field "opcdoe"',
  );
  assertEquals(error.hint, "Did you mean opcode?");
  assertThrows(() => encode(OUTER, { pair: { lwo: 1 } }), UsageError, '"lwo"');
  assertThrows(() => encode(OUTER, { constructor: 1 }), UsageError);
});

Deno.test("encode() names the path of a value that does not fit", () => {
  const wrong: [Parameters<typeof encode>[1], string][] = [
    [{ pair: { low: 16 } }, "outer.pair.low: 16 does not fit 4 bits"],
    [{ pairs: [{}, {}, { high: -1 }] }, "outer.pairs[2].high: -1 does not"],
    [{ words: [1] }, "outer.words got 1 elements"],
    [{ words: [1, 2 ** 32] }, "outer.words[1]: 4294967296 does not fit"],
    [{ name: Uint8Array.of(1) }, "outer.name got 1 elements"],
    [{ wide: 1 }, "outer.wide must be 12 bytes, not 1"],
    [{ wide: Uint8Array.of(1) }, "outer.wide: 1 bytes were given"],
    [{ opcode: [1] }, "outer.opcode must be a whole number, not a list"],
    [{ opcode: {} }, "outer.opcode must be a whole number, not an object"],
    [{ pair: 1 }, "outer.pair must be the fields of pair, or bytes, not 1"],
    [{ list: 1 }, "outer.list must be a list, not 1"],
  ];
  for (const [values, message] of wrong) {
    assertThrows(() => encode(OUTER, values), UsageError, message);
  }
});

Deno.test("encode() writes no element into the field after a flexible array", () => {
  const middle = TABLE.get("middle");
  const error = assertThrows(
    () => encode(middle, { tail: { rest: Uint8Array.of(1) }, last: 0 }),
    UsageError,
    "middle.tail.rest got 1 elements",
  );
  assertEquals(error.hint, "There is room for 0");
});

Deno.test("encode() refuses a list that would take more memory than any request", () => {
  const list = new Array<number>(20_000_000);
  assertThrows(
    () => encode(TABLE.get("tail"), { rest: list }),
    UsageError,
    "20000001 bytes",
  );
});

Deno.test("encode() survives values of the wrong type from outside", () => {
  const hostile = JSON.parse(
    '[{"opcode":"1"},{"opcode":null},{"pairs":[null,1,"x"]},{"pair":null},{"words":{"length":2}}]',
  );
  for (const values of hostile) {
    assertThrows(() => encode(OUTER, values), UsageError, "must be");
  }
});

Deno.test("encodeInto() writes in place, and on an error not at all", () => {
  const bytes = new Uint8Array(40);
  encodeInto(OUTER, { opcode: 0x805 }, bytes);
  assertEquals(readField(OUTER, bytes, "opcode"), 0x805);
  const before = bytes.slice();
  assertThrows(
    () => encodeInto(OUTER, { opcode: 1, big: 2n ** 40n }, bytes),
    UsageError,
  );
  assertThrows(
    () => encodeInto(OUTER, { opcode: 1, list: [{}] }, bytes),
    DecodeError,
  );
  assertEquals(bytes, before);
});

Deno.test("describe() lists nested fields and elements with their paths", () => {
  const paths = describe(OUTER, { skipReserved: true, rawUnions: true })
    .map((flat) => `${flat.path} ${flat.bit} ${flat.width}`);
  assertEquals(paths, [
    "opcode 0 16",
    "pair.high 24 4",
    "pair.low 28 4",
    "either 32 32",
    "pairs[0].high 64 4",
    "pairs[0].low 68 4",
    "pairs[1].high 72 4",
    "pairs[1].low 76 4",
    "pairs[2].high 80 4",
    "pairs[2].low 84 4",
    "words[0] 88 32",
    "words[1] 120 32",
    "name 152 32",
    "wide 184 96",
    "big 280 40",
  ]);
  assert(describe(OUTER).some((flat) => flat.path === "either.pair.low"));
});

Deno.test("locate() ends where describe() says, for every path", () => {
  for (const flat of describe(OUTER)) {
    const place = locate(OUTER, flat.path);
    assertEquals(
      [place.offset, place.width],
      [flat.bit, flat.width],
      flat.path,
    );
  }
  assertThrows(() => locate(OUTER, "pairs[3].low"), UsageError, "no element 3");
  assertThrows(() => locate(OUTER, "opcode.x"), UsageError);
  assertThrows(() => locate(OUTER, ""), UsageError);
  assertThrows(() => locate(OUTER, "pairs[x]"), UsageError);
});

Deno.test("differences() tells the fields that differ, before and after", () => {
  const before = fromHex(IMAGE);
  const after = encode(OUTER, { pair: { high: 1 }, big: 1n }, before);
  assertEquals(
    differences(OUTER, before, after).map((
      one,
    ) => [one.path, one.before, one.after]),
    [["pair.high", 10, 1], ["big", 0x0102030405n, 1n]],
  );
  assertEquals(differences(OUTER, before, before.slice()), []);
  assertThrows(() => differences(OUTER, before, after.slice(1)), DecodeError);
});

Deno.test("toPlain() gives what JSON can hold", () => {
  const plain = toPlain(decode(OUTER, fromHex(IMAGE)));
  assertEquals(JSON.parse(JSON.stringify(plain)), plain);
  assertEquals(toPlain(2n ** 63n), "0x8000000000000000");
});

Deno.test("a layout that contains itself or names an unknown one is a typed error", () => {
  const loop: Layout = {
    name: "loop",
    kind: "struct",
    bits: 8,
    fields: [{
      name: "again",
      type: "loop",
      offset: 0,
      width: 8,
      elementWidth: 8,
    }],
    resolve: () => loop,
  };
  assertThrows(() => decode(loop, new Uint8Array(1)), DecodeError, "deep");
  assertThrows(() => describe(loop), DecodeError, "deep");
  const { resolve: _, ...lost } = loop;
  assertThrows(
    () => decode(lost, new Uint8Array(1)),
    UsageError,
    "cannot be found",
  );
});

Deno.test("fieldOf() names the nearest fields", () => {
  const error = assertThrows(() => fieldOf(OUTER, "wide_"), UsageError);
  assertEquals(error.hint, "Did you mean wide?");
  const far = assertThrows(() => fieldOf(OUTER, "zzzzzzz"), UsageError);
  assertEquals(far.hint, "Take one of the fields of outer");
});
