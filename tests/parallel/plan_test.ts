/** Planning in lanes gives the plan, and the errors, of one thread. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { isFwctlError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { cards, cardVfs } from "../../lib/model/scenarios/fleet.ts";
import { planLanes } from "../../lib/parallel/plan.ts";
import { planFileText } from "../../lib/plan/file.ts";
import { makePlan, type PlanInput } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { DRIVERS, localLanes } from "./local.ts";

const CARDS = 6;
const VFS = cardVfs(CARDS);

/** A declaration that may be right, refused, unknown, or have nothing to do. */
const declaration: fc.Arbitrary<Declaration> = fc.record({
  vf: fc.constantFrom(...VFS, ...VFS, ...VFS, "0000:ff:00.2"),
  set: fc.dictionary(
    fc.constantFrom("log_max_qp", "log_max_cq", "roce"),
    fc.constantFrom(0, 1, 5, 12, 17, 17, 31),
    { minKeys: 1 },
  ),
}).map((body) => ({
  kind: "mlx5.hca_cap",
  body: { ...body, cap_type: "GENERAL" },
}));

type Outcome = { readonly text: string } | { readonly error: unknown };

async function outcomeOf(make: () => unknown): Promise<Outcome> {
  try {
    const plan = await make() as Parameters<typeof planFileText>[0];
    return { text: planFileText(plan) };
  } catch (error) {
    assert(isFwctlError(error), String(error));
    return { error: error.toJSON() };
  }
}

Deno.test("any declarations planned in any number of lanes give one plan, byte for byte, or one error", async () => {
  const scenario = parseScenario(cards(CARDS));
  let plans = 0;
  let errors = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(declaration, { maxLength: 12 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 7 }),
      async (declarations, count, delays) => {
        using host = await ModelHost.create(scenario, DRIVERS);
        const inventory = discover(host, DRIVERS);
        const input: Omit<PlanInput, "session"> = {
          recipe: {
            name: "any",
            url: "file:///any.ts",
            digest: "0",
            params: {},
          },
          declarations,
          inventory,
          drivers: DRIVERS,
        };
        const alone = await outcomeOf(() => {
          using sessions = new Sessions({
            host,
            inventory,
            drivers: DRIVERS,
            policy: DEFAULT_POLICY,
          });
          return makePlan({ ...input, session: (name) => sessions.get(name) });
        });
        let turn = 0;
        using lanes = localLanes(count, host, async () => {
          // Lanes are done in any order.
          for (let i = delays[turn++ % delays.length] ?? 0; i > 0; i--) {
            await Promise.resolve();
          }
        });
        lanes.setup(
          { inventory, policy: DEFAULT_POLICY, definitions: [] },
          CARDS,
        );
        const side = await outcomeOf(() =>
          planLanes(lanes, inventory).plan(input)
        );
        assertEquals(side, alone);
        if ("text" in alone) plans++;
        else errors++;
      },
    ),
    { numRuns: 150 },
  );
  assert(plans > 2 && errors > 2, `${plans} plans, ${errors} errors`);
});

Deno.test("what a recipe asks to read comes back in its order, refusals among it", async () => {
  using host = await ModelHost.create(await loadScenario("mixed"), DRIVERS);
  const inventory = discover(host, DRIVERS);
  const names = inventory.devices.map(({ name }) => name);
  const wishes = [...names, ...names.toReversed()].map((device) => ({
    device,
    query: "identity",
  }));
  using one = localLanes(1, host);
  using many = localLanes(3, host);
  const read = async (lanes: typeof one) => {
    lanes.setup({ inventory, policy: DEFAULT_POLICY, definitions: [] }, 9);
    return await planLanes(lanes, inventory).observe(wishes);
  };
  const answers = await read(many);
  assertEquals(answers, await read(one));
  assertEquals(answers.length, wishes.length);
  assertEquals(
    answers.slice(0, names.length),
    answers.slice(names.length).toReversed(),
  );
});
