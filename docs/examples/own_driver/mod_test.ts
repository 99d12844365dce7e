/**
 * Tests of the driver, on its model.
 *
 * ```sh
 * deno test --unstable-worker-options --allow-read docs/examples/own_driver/mod_test.ts
 * ```
 *
 * @module
 */
import assert from "node:assert/strict";
import { tryRecipe } from "../../../lib/testing/mod.ts";
import scenario from "./scenario.json" with { type: "json" };
import { driver } from "./mod.ts";

const RECIPE = new URL("./recipe.ts", import.meta.url);
const params = { device: "fwctl0", speed: 40 };

Deno.test("the fan is set, and can be taken back", async () => {
  const run = await tryRecipe(RECIPE, {
    model: scenario,
    drivers: [driver],
    params,
  });
  assert.deepEqual(run.changes, [
    "fwctl0 Setting fan_speed: fan_speed 0 → 40",
  ]);
  assert.deepEqual(
    [run.outcome, run.again, run.restored],
    ["applied", [], true],
  );
});

Deno.test("a card that goes away in the middle is told as such", async () => {
  const [card] = scenario.devices;
  const faults = [{ request: "SET", errno: "ETIMEDOUT", unplug: true }];
  const model = {
    ...scenario,
    devices: [{ ...card, firmware: { faults } }],
  };
  const run = await tryRecipe(RECIPE, { model, drivers: [driver], params });
  assert.equal(run.outcome, "not-undone");
  assert.equal(run.restored, false);
});
