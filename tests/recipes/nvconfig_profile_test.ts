/** The recipe nvconfig_profile: what it declares, and that it plans. */
import { assertEquals, assertRejects } from "@std/assert";
import { Sessions } from "../../lib/device/sessions.ts";
import { RecipeError } from "../../lib/errors.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { DRIVERS, inventoryOf, machine, recipe } from "./run.ts";

async function declared(...texts: string[]): Promise<Declaration[]> {
  using host = await machine("connectx");
  using session = await recipe("nvconfig_profile");
  const params = parseParams(session.params, {
    texts: ["device=fwctl0", ...texts],
  });
  return await session.desired({ params, inventory: inventoryOf(host) });
}

Deno.test("nvconfig_profile declares parameters, items and resets", async () => {
  assertEquals(
    await declared(
      "set=SRIOV_EN=1,NUM_OF_VFS=16",
      "choose=LINK_TYPE_P1=ETH, VF_MIGRATION_MODE=MIGRATION_ENABLED",
      "restore=0000010a:0000010000000000",
      "reset=CNP_DSCP_P1,ATS_ENABLED",
      "database=installed",
    ),
    [
      {
        kind: "mlx5.nvconfig",
        body: {
          device: "fwctl0",
          set: {
            SRIOV_EN: 1,
            NUM_OF_VFS: 16,
            LINK_TYPE_P1: "ETH",
            VF_MIGRATION_MODE: "MIGRATION_ENABLED",
          },
          database: "installed",
        },
      },
      {
        kind: "mlx5.nvconfig_items",
        body: {
          device: "fwctl0",
          items: [{ type: "0000010a", data: "0000010000000000" }],
        },
      },
      ...["CNP_DSCP_P1", "ATS_ENABLED"].map((name) => ({
        kind: "mlx5.nvconfig_reset",
        action: true,
        body: {
          device: "fwctl0",
          parameters: [name],
          database: "installed",
        },
      })),
    ],
  );
});

Deno.test("nvconfig_profile says what is wrong with what it was given", async () => {
  for (
    const [texts, words] of [
      [[], "nothing is asked for"],
      [["choose=LINK_TYPE_P1"], "is not NAME=VALUE"],
      [["restore=00000080"], "is not NAME:VALUE"],
      [["choose=A=1,A=2"], "given twice"],
    ] as const
  ) {
    await assertRejects(() => declared(...texts), RecipeError, words);
  }
});

Deno.test("nvconfig_profile plans one step for each item on the model", async () => {
  using host = await machine("connectx");
  const inventory = inventoryOf(host);
  using sessions = new Sessions({
    host,
    inventory,
    drivers: DRIVERS,
    policy: DEFAULT_POLICY,
  });
  const plan = makePlan({
    recipe: { name: "n", url: "file:///n.ts", digest: "", params: {} },
    declarations: await declared(
      "set=NUM_OF_VFS=8,UCTX_EN=0",
      "choose=LINK_TYPE_P1=IB",
    ),
    inventory,
    drivers: DRIVERS,
    session: (name) => sessions.get(name),
  });
  assertEquals(
    plan.resources.map(({ title, changes }) => [
      title,
      changes.map(({ field }) => field),
    ]),
    [
      ["nvconfig nv_global_pci_conf", ["NUM_OF_VFS"]],
      ["nvconfig nv_sw_offload_conf", ["UCTX_EN"]],
      ["nvconfig nv_vpi_link_type port 1", ["LINK_TYPE_P1"]],
    ],
  );
});
