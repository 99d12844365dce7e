/** The recipe debug_bundle: reads only, what a device refuses is in its report. */
import { assert, assertEquals } from "@std/assert";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { planRecipe } from "../../lib/plan/from_recipe.ts";
import { isPlainObject, type PlainData } from "../../lib/plain.ts";
import { READ_POLICY } from "../../lib/plan/policy.ts";
import { DRIVERS, machine, source } from "./run.ts";

async function run(texts: readonly string[]): Promise<{
  devices: unknown[];
  parts: Record<string, PlainData>[];
  refused: Record<string, PlainData>[];
  effects: string[];
}> {
  using host = await machine("mixed");
  const effects: string[] = [];
  using sessions = new Sessions({
    host,
    inventory: discover(host, DRIVERS),
    drivers: DRIVERS,
    policy: READ_POLICY,
    observer: ({ effect }) => effects.push(effect),
  });
  const { plan, report } = await planRecipe({
    source: await source("debug_bundle"),
    params: { texts },
    sessions,
    drivers: DRIVERS,
  });
  assertEquals(plan.steps, []);
  assert(isPlainObject(report));
  // deno-lint-ignore no-explicit-any -- a test looks into any member
  return { ...report as any, effects };
}

Deno.test("debug_bundle reports every device of every driver, and sends reads only", async () => {
  const { devices, parts, refused, effects } = await run([]);
  assertEquals(devices.length, 4);
  for (const device of ["fwctl0", "fwctl1", "fwctl2", "fwctl3"]) {
    assert(
      parts.some((part) => part.device === device && part.part === "identity"),
      device,
    );
  }
  assert(parts.some(({ part }) => part === "reg MGIR"));
  assert(effects.length > 20);
  assertEquals([...new Set(effects)], ["read"]);
  assert(refused.every(({ error }) => String(error).includes("Error: ")));
});

Deno.test("debug_bundle of one device asks no other", async () => {
  const { devices, parts } = await run(["device=mem0"]);
  assertEquals(devices.length, 1);
  assertEquals(parts.map(({ part }) => part), ["identity", "features"]);
});
