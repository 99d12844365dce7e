/** The recipe diag_counters: one action, to choose or to stop. */
import { assertEquals, assertRejects } from "@std/assert";
import { RecipeError } from "../../lib/errors.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { inventoryOf, machine, recipe } from "./run.ts";

async function declared(...texts: string[]): Promise<Declaration[]> {
  using host = await machine("connectx");
  using session = await recipe("diag_counters");
  const params = parseParams(session.params, {
    texts: ["device=fwctl0", ...texts],
  });
  return await session.desired({ params, inventory: inventoryOf(host) });
}

Deno.test("diag_counters asks for one action with one mode, and to stop names no counter", async () => {
  assertEquals(
    await declared("counters=0x2006,1025", "log-period=14", "mode=single"),
    [{
      kind: "mlx5.diagnostic_params",
      action: true,
      body: {
        device: "fwctl0",
        counters: [0x2006, 0x401],
        log_num_of_samples: 10,
        log_sample_period: 14,
        single: true,
        sync: false,
        clear: false,
      },
    }],
  );
  assertEquals((await declared("stop=true"))[0]?.body, {
    device: "fwctl0",
    enable: false,
    clear: false,
  });
});

Deno.test("diag_counters says what is missing", async () => {
  await assertRejects(
    () => declared("sync=true"),
    RecipeError,
    "counters or stop must be given",
  );
});
