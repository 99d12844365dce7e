/** The resource cxl.feature and the queries, on the modelled device. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { parseDefinition } from "../../../drivers/cxl/definition.ts";
import { driver } from "../../../drivers/cxl/mod.ts";
import { toHex } from "../../../lib/bytes.ts";
import { PlanError, RecipeError, UsageError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import {
  compare,
  contextOf,
  deviceOf,
  ENTRY,
  INVENTORY,
  memory,
  undo,
  VENDOR,
  write,
} from "./firmware_fixture.ts";

const POWER = {
  name: "power_limit",
  uuid: VENDOR(1),
  help: "Power the device may draw",
  get: {
    size: 8,
    fields: [
      { name: "watts", offset: 0, type: "u16", min: 10, max: 40 },
      { name: "boost", offset: 2, type: "bits", bit: 0, bits: 1 },
      {
        name: "policy",
        offset: 3,
        type: "enum",
        values: { balanced: 0, quiet: 1, fast: 2 },
      },
      { name: "tag", offset: 4, type: "bytes", size: 4 },
    ],
  },
} as const satisfies PlainObject;
const DEFINED = parseDefinition({ features: [POWER] });

function start(firmware: PlainObject = {}, schemas = DEFINED) {
  const made = memory(firmware);
  return {
    ...made,
    context: contextOf(deviceOf(made.firmware.ops(0)), schemas),
  };
}

Deno.test("fields of a definition file are compared, written, seen and taken back", () => {
  const { context } = start();
  const body = {
    feature: "power_limit",
    set: { watts: 30, boost: true, policy: "fast", tag: "00000000" },
  };
  const { observed, difference } = compare(body, context);
  assertEquals(
    difference.changes.map((
      { field, before, after, limit, bit, width },
    ) => [field, before, after, limit, bit, width]),
    [
      ["watts", 25, 30, "10 to 40", 0, 16],
      ["boost", 0, 1, "", 23, 1],
      ["policy", "balanced", "fast", "one of balanced, quiet, fast", 24, 8],
    ],
  );
  assertEquals(difference.same.map(({ field }) => field), ["tag"]);
  assertEquals(
    [difference.live, difference.reset, difference.verifiable],
    ["now", undefined, true],
  );
  assertEquals(difference.changes[0]?.default, 25);
  assertEquals(difference.changes[0]?.inForce, undefined);
  write(context, difference);
  assertEquals(compare(body, context).difference.changes, []);
  undo(context, difference, observed);
  assertEquals(
    toHex(compare(body, context).observed.image),
    toHex(observed.image),
  );
});

Deno.test("a change that waits for a reset is seen in the saved value, with what is in force", () => {
  const { context, firmware } = start();
  const body = { feature: VENDOR(5), data: "0201" };
  const { difference, observed } = compare(body, context);
  assertEquals(
    [difference.live, difference.reset, difference.verifiable],
    ["next-reset", "cold reset", true],
  );
  assertEquals(toHex(observed.image), "0400");
  write(context, difference);
  const again = compare(body, context);
  assertEquals(again.difference.changes, []);
  assertEquals(again.difference.same[0]?.inForce, "0400", "pending");
  firmware.reset("cold");
  assertEquals(compare(body, context).difference.same[0]?.inForce, "0201");
});

Deno.test("where no value shows a change before the reset, the plan does not promise to check it", () => {
  const { context } = start();
  const { difference, observed } = compare(
    { feature: VENDOR(7), data: "02" },
    context,
  );
  assertEquals(
    [difference.live, difference.reset, difference.verifiable],
    ["next-reset", "CXL reset", false],
  );
  assert(observed.notes.some((note) => note.includes("shows only after")));
  assert(observed.notes.some((note) => note.includes("lost on its way")));
  assert(observed.notes.some((note) => note.includes("firmware update")));
});

Deno.test("a change at once in part is live now and still names its reset", () => {
  const { context } = start();
  const { difference, observed } = compare(
    { feature: VENDOR(8), data: "0101" },
    context,
  );
  assertEquals([difference.live, difference.reset], ["now", "cold reset"]);
  assertStringIncludes(observed.notes.join(), "A part takes hold at once");
});

Deno.test("what cannot be set is refused with the kernel's reason", () => {
  const { context } = start({
    standard: ["patrol_scrub", "hppr", "rank_sparing"],
  });
  for (
    const [body, words] of [
      [
        { feature: "patrol_scrub", set: { cycle_hours: 3 } },
        "PATROL_SCRUB is exclusive to the kernel: its EDAC and RAS driver owns it; use /sys/bus/edac/devices/cxl_mem0/scrub0",
      ],
      [
        { feature: "hppr", set: { at_boot: 1 } },
        "HPPR is exclusive to the kernel",
      ],
      [{ feature: VENDOR(10), data: "01" }, "in the background"],
      [{ feature: VENDOR(11), data: "01" }, "neither an immediate change"],
      [{ feature: VENDOR(12), data: "01" }, "reserved bits"],
      [{ feature: VENDOR(13), data: "01" }, "not changeable"],
      [{ feature: VENDOR(2), data: "01" }, "data is 1 bytes"],
      [
        { feature: "power_limit", set: { watts: 41 } },
        "watts 41 is not a whole number from 10 to 40",
      ],
      [
        { feature: "power_limit", set: { policy: "loud" } },
        "policy loud is none of balanced",
      ],
      [{ feature: "power_limit", set: { tag: "00" } }, "tag 00 is not 4 bytes"],
    ] as const
  ) {
    const { difference } = compare(body, context);
    assertEquals(difference.refused.length, 1);
    assertStringIncludes(difference.refused[0] ?? "", words);
  }
});

Deno.test("a definition of another size than the device's is refused, and nothing is guessed", () => {
  const short = parseDefinition({
    features: [{
      ...POWER,
      get: { fields: [{ name: "x", offset: 9, type: "u8" }] },
    }],
  });
  const { context } = start({}, short);
  const { difference } = compare(
    { feature: "power_limit", set: { x: 1 } },
    context,
  );
  assertEquals(difference.refused, [
    "x of the definition is outside the 8 bytes to read",
  ]);
  const other = start(
    {},
    parseDefinition({
      features: [{ ...POWER, get: { ...POWER.get, size: 12 } }],
    }),
  );
  assertEquals(
    compare({ feature: "power_limit", set: { watts: 11 } }, other.context)
      .difference.refused,
    ["the definition says 12 bytes to read, the device says 8"],
  );
});

Deno.test("a feature written in another layout than it is read in gets that layout, and so does its undo", () => {
  const schemas = parseDefinition({
    features: [{
      name: "split",
      uuid: VENDOR(1),
      get: {
        fields: [
          { name: "caps", offset: 0, type: "u8" },
          { name: "hours", offset: 1, type: "u8" },
          { name: "on", offset: 3, type: "bits", bits: 1 },
        ],
      },
      set: {
        fields: [
          { name: "hours", offset: 0, type: "u8", min: 2 },
          { name: "on", offset: 1, type: "bits", bit: 4, bits: 1 },
        ],
      },
    }],
  });
  const features = [{
    uuid: VENDOR(1),
    size: 4,
    setSize: 2,
    current: "070c0001",
  }];
  const { context } = start({ features }, schemas);
  const { difference } = compare(
    { feature: "split", set: { hours: 5 } },
    context,
  );
  assert(difference.payload);
  assertEquals(toHex(difference.payload.write), "0510");
  assertEquals(toHex(difference.payload.undo), "0c10");
  assertEquals(toHex(difference.after), "07050001");
  // op_size is that of the layout that is sent.
  assertEquals(difference.writeHeader[8], 34);
  for (
    const [set, words] of [
      [{ caps: 1 }, "caps can be read and not be set"],
      [{ hours: 1 }, "hours 1 is not a whole number from 2 to 255"],
    ] as const
  ) {
    assertEquals(
      compare({ feature: "split", set }, context).difference.refused,
      [words],
    );
  }
});

Deno.test("a schema in the recipe is the same as one in a file", () => {
  const { context } = start({}, []);
  const { name: _name, uuid: _uuid, ...schema } = POWER;
  const { difference } = compare(
    { feature: VENDOR(1), schema, set: { watts: 12 } },
    context,
  );
  assertEquals(difference.changes.map(({ after }) => after), [12]);
});

Deno.test("what a recipe says wrongly is named by its key", () => {
  const { feature } = driver.resources;
  assert(feature);
  const base = { device: "mem0", feature: VENDOR(1) };
  for (
    const [body, words] of [
      [{}, "device"],
      [{ device: "mem0" }, "feature"],
      [base, "set: what the feature should be is not given"],
      [{ ...base, set: {}, data: "00" }, "data: does not go with set"],
      [{ ...base, set: {} }, "set: must be an object"],
      [{ ...base, set: { a: [1] } }, "set.a: [1] is not a value"],
      [{ ...base, data: "0" }, "data: 1 hex digits"],
      [{ ...base, data: "" }, "data: is empty"],
      [{ ...base, data: 7 }, "data: is not text"],
      [{ ...base, data: "00", sett: 1 }, 'no key "sett"'],
      [{ ...base, set: { a: 1 }, schema: {} }, "schema.get must be an object"],
      [
        { ...base, set: { a: 1 }, schema: { ...POWER, uuid: VENDOR(2) } },
        "schema: is not about",
      ],
    ] as const
  ) {
    const error = assertThrows(() => feature.parse(body), RecipeError);
    assertStringIncludes(error.message, words);
  }
});

Deno.test("what the device does not have is said with what was meant", () => {
  const { context } = start();
  const body = { feature: "power_limt", set: { watts: 1 } };
  const error = assertThrows(() => compare(body, context), PlanError);
  assertEquals(error.reason, "unknown-target");
  assertEquals(error.hint, "Did you mean power_limit?");
  assertThrows(
    () => compare({ feature: VENDOR(77), data: "00" }, context),
    PlanError,
    "fwctl0 has no feature",
  );
  const field = assertThrows(
    () => compare({ feature: "power_limit", set: { wats: 1 } }, context),
    RecipeError,
  );
  assertEquals(field.hint, "Did you mean watts?");
  assertThrows(
    () => compare({ feature: VENDOR(2), set: { a: 1 } }, context),
    RecipeError,
    "are not known",
  );
  const { feature } = driver.resources;
  assert(feature);
  const declared = feature.parse({
    device: "fwctl0",
    feature: VENDOR(1),
    data: "00",
  });
  const inventory = { ...INVENTORY, devices: [{ ...ENTRY, driver: "mlx5" }] };
  assertThrows(() => feature.locate(declared, inventory), PlanError, "no CXL");
});

Deno.test("one feature under its name and under its UUID is one unit", () => {
  const { context } = start();
  compare({ feature: "power_limit", set: { watts: 12 } }, context);
  const error = assertThrows(
    () => compare({ feature: VENDOR(1), data: "00".repeat(8) }, context),
    PlanError,
  );
  assertEquals(error.reason, "conflict");
});

Deno.test("any whole value is written and taken back byte for byte", () => {
  const { context } = start();
  fc.assert(fc.property(
    fc.constantFrom([1, 8], [2, 2], [3, 1200], [5, 2], [6, 4], [8, 2]),
    fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    ([number = 1, size = 1], stream) => {
      const data = toHex(Uint8Array.from([...stream.take(size)]));
      const body = { feature: VENDOR(number), data };
      const { observed, difference } = compare(body, contextOf2(context));
      assertEquals(toHex(difference.after), data);
      if (difference.changes.length === 0) return;
      write(context, difference);
      const again = compare(body, contextOf2(context));
      assertEquals(again.difference.changes, []);
      assertEquals(toHex(again.observed.image), data);
      undo(context, difference, observed);
      assertEquals(
        toHex(compare(body, contextOf2(context)).observed.image),
        toHex(observed.image),
      );
    },
  ));
});

/** The same device, planned anew. */
function contextOf2<T extends { memo: unknown }>(context: T): T {
  return { ...context, memo: <V>(_key: string, read: () => V): V => read() };
}

Deno.test("the query features lists every feature with its words and its rule", () => {
  const { context } = start();
  const { features } = driver.queries;
  const answer = features?.run(context, {}) as {
    features: Record<string, unknown>[];
  };
  assertEquals(answer.features.length, 17);
  const power = answer.features.find(({ uuid }) => uuid === VENDOR(1));
  assertEquals(power?.name, "power_limit");
  assertEquals(power?.set_scope, "debug-write-full");
  assertEquals(power?.effects, [
    "immediate configuration change",
    "reset bits valid",
  ]);
  const scrub = answer.features[0];
  assertEquals([scrub?.name, scrub?.exclusive, scrub?.set_scope], [
    "patrol_scrub",
    "PATROL_SCRUB",
    null,
  ]);
  assertThrows(() => features?.run(context, { x: 1 }), UsageError, '"x"');
});

Deno.test("the query feature decodes what it knows and always gives the bytes", () => {
  const { context } = start({
    standard: ["patrol_scrub", "ecs", "sppr", "cacheline_sparing"],
  });
  const run = (args: PlainObject) =>
    driver.queries.feature?.run(context, args) as Record<string, unknown>;
  assertEquals(run({ feature: "patrol_scrub" }).fields, {
    cycle_changeable: 1,
    realtime_report: 0,
    cycle_hours: 12,
    min_cycle_hours: 1,
    enable: 1,
  });
  const ecs = run({ feature: "ecs" }).fields as Record<string, unknown>;
  assertEquals(ecs["frus[1].threshold"], "256");
  const repair = run({ feature: "sppr" }).fields as Record<string, unknown>;
  assertEquals(
    [repair["maintenance.op_class"], repair.dpa_support],
    [1, 1],
  );
  const sparing = run({ feature: "cacheline_sparing" });
  assertEquals(
    (sparing.fields as Record<string, unknown>).soft_sparing,
    1,
  );
  const part = run({ feature: VENDOR(6), offset: 1, count: 2 });
  assertEquals([part.fields, part.hex], [null, "1122"]);
  assertEquals(run({ feature: VENDOR(6), selection: "saved" }).hex, "00112233");
  for (
    const [args, words] of [
      [{}, "not given"],
      [{ feature: "x" }, 'No feature is called "x"'],
      [{ feature: VENDOR(7), selection: "saved" }, "no saved value"],
      [{ feature: VENDOR(7), selection: "now" }, "no selection"],
      [{ feature: VENDOR(6), offset: 4 }, "offset"],
      [{ feature: VENDOR(6), offset: 2, count: 3 }, "count"],
      [{ feature: VENDOR(6), coun: 3 }, '"coun"'],
    ] as const
  ) {
    const error = assertThrows(() => run(args), UsageError);
    assertStringIncludes(error.message, words);
  }
});

Deno.test("describe tells which features are a resource and why the others are not", () => {
  const { context } = start();
  const [own, kernel] = driver.describe(context);
  assertEquals([own?.items.length, kernel?.items.length], [13, 4]);
  assertEquals(
    own?.items.filter(({ use }) => use === "resource").length,
    9,
  );
  for (const { reason } of [...own?.items ?? [], ...kernel?.items ?? []]) {
    assert(reason !== "");
  }
  assertEquals(kernel?.items.every(({ use }) => use === "query"), true);
});
