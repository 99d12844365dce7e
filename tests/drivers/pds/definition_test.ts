import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseDefinition } from "../../../drivers/pds/definition.ts";
import { sampleMap } from "../../../drivers/pds/firmware/sample.ts";
import { driver } from "../../../drivers/pds/mod.ts";
import { mapOf, mergeMaps, opcodeOf } from "../../../drivers/pds/knowledge.ts";
import {
  decodePayload,
  encodePayload,
  type PayloadLayout,
} from "../../../drivers/pds/payload.ts";
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { ROOT } from "../../paths.ts";
import { ENTRY } from "./fixture.ts";

const OP = { command: 1, name: "get", scope: "configuration" };

function endpoints(...operations: PlainObject[]): PlainObject {
  return { endpoints: [{ id: 1, name: "port", operations }] };
}

function field(of: PlainObject, size = 8): PlainObject {
  return endpoints({
    ...OP,
    request: { size, fields: [{ name: "a", offset: 0, ...of }] },
  });
}

/** The request layout of a map with that one field. */
function layoutOf(...fields: PlainObject[]): PayloadLayout {
  const [endpoint] = parseDefinition(
    endpoints({ ...OP, request: { size: 32, fields } }),
  );
  const layout = endpoint?.operations[0]?.request;
  assert(layout);
  return layout;
}

Deno.test("a hostile map is refused with the path of the key that is wrong", () => {
  const cases: [PlainObject, string][] = [
    [{}, "endpoints is missing"],
    [{ endpoints: [], more: 1 }, "more is not known"],
    [{ endpoint: [] }, "endpoints is missing"],
    [{ endpoints: [3] }, "endpoints[0] is 3 but must be an object"],
    [{ endpoints: [{ id: -1 }] }, "endpoints[0].id is not such a number"],
    [{ endpoints: [{ id: "0x100000000" }] }, "endpoints[0].id"],
    [{ endpoints: [{ id: 1.5 }] }, "endpoints[0].id"],
    [{ endpoints: [{ id: 1 }] }, "endpoints[0].name is missing"],
    [{ endpoints: [{ id: 1, name: "0x1" }] }, "endpoints[0].name must be"],
    [
      { endpoints: [{ id: 1, name: "a", operation: [] }] },
      "endpoints[0].operations is missing",
    ],
    [endpoints({ ...OP, command: 0x10000 }), "operations[0].command"],
    [endpoints({ ...OP, version: 256 }), "operations[0].version"],
    [endpoints({ ...OP, scope: "debug-writ" }), 'did you mean "debug-write"'],
    [endpoints({ command: 1, name: "get" }), "operations[0].scope is missing"],
    [endpoints({ ...OP, effect: "none" }), "operations[0].effect"],
    [endpoints({ ...OP, groups: ["lnik"] }), "groups[0] is no group; did you"],
    [endpoints({ ...OP, efect: "read" }), 'did you mean "effect"'],
    [endpoints(OP, OP), "command 0x1 version 0 for the second time"],
    [
      endpoints(OP, { ...OP, command: 2 }),
      'name "get" version 0 for the second time',
    ],
    [endpoints({ ...OP, request: {} }), "request.size is missing"],
    [field({}), "needs either size, in bytes, or bits"],
    [field({ size: 1, bits: 3 }), "needs either size"],
    [field({ size: 9 }, 16), "more than the 8 bytes"],
    [field({ size: 4, offset: 5 }), "ends behind the payload's 8 bytes"],
    [field({ bits: 65 }), "bits is 65"],
    [field({ bit: 1, size: 1 }), "bit needs bits"],
    [field({ type: "text", bits: 8 }), "cannot be given for text"],
    [field({ size: 1, max: 256 }), "cannot go from 0 to 256 in 8 bits"],
    [field({ size: 1, min: 5, max: 4 }), "cannot go from 5 to 4"],
    [field({ size: 1, enum: { a: 256 } }), 'enum "a" of a does not fit'],
    [field({ size: 1, enum: { "7": 1 } }), "enum.7 must begin with a letter"],
    [field({ size: 1, enum: {} }), "has 0 names"],
    [field({ size: 1, name: "__proto__" }), "fields[0].name must be a letter"],
    [field({ size: 1, default: 300 }), "default does not fit"],
    [field({ size: 2, type: "text", enum: { a: 1 } }), "enum is not known"],
    [
      endpoints({
        ...OP,
        request: {
          size: 4,
          fields: [{ name: "a", offset: 0, size: 2 }, {
            name: "b",
            offset: 1,
            size: 1,
          }],
        },
      }),
      "has b where a is",
    ],
  ];
  for (const [body, words] of cases) {
    const error = assertThrows(() => parseDefinition(body), UsageError, words);
    assert(error.hint, `a hint for ${words}`);
  }
});

Deno.test("whatever JSON is given, a map or a UsageError comes of it", () => {
  const keys = [
    "endpoints",
    "operations",
    "id",
    "name",
    "command",
    "scope",
    "request",
    "fields",
    "size",
    "__proto__",
    "constructor",
  ];
  const tree = fc.letrec<{ value: PlainData }>((tie) => ({
    value: fc.oneof(
      { depthSize: "medium" },
      fc.constantFrom<PlainData>(0, 1, "0x1", "a", "read", null, true, -1),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 5 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...keys), tree, { maxKeys: 4 }),
      (body) => {
        try {
          parseDefinition(body);
        } catch (error) {
          assert(error instanceof UsageError, String(error));
        }
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("a map that says no effect gets the one its scope suggests", () => {
  const scopes = [
    ["configuration", "runtime"],
    ["debug-read-only", "read"],
    ["debug-write", "disruptive"],
    ["debug-write-full", "destructive"],
  ] as const;
  for (const [scope, effect] of scopes) {
    const [endpoint] = parseDefinition(endpoints({ ...OP, scope }));
    const operation = endpoint?.operations[0];
    assertEquals([operation?.effect, operation?.effectGiven], [effect, false]);
  }
});

Deno.test("a map's digest is the same whatever the order of its files and operations, and another for another map", async () => {
  const { measure } = driver;
  assert(measure);
  const digest = async (...maps: PlainObject[]) => {
    const map = mergeMaps(maps.map(parseDefinition));
    const measured = await measure({
      channel: { device: "fwctl0", send: () => new Uint8Array(0) },
      entry: ENTRY,
      info: {},
      know: () => map,
    });
    return measured?.endpointMap ?? null;
  };
  const one = { ...OP, request: { size: 1, fields: [FLAG] } };
  const two = { ...OP, command: 2, name: "set" };
  const first = await digest(endpoints(one, two));
  assertEquals(typeof first, "string");
  assertEquals(await digest(endpoints(two, one)), first);
  assertEquals(await digest(endpoints(two), endpoints(one)), first);
  const limited = {
    ...OP,
    request: { size: 1, fields: [{ ...FLAG, max: 3 }] },
  };
  assert(await digest(endpoints(limited, two)) !== first);
  const renamed = {
    ...OP,
    request: { size: 1, fields: [{ ...FLAG, enum: { no: 0, yes: 1 } }] },
  };
  assert(await digest(endpoints(renamed, two)) !== first);
  assertEquals(await digest(), null);
});

const FLAG = { name: "a", offset: 0, size: 1, enum: { off: 0, on: 1 } };

Deno.test("the fixture is the map of the modelled card", () => {
  const text = Deno.readTextFileSync(
    `${ROOT}tests/fixtures/pds/sample_map.json`,
  );
  assertEquals(JSON.parse(text), sampleMap());
});

Deno.test("maps are merged by endpoint, and contradictions are refused", () => {
  const map = (id: number, name: string, ...operations: PlainObject[]) =>
    parseDefinition({ endpoints: [{ id, name, operations }] });
  const other = { ...OP, command: 2, name: "set" };
  const merged = mergeMaps([map(1, "port", OP), map(1, "port", other)]);
  assertEquals(
    merged.endpoint(1)?.operations.map(({ name }) => name),
    ["get", "set"],
  );
  for (
    const [pair, words] of [
      [[map(1, "port", OP), map(1, "link")], 'endpoint 0x1 "port"'],
      [[map(1, "port"), map(2, "port")], 'endpoint 0x2 "port"'],
      [[map(1, "port", OP), map(1, "port", OP)], "operation 0x1 version 0"],
    ] as const
  ) {
    assertThrows(() => mergeMaps(pair), UsageError, words);
  }
  assertEquals(mapOf(undefined).endpoints, []);
});

Deno.test("an operation is found by name or number, the newest version unless one is asked for", () => {
  const { endpoints: list = [] } = sampleMap();
  const map = mergeMaps([parseDefinition({ endpoints: list })]);
  const log = map.findEndpoint("log");
  assertEquals(map.findEndpoint("0x2"), log);
  assertEquals(map.findEndpoint(2), log);
  const newest = map.findOperation(log, "set_level", undefined);
  assertEquals(opcodeOf(newest), 0x10002);
  assertEquals(map.findOperation(log, 2, 0).version, 0);
  // A request means the oldest version that understands it.
  assertEquals(map.operation(2, 0x00002)?.operation.version, 0);
  assertEquals(map.operation(2, 0x10002)?.operation.version, 1);
  assertEquals(map.operation(2, 0x20002), undefined);
  const error = assertThrows(
    () => map.findOperation(log, "setlevel", undefined),
    UsageError,
  );
  assertEquals(error.hint, "Did you mean set_level or get_level?");
  assertThrows(
    () => map.findOperation(log, 2, 9),
    UsageError,
    "log.set_level has no version 9",
  );
  assertThrows(() => map.findEndpoint("lgo"), UsageError, 'endpoint "lgo"');
});

Deno.test("a field's value is what it is after being written and read, for every type", () => {
  const layout = layoutOf(
    { name: "low", offset: 0, bits: 3 },
    { name: "high", offset: 0, bit: 3, bits: 13 },
    { name: "wide", offset: 8, size: 8 },
    { name: "signed", offset: 16, size: 2, type: "int" },
    { name: "text", offset: 20, size: 4, type: "text" },
    { name: "bytes", offset: 24, size: 2, type: "hex" },
    { name: "kind", offset: 28, size: 1, enum: { off: 0, on: 1 } },
  );
  fc.assert(fc.property(
    fc.record({
      low: fc.nat(7),
      high: fc.nat(0x1fff),
      wide: fc.bigInt(0n, 2n ** 64n - 1n).map((n) =>
        n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : `0x${n.toString(16)}`
      ),
      signed: fc.integer({ min: -0x8000, max: 0x7fff }),
      text: fc.stringMatching(/^[ -~]{0,4}$/),
      bytes: fc.stringMatching(/^[0-9a-f]{4}$/),
      kind: fc.constantFrom("off", "on"),
    }, { noNullPrototype: true }),
    (given) => {
      const { bytes } = encodePayload(layout, given);
      assertEquals(bytes.length, 32);
      assertEquals(decodePayload(layout, bytes), {
        fields: given,
        missing: [],
      });
    },
  ));
});

Deno.test("a value that does not fit is refused by its field's name, and a missing one too", () => {
  const layout = layoutOf(
    { name: "a", offset: 0, size: 1, min: 1, max: 9 },
    { name: "b", offset: 1, size: 1, enum: { off: 0, on: 1 }, default: "off" },
    { name: "c", offset: 2, size: 2, type: "text", default: "" },
    { name: "d", offset: 4, size: 2, type: "hex", default: "0000" },
  );
  assertEquals(encodePayload(layout, { a: 9 }).values, [
    { name: "a", value: 9 },
    { name: "b", value: "off" },
    { name: "c", value: "" },
    { name: "d", value: "0000" },
  ]);
  for (
    const [given, words] of [
      [{}, "field a is missing"],
      [{ a: 0 }, "field a cannot be 0"],
      [{ a: 10 }, "field a cannot be 10"],
      [{ a: 1.5 }, "field a cannot be 1.5"],
      [{ a: true }, "field a cannot be true"],
      [{ a: 1, b: 2 }, "field b cannot be 2"],
      [{ a: 1, b: "7" }, 'field b cannot be "7"'],
      [{ a: 1, b: "onn" }, 'field b cannot be "onn"'],
      [{ a: 1, c: "abc" }, 'field c cannot be "abc"'],
      [{ a: 1, c: "\0" }, "field c cannot be"],
      [{ a: 1, d: "00" }, 'field d cannot be "00"'],
      [{ a: 1, d: "zzzz" }, 'field d cannot be "zzzz"'],
      [{ a: 1, e: 1 }, 'there is no field "e"'],
    ] as const
  ) {
    const error = assertThrows(
      () => encodePayload(layout, given),
      UsageError,
      words,
    );
    assert(error.hint);
  }
});
