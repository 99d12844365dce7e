/** The recipe cxl_feature: what it declares, and what comes of it on the model. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { driver } from "../../drivers/cxl/mod.ts";
import {
  DEFINITION_FORMAT,
  parseDefinition,
} from "../../lib/device/definition.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { RecipeError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY, planRefusals } from "../../lib/plan/policy.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { recipe, source } from "./run.ts";

/** The machine needs the one driver. */
const DRIVERS = [driver];
const UUID = "c0de0000-6d65-4d6f-8000-000000000005";
const DEFINITION = parseDefinition(
  {
    format: DEFINITION_FORMAT,
    driver: "cxl",
    features: [{
      name: "power_limit",
      uuid: "c0de0000-6d65-4d6f-8000-000000000001",
      get: {
        fields: [{ name: "watts", offset: 0, type: "u16", min: 10, max: 40 }],
      },
    }],
  },
  "test.json",
  DRIVERS,
);

async function planned(...texts: string[]): Promise<Plan> {
  using host = await ModelHost.create(
    await loadScenario("cxl-vendor"),
    DRIVERS,
  );
  const inventory = discover(host);
  const { url, digest } = await source("cxl_feature");
  using session = await recipe("cxl_feature");
  const params = parseParams(session.params, { texts });
  using sessions = new Sessions({
    host,
    inventory,
    drivers: DRIVERS,
    policy: DEFAULT_POLICY,
    definitions: [DEFINITION],
  });
  return makePlan({
    recipe: { name: session.name, url, digest, params },
    declarations: await session.desired({ params, inventory }),
    inventory,
    drivers: DRIVERS,
    session: (name) => sessions.get(name),
  });
}

async function declared(...texts: string[]): Promise<Declaration[]> {
  using host = await ModelHost.create(
    await loadScenario("cxl-vendor"),
    DRIVERS,
  );
  using session = await recipe("cxl_feature");
  const params = parseParams(session.params, { texts });
  return await session.desired({ params, inventory: discover(host) });
}

Deno.test("cxl_feature declares one feature, by fields or whole", async () => {
  assertEquals(
    await declared("device=mem0", "feature=power_limit", "set=watts=30"),
    [{
      kind: "cxl.feature",
      body: { device: "mem0", feature: "power_limit", set: { watts: 30 } },
    }],
  );
  assertEquals(
    await declared("device=mem0", `feature=${UUID}`, "data=0201"),
    [{
      kind: "cxl.feature",
      body: { device: "mem0", feature: UUID, data: "0201" },
    }],
  );
});

Deno.test("cxl_feature says what to give when it is too little or too much", async () => {
  for (
    const [texts, words] of [
      [["device=mem0", "feature=x"], "give either set="],
      [["device=mem0", "feature=x", "set=a=1", "data=00"], "give either set="],
      [["device=mem0", "data=00"], "parameter feature is required"],
      [["feature=x", "data=00"], "parameter device is required"],
      [["device=mem0", "feature=x", "data=0"], "data"],
    ] as const
  ) {
    await assertRejects(() => declared(...texts), RecipeError, words);
  }
});

Deno.test("cxl_feature plans a change for the next reset, which policy must allow", async () => {
  const plan = await planned("device=mem0", `feature=${UUID}`, "data=0201");
  const [step] = plan.steps;
  assertEquals(plan.steps.length, 1);
  assertEquals([step?.label.scope, step?.label.effect], [
    "debug-write",
    "next-reset",
  ]);
  const refused = planRefusals(plan, DEFAULT_POLICY).join("\n");
  for (const rule of ["scope", "effect", "taint"]) {
    assertStringIncludes(refused, `(rule: ${rule})`);
  }
});

Deno.test("cxl_feature takes fields from a definition file", async () => {
  const plan = await planned(
    "device=mem0",
    "feature=power_limit",
    "set=watts=30",
  );
  assertEquals(
    plan.resources[0]?.changes.map(({ field, before, after }) => [
      field,
      before,
      after,
    ]),
    [["watts", 25, 30]],
  );
  assertEquals(plan.steps[0]?.label.detail, "power_limit");
  const same = await planned(
    "device=mem0",
    "feature=power_limit",
    "set=watts=25",
  );
  assertEquals(same.steps, []);
});
