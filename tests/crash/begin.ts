/**
 * The machine of a scene before its apply.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { PlainData } from "../../lib/plain.ts";
import { Machine } from "./machine.ts";
import { command } from "./process.ts";
import { scenarioOf, type SceneSpec } from "./scenes.ts";

/** The machine of a scene, as it is before the apply. */
export async function begin(
  spec: SceneSpec,
  folder: string,
): Promise<PlainData> {
  await using machine = await Machine.start(
    scenarioOf(spec),
    `${folder}/socket0`,
  );
  if (spec.prior) {
    const params = `${folder}/prior.json`;
    const what = JSON.stringify(spec.prior);
    Deno.writeTextFileSync(params, JSON.stringify({ what }));
    const { code, err } = await command([
      "apply",
      "tests/crash/declare.ts",
      "--params",
      params,
      "--yes",
      ...spec.options,
      "--model",
      machine.model,
    ]);
    assertEquals(code, 0, err);
  }
  await machine.quiet();
  return machine.copy();
}
