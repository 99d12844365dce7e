/** The recipe sriov_baseline: what it declares, and what it asks for. */
import { assertEquals, assertRejects } from "@std/assert";
import { RecipeError } from "../../lib/errors.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { inventoryOf, machine, recipe } from "./run.ts";

async function declared(...texts: string[]): Promise<Declaration[]> {
  using host = await machine("fleet");
  using session = await recipe("sriov_baseline");
  const params = parseParams(session.params, { texts });
  return await session.desired({ params, inventory: inventoryOf(host) });
}

Deno.test("sriov_baseline declares every mlx5 card, and single ones differently", async () => {
  const wanted = await declared("num-vfs=16", "vfs=fwctl0=0");
  using host = await machine("fleet");
  const cards = inventoryOf(host).devices
    .filter(({ driver, physfn }) => driver === "mlx5" && physfn === null)
    .map(({ name }) => name);
  assertEquals(
    wanted.map(({ kind, body }) => [kind, body.device, body.set]),
    cards.map((name) => [
      "mlx5.nvconfig",
      name,
      name === "fwctl0"
        ? { SRIOV_EN: false, NUM_OF_VFS: 0 }
        : { SRIOV_EN: true, NUM_OF_VFS: 16 },
    ]),
  );
});

Deno.test("sriov_baseline sets vectors and migration only when asked to", async () => {
  const [first] = await declared(
    "vfs=fwctl0=8",
    "vf-msix=32",
    "migration=yes",
  );
  assertEquals(first?.body.set, {
    SRIOV_EN: true,
    NUM_OF_VFS: 8,
    NUM_VF_MSIX: 32,
    VF_MIGRATION_MODE: "MIGRATION_ENABLED",
  });
});

Deno.test("sriov_baseline says which card is none, and when none is meant", async () => {
  await assertRejects(() => declared("vfs=fwctl99=8"), RecipeError, "fwctl99");
  await assertRejects(() => declared(), RecipeError, "give num-vfs=N");
});
