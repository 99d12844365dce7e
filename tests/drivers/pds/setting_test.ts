/** The resource pds.setting: converged, verified, undone, through a pair of operations. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { parseDefinition } from "../../../drivers/pds/definition.ts";
import { placeOf } from "../../../drivers/pds/definition_settings.ts";
import { driver } from "../../../drivers/pds/mod.ts";
import { writeField } from "../../../drivers/pds/payload.ts";
import { applyPlan } from "../../../lib/apply/apply.ts";
import {
  DecodeError,
  PlanError,
  RecipeError,
  UsageError,
} from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { makePlan } from "../../../lib/plan/make.ts";
import type { Plan } from "../../../lib/plan/types.ts";
import { type Bench, bench } from "./fixture.ts";

const FLOW = {
  device: "fwctl0",
  endpoint: "log",
  setting: "level",
  select: { module: "flow" },
};

function plan(machine: Bench, ...bodies: PlainObject[]): Plan {
  return makePlan({
    recipe: { name: "test", url: "test", digest: "", params: {} },
    declarations: bodies.map((body) => ({ kind: "pds.setting", body })),
    inventory: machine.sessions.inventory,
    drivers: [driver],
    session: (name) => machine.sessions.get(name),
  });
}

function apply(machine: Bench, of: Plan) {
  return applyPlan({
    plan: of,
    policy: machine.sessions.policy,
    inventory: machine.sessions.inventory,
    session: (name) => machine.sessions.get(name),
  });
}

Deno.test("a setting is planned field by field, applied, verified, and the second time there is nothing to do", async () => {
  using machine = await bench();
  const wish = { ...FLOW, set: { level: "debug" } };
  const made = plan(machine, wish);
  assertEquals(
    made.resources[0]?.changes.map(({ field, before, after }) => [
      field,
      before,
      after,
    ]),
    [["level", "info", "debug"]],
  );
  assertEquals(made.steps[0]?.label.name, "log.set_level");
  assertEquals(apply(machine, made).outcome, "applied");
  assertEquals(plan(machine, wish).steps, []);
  assertEquals(
    plan(machine, {
      ...FLOW,
      select: { module: "port" },
      set: { level: "debug" },
    })
      .steps.length,
    1,
    "another module is another unit",
  );
});

Deno.test("when a later write fails the earlier one is taken back", async () => {
  using machine = await bench({
    firmware: { faults: [{ request: "log.set_level", nth: 2, status: 12 }] },
  });
  const made = plan(machine, { ...FLOW, set: { level: "debug" } }, {
    ...FLOW,
    select: { module: "port" },
    set: { level: "error" },
  });
  assertEquals(apply(machine, made).outcome, "undone");
  assertEquals(
    plan(machine, { ...FLOW, set: { level: "info" } }).steps,
    [],
  );
});

Deno.test("wrong values, spellings and names are refused before anything is written", async () => {
  using machine = await bench();
  for (
    const [body, kind, words] of [
      [{ ...FLOW, set: { level: "loud" } }, PlanError, "field level cannot be"],
      [{ ...FLOW, set: { levle: 1 } }, PlanError, 'no field "levle"'],
      [
        { ...FLOW, select: { module: 2 }, set: { level: 1 } },
        PlanError,
        'module must be given as "flow"',
      ],
      [
        { ...FLOW, select: { port: 2 }, set: { level: 1 } },
        PlanError,
        'select: there is no field "port"',
      ],
      [
        { ...FLOW, setting: "levle", set: { level: 1 } },
        PlanError,
        'setting "levle" of log',
      ],
      [
        { ...FLOW, endpoint: "lgo", set: { level: 1 } },
        PlanError,
        'endpoint "lgo"',
      ],
      [FLOW, RecipeError, "set: must be"],
      [{ ...FLOW, set: {} }, RecipeError, "set: must be"],
      [{ ...FLOW, set: { level: 1 }, slect: {} }, RecipeError, '"slect"'],
      [{ ...FLOW, device: 7, set: { level: 1 } }, RecipeError, "device"],
    ] as const
  ) {
    const error: unknown = assertThrows(() => plan(machine, body));
    assert(error instanceof kind, words);
    assertStringIncludes(error.message, words);
  }
  assert(!machine.sent.some((name) => name.includes("set_level")));
});

Deno.test("an answer shorter than the setting is an error, not a setting of zeros", async () => {
  using machine = await bench();
  const { setting } = driver.resources;
  assert(setting);
  const body = setting.parse({ ...FLOW, set: { level: "debug" } });
  const located = setting.locate(body, machine.sessions.inventory);
  assertThrows(
    () =>
      setting.observe(body, located, {
        entry: machine.session.entry,
        info: {},
        know: machine.session.know,
        channel: { device: "fwctl0", send: () => new Uint8Array(49) },
        memo: (_key, read) => read(),
      }),
    DecodeError,
    "log.get_level answered 49 bytes, not 50",
  );
});

Deno.test("two declarations of one setting conflict", async () => {
  using machine = await bench();
  assertThrows(
    () =>
      plan(machine, { ...FLOW, set: { level: "debug" } }, {
        ...FLOW,
        set: { level: "error" },
      }),
    PlanError,
  );
});

Deno.test("a map's settings must be a pair that reads and writes the same", () => {
  const payload = (size: number) => ({
    size,
    fields: [{ name: "a", offset: 0, size: 1 }],
  });
  const operations = [
    { command: 1, name: "get", scope: "configuration", effect: "read" },
    { command: 2, name: "set", scope: "configuration" },
  ];
  const map = (
    response: PlainObject,
    request: PlainObject,
    settings: PlainObject,
  ) =>
    parseDefinition({
      endpoints: [{
        id: 1,
        name: "e",
        operations: [{ ...operations[0], response }, {
          ...operations[1],
          request,
        }],
        settings: [settings],
      }],
    });
  const pair = { name: "s", get: "get", set: "set" };
  assertEquals(map(payload(1), payload(1), pair)[0]?.settings.length, 1);
  const split = {
    size: 2,
    fields: [{ name: "a", offset: 0, bit: 4, bits: 8 }],
  };
  for (
    const [response, request, settings, words] of [
      [payload(1), payload(2), pair, "laid out unlike"],
      [
        payload(1),
        payload(1),
        { ...pair, get: "set" },
        "effect runtime, not read",
      ],
      [payload(1), payload(1), { ...pair, set: "get" }, "set has effect read"],
      [payload(1), payload(1), { ...pair, set: "put" }, "names no operation"],
      [payload(1), { size: 0 }, pair, "takes no fields"],
      [split, split, pair, "neither whole bytes nor bits of one byte"],
      [payload(1), payload(1), { ...pair, more: 1 }, "more is not known"],
    ] as const
  ) {
    assertThrows(() => map(response, request, settings), UsageError, words);
  }
});

Deno.test("a field changes exactly the bits that a plan says it has", () => {
  fc.assert(fc.property(
    fc.nat(7),
    fc.integer({ min: 1, max: 8 }),
    fc.nat(3),
    (low, width, byte) => {
      const max = (1n << BigInt(width)) - 1n;
      const field = {
        name: "a",
        type: "uint",
        bit: byte * 8 + low,
        width,
        values: undefined,
        min: 0n,
        max,
        default: undefined,
        unit: "",
      } as const;
      const place = placeOf(field);
      if (place === undefined) return assert(low + width > 8);
      const image = new Uint8Array(8);
      writeField(image, field, Number(max));
      for (let bit = 0; bit < 64; bit++) {
        const set = ((image[bit >> 3] ?? 0) & 0x80 >> (bit & 7)) !== 0;
        assertEquals(set, bit >= place && bit < place + width);
      }
    },
  ));
});
