/** The action pds.operation: planned by the map, sent once, answered by its fields. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { operationAction } from "../../../drivers/pds/actions/operation.ts";
import { parseOperation } from "../../../drivers/pds/actions/operation_body.ts";
import { driver } from "../../../drivers/pds/mod.ts";
import { applyPlan } from "../../../lib/apply/apply.ts";
import type { ApplyResult } from "../../../lib/apply/types.ts";
import { toHex } from "../../../lib/bytes.ts";
import { PlanError, PolicyError, RecipeError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { makePlan } from "../../../lib/plan/make.ts";
import type { Plan } from "../../../lib/plan/types.ts";
import { ANY, type Bench, bench } from "./fixture.ts";

function plan(machine: Bench, ...bodies: PlainObject[]): Plan {
  return makePlan({
    recipe: { name: "test", url: "test", digest: "", params: {} },
    declarations: bodies.map((body) => ({
      kind: "pds.operation",
      action: true,
      body: { device: "fwctl0", ...body },
    })),
    inventory: machine.sessions.inventory,
    drivers: [driver],
    session: (name) => machine.sessions.get(name),
  });
}

function apply(machine: Bench, of: Plan): ApplyResult {
  return applyPlan({
    plan: of,
    policy: machine.sessions.policy,
    inventory: machine.sessions.inventory,
    session: (name) => machine.sessions.get(name),
  });
}

Deno.test("an operation is planned with the map's labels and fields, sent once, and answered by name", async () => {
  using machine = await bench({ policy: ANY });
  const made = plan(machine, {
    endpoint: "port",
    operation: "flap",
    fields: { port: 1, down: 50 },
  });
  const [step] = made.steps;
  assert(step?.type === "action");
  assertEquals(
    [step.label.name, step.label.scope, step.label.effect],
    ["port.flap", "debug-write", "disruptive"],
  );
  assertEquals(toHex(step.request).slice(96), "01003200");
  assertEquals(made.resources[0]?.arguments, [
    { name: "port", value: 1 },
    { name: "down", value: 50 },
  ]);
  assertEquals(machine.sent, []);
  const result = apply(machine, made);
  assertEquals(result.outcome, "applied");
  assertEquals(result.steps[0]?.answer, {
    retval: "0x0",
    fields: { flaps: 1 },
  });
  assertEquals(machine.sent, ["port.flap endpoint 0x20 operation 0x4"]);
});

Deno.test("names, numbers and raw data mean the same request", async () => {
  using machine = await bench();
  const requests = [
    {
      endpoint: "log",
      operation: "set_level",
      fields: { module: "flow", level: "debug" },
    },
    { endpoint: "0x2", operation: "0x2", fields: { module: 2, level: 3 } },
    { endpoint: 2, operation: 2, version: 1, data: "0x02 03" },
  ].map((body) => {
    const [step] = plan(machine, body).steps;
    assert(step?.type === "action");
    return toHex(step.request);
  });
  assertEquals(new Set(requests).size, 1);
  assertEquals(requests[0]?.slice(0, 16), "0200010002000000");
});

Deno.test("the default policy refuses what taints or disrupts, and nothing is sent", async () => {
  using machine = await bench();
  const made = plan(machine, {
    endpoint: "port",
    operation: "flap",
    fields: { port: 0 },
  });
  const error = assertThrows(() => apply(machine, made), PolicyError);
  assertEquals(error.refusals.length, 3);
  assertEquals(machine.sent, []);
});

Deno.test("without a map an operation cannot be planned, and the message says how to write one", async () => {
  using machine = await bench({ maps: [], policy: ANY });
  const error = assertThrows(
    () => plan(machine, { endpoint: 1, operation: 1 }),
    PlanError,
    "no endpoint map was given",
  );
  assertEquals(error.reason, "unsupported");
  assert(error.hint?.includes('"format": "fwctl-definition/1"'));
});

Deno.test("what the map does not name cannot be planned", async () => {
  using machine = await bench({ policy: ANY });
  for (
    const [body, words] of [
      [{ endpoint: "prot", operation: 1 }, 'endpoint "prot"'],
      [{ endpoint: 7, operation: 1 }, "endpoint 0x7"],
      [{ endpoint: "port", operation: "flip" }, 'operation "flip" of port'],
      [{ endpoint: "log", operation: 2, version: 4 }, "no version 4"],
      [{ endpoint: "port", operation: "flap" }, "field port is missing"],
      [
        { endpoint: "port", operation: "flap", fields: { port: 8 } },
        "port.flap: field port cannot be 8",
      ],
      [{ endpoint: "port", operation: "flap", data: "00" }, "takes 4 bytes"],
      [{ endpoint: "system", operation: "sync", data: "00" }, "takes 0 bytes"],
      [{ device: "fwctl9", endpoint: 1, operation: 1 }, "fwctl9"],
    ] as const
  ) {
    assertThrows(() => plan(machine, body), PlanError, words);
  }
  assertEquals(machine.sent, []);
});

Deno.test("a declaration is checked key by key", () => {
  const good = { device: "fwctl0", endpoint: 1, operation: 1 };
  for (
    const [body, words] of [
      [{ ...good, feilds: {} }, 'no key "feilds"'],
      [{ endpoint: 1, operation: 1 }, "needs device"],
      [{ device: "fwctl0", operation: 1 }, "needs endpoint"],
      [{ ...good, endpoint: -1 }, "endpoint: -1"],
      [{ ...good, operation: 0x10000 }, "operation: 65536"],
      [{ ...good, operation: "" }, 'operation: ""'],
      [{ ...good, version: 256 }, "version: 256"],
      [{ ...good, fields: [] }, "fields: []"],
      [{ ...good, fields: {}, data: "" }, "cannot both"],
      [{ ...good, data: "0" }, "data: 1 hex digits"],
      [{ ...good, data: 7 }, "data: 7"],
      [{ ...good, response_bytes: 2 << 20 }, "response_bytes"],
    ] as const
  ) {
    const error = assertThrows(() => parseOperation(body), RecipeError, words);
    assert(error.hint);
  }
});

Deno.test("a firmware's refusal is told by its retval and nothing is called done", async () => {
  using machine = await bench({ policy: ANY });
  const made = plan(machine, {
    endpoint: "port",
    operation: "flap",
    fields: { port: 5 },
  });
  const result = apply(machine, made);
  assertEquals(result.outcome, "failed");
  const [step] = result.steps;
  assertEquals(step?.status, "failed");
  assertEquals(
    step?.errors.map(({ message }) => message),
    ["The firmware refused endpoint 0x20 operation 0x4: retval 0x7"],
  );
});

Deno.test("an answer is told as far as the map knows it, and in hex where it does not", async () => {
  using machine = await bench();
  const { know } = machine.session;
  const answer = (op: number, payload: number[]) =>
    operationAction.answer(
      header(0x20, op),
      new Uint8Array([...header(0x20, op), ...payload]),
      know,
    );
  assertEquals(answer(1, [0x23, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]), {
    retval: "0x0",
    fields: { up: 1, autoneg: 1, fec: "rs", speed: 1, flaps: 2 },
  });
  assertEquals(answer(1, [0x23]), {
    retval: "0x0",
    fields: { up: 1, autoneg: 1, fec: "rs" },
    missing: ["speed", "flaps"],
  });
  assertEquals(answer(3, [1, 2]), { retval: "0x0", data: "0102" });
  assertEquals(
    operationAction.answer(header(1, 1), new Uint8Array(3), know).error,
    "the answer has 3 bytes, less than its header",
  );
});

function header(ep: number, op: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(48);
  bytes.set([op, 0, 0, 0, ep]);
  return bytes;
}

Deno.test("room for less than the map's answer is said before it is sent", async () => {
  using machine = await bench();
  const made = plan(machine, {
    endpoint: "system",
    operation: "get_info",
    response_bytes: 8,
  });
  assertEquals(made.resources[0]?.notes, [
    "There is room for 8 of the 64 bytes the endpoint map says it answers",
  ]);
});
