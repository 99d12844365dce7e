/** Definition files of vendor features: what they may say, and what is refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseDefinition } from "../../../drivers/cxl/definition.ts";
import {
  checkValue,
  decodeFields,
  type FeatureField,
  nameOf,
  placeOf,
  readField,
  writeField,
} from "../../../drivers/cxl/fields.ts";
import { CxlFeatures, mergeSchemas } from "../../../drivers/cxl/knowledge.ts";
import { fromHex } from "../../../lib/bytes.ts";
import { isFwctlError, UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { sameField } from "../../../lib/plan/step.ts";

const UUID = "c0de0000-6d65-4d6f-8000-000000000001";
const field = (more: PlainObject = {}): PlainObject => ({
  name: "watts",
  offset: 0,
  type: "u16",
  ...more,
});
const one = (
  fields: readonly PlainData[],
  more: PlainObject = {},
  size?: number,
): PlainObject => ({
  features: [{
    name: "power_limit",
    uuid: UUID,
    get: { fields, ...(size === undefined ? {} : { size }) },
    ...more,
  }],
});

Deno.test("a definition gives every kind of field its place and its limits", () => {
  const [schema] = parseDefinition(one(
    [
      field({ min: 10, max: 40, help: "Watts" }),
      { name: "boost", offset: 2, type: "bits", bit: 3, bits: 2 },
      {
        name: "policy",
        offset: 3,
        type: "enum",
        values: { quiet: 0, fast: 7 },
      },
      { name: "serial", offset: 4, type: "u64" },
      { name: "tag", offset: 12, type: "bytes", size: 3 },
    ],
    { help: "Power" },
    16,
  ));
  assert(schema);
  assertEquals(
    schema.get.fields.map(({ name, bit, width }) => [name, bit, width]),
    [
      ["watts", 0, 16],
      ["boost", 19, 2],
      ["policy", 24, 8],
      ["serial", 32, 64],
      ["tag", 96, 24],
    ],
  );
  assertEquals(
    decodeFields(schema.get, fromHex("1900080700000000000000f0aabbccff")),
    {
      watts: 25,
      boost: 1,
      policy: "fast",
      serial: "0xf000000000000000",
      tag: "aabbcc",
    },
  );
});

Deno.test("what is wrong in a definition is named by its key path, and what was meant is said", () => {
  for (
    const [body, words] of [
      [{}, "features must be a list"],
      [{ features: [] }, "features is empty"],
      [{ featurs: [] }, "featurs is not known"],
      [{ features: [1] }, "features[0] must be an object"],
      [one([field()], { uuid: "1234" }), "features[0].uuid is no UUID"],
      [
        one([field()], { uuid: "96dad7d6-fde8-482b-a733-75774e06db8a" }),
        "features[0].uuid is patrol_scrub",
      ],
      [one([field()], { name: "ecs" }), "features[0].name"],
      [one([field()], { name: "a b" }), "features[0].name is no name"],
      [one([field()], { gets: {} }), "features[0].gets is not known"],
      [one([field()], { get: [] }), "features[0].get must be an object"],
      [one([]), "features[0].get.fields is empty"],
      [
        one([field({ type: "u24" })]),
        'features[0].get.fields[0].type is "u24"',
      ],
      [one([field({ offset: -1 })]), "fields[0].offset must be a whole number"],
      [one([field({ offset: 1.5 })]), "fields[0].offset must be"],
      [one([field({ size: 2 })]), "fields[0].size is not known"],
      [one([field({ min: 9, max: 3 })]), "fields[0].max must be"],
      [one([field({ max: 70000 })]), "fields[0].max must be"],
      [one([field({ type: "bytes" })]), "fields[0].size must be"],
      [one([field({ type: "bits" })]), "fields[0].bits must be"],
      [one([field({ type: "bits", bits: 65 })]), "fields[0].bits must be"],
      [one([field({ type: "enum" })]), "fields[0].values must be an object"],
      [one([field({ type: "enum", values: {} })]), "values is empty"],
      [one([field({ type: "enum", values: { a: 256 } })]), "values.a must be"],
      [one([field({ type: "enum", values: { a: 1, b: 1 } })]), "values.b is 1"],
      [
        one([field({ type: "enum", bit: 1, values: { a: 1 } })]),
        "bit needs bits",
      ],
      [one([field()], {}, 1), "fields[0] ends at byte 2, the data is 1 bytes"],
      [one([field(), field()]), "fields[1].name is that of"],
      [one([field(), field({ name: "b", offset: 1 })]), "lie over each other"],
      [
        one([field({ name: "b", offset: 1 }), field()]),
        "lie over each other",
      ],
      [
        one([field()], { set: { fields: [field({ name: "wats" })] } }),
        'set.fields[0].name "wats" is not in get',
      ],
      [
        one([field()], {
          set: { fields: [field({ type: "bytes", size: 2 })] },
        }),
        "set.fields[0].type is another kind",
      ],
    ] as const
  ) {
    const error = assertThrows(() => parseDefinition(body), UsageError);
    assert(error.message.includes(words), `${error.message} / ${words}`);
    assert(error.hint !== undefined && error.hint !== "");
  }
  const error = assertThrows(
    () => parseDefinition(one([field({ type: "u61" })])),
    UsageError,
  );
  assertEquals(error.hint, "Did you mean u16 or u64?");
});

Deno.test("two definitions of one feature, or of one name, are not merged", () => {
  const a = parseDefinition(one([field()]));
  const b = parseDefinition(one([field()], { name: "other" }));
  const c = parseDefinition(
    one([field()], { uuid: UUID.replace(/1$/, "2") }),
  );
  assertThrows(() => mergeSchemas([a, b]), UsageError, UUID);
  assertThrows(() => mergeSchemas([a, c]), UsageError, "power_limit");
  assertEquals(mergeSchemas([b, c]).length, 2);
  assertEquals(new CxlFeatures([], b).uuidOf("other"), UUID);
  assertThrows(
    () =>
      parseDefinition({
        features: [
          ...one([field()]).features as PlainData[],
          ...one([field()], { name: "x" }).features as PlainData[],
        ],
      }),
    UsageError,
    "features[1].uuid",
  );
});

Deno.test("any JSON is a definition or a UsageError", () => {
  const key = fc.constantFrom(
    ...["features", "name", "uuid", "get", "set", "fields", "size", "offset"],
    ...["type", "bits", "bit", "values", "min", "max", "help", "__proto__"],
  );
  const leaf = fc.oneof(
    fc.constantFrom<PlainData>("u8", "bits", "enum", "bytes", UUID, "a", null),
    fc.integer({ min: -2, max: 70000 }),
    fc.double(),
    fc.boolean(),
  );
  const { tree } = fc.letrec<{ tree: PlainData }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "large", withCrossShrink: true },
      leaf,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 3 }), (features) => {
      try {
        parseDefinition({ features });
      } catch (error) {
        assert(isFwctlError(error) && error.code === "UsageError", `${error}`);
      }
    }),
    { numRuns: 5000 },
  );
});

const anyField = fc.record({
  bit: fc.integer({ min: 0, max: 60 }),
  width: fc.integer({ min: 1, max: 64 }),
}).map(({ bit, width }): FeatureField => ({
  name: "f",
  bit,
  width,
  type: "number",
  help: "",
}));

Deno.test("a field reads what was written and leaves every other bit", () => {
  fc.assert(fc.property(
    anyField,
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    (field, before, raw) => {
      const wanted = raw & ((1n << BigInt(field.width)) - 1n);
      const given = field.width > 53
        ? `0x${wanted.toString(16)}`
        : Number(wanted);
      const checked = checkValue(field, given);
      assert("value" in checked);
      const after = new Uint8Array(before);
      writeField(after, field, checked.value);
      assertEquals(readField(after, field), checked.value);
      const number = (bytes: Uint8Array): bigint =>
        bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
      const mask = ((1n << BigInt(field.width)) - 1n) << BigInt(field.bit);
      assertEquals(number(after) & ~mask, number(before) & ~mask);
    },
  ));
});

Deno.test("a plan's place of a field covers all its bits, and no others where it is bytes or within one", () => {
  fc.assert(fc.property(
    anyField,
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc.integer({ min: 0, max: 127 }),
    (field, bytes, flip) => {
      const before = new Uint8Array(bytes);
      const after = before.slice();
      after[flip >> 3] = (after[flip >> 3] ?? 0) ^ (1 << (flip & 7));
      const same = sameField(before, after, {
        field: "f",
        before: 0,
        after: 0,
        limit: "",
        ...placeOf(field),
      });
      const own = flip >= field.bit && flip < field.bit + field.width;
      const exact = field.bit % 8 === 0 && field.width % 8 === 0 ||
        field.bit >> 3 === (field.bit + field.width - 1) >> 3;
      if (own) assertEquals(same, false);
      else if (exact) assertEquals(same, true);
    },
  ));
});

Deno.test("a value is taken or refused with what it may be", () => {
  const base = { name: "f", bit: 0, type: "number", help: "" } as const;
  const number = { ...base, width: 8, min: 10, max: 40 };
  const mode = { ...base, width: 8, values: { quiet: 0, fast: 7 } };
  const tag: FeatureField = { ...base, width: 16, type: "bytes" };
  assertEquals(checkValue(number, 25), { value: 25 });
  assertEquals(checkValue(number, "0x19"), { value: 25 });
  assertEquals(checkValue(number, true), {
    refused: "is not a whole number from 10 to 40",
  });
  assertEquals(checkValue({ ...base, width: 1 }, true), { value: 1 });
  for (const bad of [41, 9, 10.5, NaN, -1]) {
    assert("refused" in checkValue(number, bad));
  }
  assertEquals(checkValue(mode, "fast"), { value: 7 });
  assertEquals(checkValue(mode, 1), { refused: "is none of quiet, fast" });
  assertEquals(checkValue(mode, "loud"), { refused: "is none of quiet, fast" });
  assertEquals(checkValue(mode, "toString"), {
    refused: "is none of quiet, fast",
  });
  assertEquals(checkValue(tag, "AABB"), { value: "aabb" });
  for (const bad of ["aab", "aabbcc", "zzzz", 5]) {
    assert("refused" in checkValue(tag, bad));
  }
  assertEquals([nameOf(mode, 7), nameOf(mode, 3)], ["fast", 3]);
});
