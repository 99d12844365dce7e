/**
 * Tests of the recipe `quiet_vf.ts`, on modelled machines.
 *
 * ```sh
 * deno test --unstable-worker-options --allow-read docs/examples/quiet_vf_test.ts
 * ```
 *
 * In a project of your own the import is `https://…/lib/testing/mod.ts`, and
 * reading the library takes `--allow-import` of its host.
 *
 * @module
 */
import assert from "node:assert/strict";
import { tryRecipe } from "../../lib/testing/mod.ts";

const RECIPE = new URL("./quiet_vf.ts", import.meta.url);
const params = { vf: ["0000:3b:00.2"] };

Deno.test("it changes two fields, nothing the second time, and can be taken back", async () => {
  const run = await tryRecipe(RECIPE, { model: "connectx", params });
  assert.deepEqual(run.changes, [
    "fwctl0 VF 0: roce 1 → 0",
    "fwctl0 VF 0: log_max_qp 17 → 12",
  ]);
  assert.deepEqual(
    [run.outcome, run.again, run.restored],
    ["applied", [], true],
  );
});

Deno.test("a firmware that refuses leaves everything as it was", async () => {
  // A machine of your own, with the fault that it shall have.
  const model = {
    format: "fwctl-scenario/1",
    name: "refuses",
    devices: [{
      driver: "mlx5",
      pci: "0000:3b:00.0",
      pciId: "15b3:101d",
      vfOffset: 2,
      totalVfs: 4,
      vfs: 2,
      firmware: {
        type: "connectx-6-dx",
        faults: [{ request: "SET_HCA_CAP", nth: 2, status: 3 }],
      },
    }],
  };
  const both = { vf: ["0000:3b:00.2", "0000:3b:00.3"] };
  const run = await tryRecipe(RECIPE, { model, params: both });
  assert.equal(run.outcome, "undone");
  assert.equal(run.result.error?.code, "DeviceError");
  assert.deepEqual(run.after, run.before);
});

Deno.test("a function that a virtual machine holds is refused before anything is sent", async () => {
  const held = { vf: ["0000:3b:01.0"] };
  await assert.rejects(
    tryRecipe(RECIPE, { model: "connectx", params: held }),
    { code: "PlanError", reason: "in-use" },
  );
});
