/** The recipe pds_operation: what it asks for, and what it says when it is told too much. */
import { assertEquals, assertRejects } from "@std/assert";
import { Sessions } from "../../lib/device/sessions.ts";
import { RecipeError } from "../../lib/errors.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { driver } from "../../drivers/pds/mod.ts";
import { discover } from "../../lib/device/discovery.ts";
import { host, SAMPLE } from "../drivers/pds/fixture.ts";
import { recipe, source } from "./run.ts";

async function declared(...texts: string[]): Promise<Declaration[]> {
  using machine = await host();
  using session = await recipe("pds_operation");
  const params = parseParams(session.params, { texts });
  return await session.desired({
    params,
    inventory: discover(machine, [driver]),
  });
}

const FLAP = ["device=fwctl0", "endpoint=port", "operation=flap"];

Deno.test("pds_operation asks for one operation with what it was given and nothing else", async () => {
  assertEquals(await declared(...FLAP, "fields=port=1,down=0x32"), [{
    kind: "pds.operation",
    action: true,
    body: {
      device: "fwctl0",
      endpoint: "port",
      operation: "flap",
      fields: { port: 1, down: 50 },
    },
  }]);
  assertEquals(
    (await declared(
      ...FLAP,
      "data=00",
      "version=1",
      "response-bytes=8",
    ))[0]?.body,
    {
      device: "fwctl0",
      endpoint: "port",
      operation: "flap",
      version: 1,
      data: "00",
      response_bytes: 8,
    },
  );
});

Deno.test("pds_operation refuses fields together with data, and a missing target", async () => {
  for (
    const [texts, words] of [
      [[...FLAP, "fields=port=1", "data=00"], "cannot both"],
      [FLAP.slice(1), "device is required"],
      [FLAP.slice(0, 2), "operation is required"],
      [[...FLAP, "data=xyz"], "data"],
    ] as const
  ) {
    await assertRejects(() => declared(...texts), RecipeError, words);
  }
});

Deno.test("pds_operation plans one request with the map's labels", async () => {
  using machine = await host();
  const inventory = discover(machine, [driver]);
  const { url, digest } = await source("pds_operation");
  using session = await recipe("pds_operation");
  const params = parseParams(session.params, {
    texts: ["device=fwctl0", "endpoint=port", "operation=get_status"].concat(
      "fields=port=1",
    ),
  });
  using sessions = new Sessions({
    host: machine,
    inventory,
    drivers: [driver],
    policy: DEFAULT_POLICY,
    definitions: [SAMPLE],
  });
  const plan = makePlan({
    recipe: { name: session.name, url, digest, params },
    declarations: await session.desired({ params, inventory }),
    inventory,
    drivers: [driver],
    session: (name) => sessions.get(name),
  });
  assertEquals(
    plan.steps.map(({ type, label }) => [type, label.name, label.effect]),
    [["action", "port.get_status", "read"]],
  );
});
