/** The recipe sriov_baseline: what it declares, and what it asks for. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RecipeError } from "../../lib/errors.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { Folder } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { ROOT } from "../paths.ts";
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

/** Runs one of the two recipes that write nvconfig on a modelled card that lasts. */
async function around(recipe: string, params: string[]): Promise<void> {
  using folder = new Folder();
  const model = [
    "--model",
    "connectx",
    "--model-state",
    `${folder.path}/state.json`,
  ];
  const given = params.flatMap((param) => ["-p", param]);
  const run = (...args: string[]) => fwctlHere([...model, ...args, ...given]);
  const path = `${ROOT}recipes/${recipe}.ts`;
  const effect = ["--max-effect", "next-reset", "--yes"];
  const applied = await run("apply", path, ...effect);
  assertEquals(applied.code, 0, applied.out + applied.err);
  assertStringIncludes(applied.out, "applied, read back and right");
  const again = await run("apply", path, ...effect);
  assertStringIncludes(again.out, "nothing to do");
  assertStringIncludes(again.out, "waits for a reset");
  // Written, and pending: drift says so.
  assertEquals((await run("drift", path)).code, 2);
  const asked = ["NUM_OF_VFS=8", "--reset", "pci"];
  const reset = await fwctlHere([
    ...[...model, "nvconfig", "set", "fwctl0", ...asked],
    ...["--max-effect", "disruptive", "--yes"],
  ]);
  assertEquals(reset.code, 0, reset.err);
  assertEquals((await run("drift", path)).code, 0);
}

Deno.test("sriov_baseline is applied, pending, loaded by a reset, and as declared", async () => {
  await around("sriov_baseline", ["num-vfs=8", "migration=yes"]);
});

Deno.test("nvconfig_profile is applied, pending, loaded by a reset, and as declared", async () => {
  await around("nvconfig_profile", [
    "device=fwctl0",
    "set=NUM_OF_VFS=8",
    "choose=LINK_TYPE_P1=IB",
  ]);
});
