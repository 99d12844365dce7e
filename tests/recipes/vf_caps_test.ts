/** The recipe vf_caps: what it declares, and what it asks for. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Sessions } from "../../lib/device/sessions.ts";
import { RecipeError } from "../../lib/errors.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { DRIVERS, inventoryOf, machine, recipe, source } from "./run.ts";

async function declared(...texts: string[]): Promise<Declaration[]> {
  using host = await machine("connectx");
  using session = await recipe("vf_caps");
  const params = parseParams(session.params, { texts });
  return await session.desired({ params, inventory: inventoryOf(host) });
}

Deno.test("vf_caps declares one resource for each function, by address or by id", async () => {
  assertEquals(
    await declared(
      "vf=3b:00.2,0000:3b:00.3",
      "device=fwctl0",
      "function=3",
      "cap-type=GENERAL_2",
      "set=a=1",
    ),
    [
      { vf: "0000:3b:00.2" },
      { vf: "0000:3b:00.3" },
      { device: "fwctl0", function_id: 3 },
    ].map((where) => ({
      kind: "mlx5.hca_cap",
      body: { ...where, cap_type: "GENERAL_2", set: { a: 1 } },
    })),
  );
});

Deno.test("vf_caps says what to give when no function is named", async () => {
  for (
    const [texts, words] of [
      [["set=roce=0"], "give vf=PCI"],
      [["set=roce=0", "vf="], "give vf=PCI"],
      [["set=roce=0", "function=1"], "function needs device"],
      [["set=roce=0", "device=fwctl0"], "device needs function"],
      [["vf=3b:00.2"], "parameter set is required"],
    ] as const
  ) {
    await assertRejects(() => declared(...texts), RecipeError, words);
  }
});

Deno.test("vf_caps plans a change of one virtual function of the model", async () => {
  using host = await machine("connectx");
  const inventory = inventoryOf(host);
  const { url, digest } = await source("vf_caps");
  using session = await recipe("vf_caps");
  const params = parseParams(session.params, {
    texts: ["vf=0000:3b:00.2", "set=log_max_qp=12,roce=0"],
  });
  using sessions = new Sessions({
    host,
    inventory,
    drivers: DRIVERS,
    policy: DEFAULT_POLICY,
  });
  const plan = makePlan({
    recipe: { name: session.name, url, digest, params },
    declarations: await session.desired({ params, inventory }),
    inventory,
    drivers: DRIVERS,
    session: (name) => sessions.get(name),
  });
  assertEquals(plan.steps.length, 1);
  assertEquals(
    plan.resources[0]?.changes.map(({ field, after }) => [field, after]),
    [["log_max_qp", 12], ["roce", 0]],
  );
  assertStringIncludes(plan.recipe.url, "recipes/vf_caps.ts");
});
