import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { loadDrivers } from "../../drivers/load.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { RecipeError, UsageError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { isPlainObject, type PlainObject } from "../../lib/plain.ts";
import { planRecipe, type RecipePlan } from "../../lib/plan/from_recipe.ts";
import { READ_POLICY } from "../../lib/plan/policy.ts";
import { recipeFromText } from "../../lib/recipe/load.ts";

/** Plans a recipe given as the members of its default export; `strange` devices have no driver here. */
async function planOf(
  members: string,
  data: PlainObject = {},
  strange: readonly string[] = [],
): Promise<RecipePlan> {
  const drivers = await loadDrivers();
  using host = await ModelHost.create(await loadScenario("connectx"), drivers);
  const inventory = discover(host);
  const policy = READ_POLICY;
  using sessions = new Sessions({ host, inventory, drivers, policy });
  const source = await recipeFromText(
    `export default { name: "r", description: "R.", ${members} };`,
    "file:///r.ts",
  );
  return await planRecipe({
    source,
    params: { data },
    drivers,
    sessions: {
      inventory,
      get(name) {
        if (strange.includes(name)) {
          throw new UsageError(`No driver for ${name}`);
        }
        return sessions.get(name);
      },
    },
  });
}

Deno.test("planRecipe() binds the plan to the recipe's digest and parameters", async () => {
  const { plan: { recipe, steps } } = await planOf(
    `params: { n: { type: "integer", help: "N", default: 3 } },
     desired: () => []`,
  );
  assertEquals(recipe.params, { n: 3 });
  assertEquals(recipe.digest.length, 64);
  assertEquals(steps, []);
});

Deno.test("planRecipe() gives observed answers to desired and report, in order", async () => {
  const { plan, report } = await planOf(`
    observe: () => [
      { device: "ens1f0np0", query: "identity" },
      { device: "fwctl0", query: "caps", args: { function_id: 99 } },
    ],
    desired: ({ observed, resource }) => observed[0].model === "ConnectX-6 Dx"
      ? [resource("mlx5.hca_cap", { vf: "0000:3b:00.2", set: { roce: 0 } })]
      : [],
    report: ({ observed }) => observed`);
  assertEquals(plan.steps.length, 1);
  const [first, second] = Array.isArray(report) ? report : [];
  assertEquals(isPlainObject(first) && first.model, "ConnectX-6 Dx");
  assertStringIncludes(
    JSON.stringify(second),
    '{"error":{"code":"DeviceError","message":',
  );
});

Deno.test("planRecipe() refuses a query that the driver does not have", async () => {
  for (const query of ["identiti", "toString", "__proto__"]) {
    const error = await assertRejects(
      () =>
        planOf(`observe: () => [{ device: "fwctl0", query: "${query}" }],
         report: () => null`),
      RecipeError,
      `asks fwctl0 for "${query}"`,
    );
    assertStringIncludes(error.hint ?? "", "identity");
  }
});

Deno.test("planRecipe() tells a recipe of a device no driver here speaks to, and goes on", async () => {
  const { report } = await planOf(
    `observe: () => [{ device: "fwctl1", query: "identity" }],
     report: ({ observed }) => observed`,
    {},
    ["fwctl1"],
  );
  assertEquals(report, [{
    error: { code: "UsageError", message: "No driver for fwctl1" },
  }]);
});
