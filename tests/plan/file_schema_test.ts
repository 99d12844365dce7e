/** The published JSON Schema of plan files, held by a validator that is not ours. */
import { assert, assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import { loadDrivers } from "../../drivers/load.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { planFileText } from "../../lib/plan/file.ts";
import { readPlanFile } from "../../lib/plan/file_read.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { ToyDevice, toyInput, toyUnits } from "../toy_driver.ts";

const SCHEMA = JSON.parse(Deno.readTextFileSync(
  new URL("../../lib/plan/plan_file.schema.json", import.meta.url),
));
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  SCHEMA,
);

function toyPlan(): Plan {
  return makePlan({
    ...toyInput(new ToyDevice(), [
      ...toyUnits([1, 5], [2, 2], [3, 7]),
      { kind: "toy.late", body: { unit: 4, value: 9 } },
      { kind: "toy.poke", body: { unit: 5, value: 9 }, action: true },
    ]),
    definitions: [{ driver: "toy", source: "toy.json", data: { a: [1] } }],
  });
}

/** A plan for the functions of the modelled ConnectX that no VM has. */
async function modelPlan(): Promise<Plan> {
  const drivers = await loadDrivers();
  using host = await ModelHost.create(await loadScenario("connectx"), drivers);
  const inventory = discover(host, drivers);
  using sessions = new Sessions({
    host,
    inventory,
    drivers,
    policy: { ...DEFAULT_POLICY, effect: "read" },
  });
  return makePlan({
    recipe: { name: "p", url: "file:///p.ts", digest: "", params: {} },
    declarations: [1, 2, 3, 4, 5].map((id) => ({
      kind: "mlx5.hca_cap",
      body: { device: "fwctl0", function_id: id, set: { log_max_qp: 12 } },
    })),
    inventory,
    drivers,
    session: (name) => sessions.get(name),
  });
}

Deno.test("real plan files are valid under the published schema", async () => {
  for (const plan of [toyPlan(), await modelPlan()]) {
    const text = planFileText(plan);
    assert(valid(JSON.parse(text)), JSON.stringify(valid.errors));
    assertEquals(readPlanFile(text, "p").plan, plan);
  }
});

Deno.test("the schema knows every member: none may be missing, none added, none of another type", () => {
  const document = JSON.parse(planFileText(toyPlan()));
  let broken = 0;
  /** Every object in the document that the schema describes. */
  const visit = (value: unknown, free: boolean): void => {
    if (typeof value !== "object" || value === null) return;
    const object = value as Record<string, unknown>;
    for (const [key, member] of Object.entries(object)) {
      visit(member, free || key === "params" || key === "data");
      if (free || Array.isArray(value) || FREE.has(key)) continue;
      delete object[key];
      assert(!valid(document), `without ${key}`);
      object[key] = [["unlike anything"]];
      assert(!valid(document), `another ${key}`);
      object[key] = member;
      broken += 2;
    }
    if (!free && !Array.isArray(value) && !OPEN(object)) {
      object.surplus = 1;
      assert(!valid(document), JSON.stringify(object).slice(0, 80));
      delete object.surplus;
      broken++;
    }
  };
  visit(document, false);
  assert(valid(document), "the test puts everything back");
  assert(broken > 200, `${broken} broken documents were refused`);
});

/** Members of records whose names are the driver's, and objects of any data. */
const FREE = new Set(["serial", "uid", "params", "data"]);
/** Records whose names are the driver's. */
const OPEN = (object: Record<string, unknown>): boolean =>
  Object.keys(object).every((key) => FREE.has(key));

Deno.test("images of alike functions are kept once: five take little more than one", async () => {
  const plan = await modelPlan();
  const text = planFileText(plan);
  assertEquals(plan.steps.length, 5);
  assert(text.length < 2 * 4096 + 5 * 2500, `${text.length} bytes`);
});
