/** The whole engine on a modelled ConnectX: random wishes, random faults. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { loadDrivers } from "../../drivers/load.ts";
import { readCapImage } from "../../drivers/mlx5/caps.ts";
import type { Driver } from "../../drivers/driver.ts";
import { applyPlan } from "../../lib/apply/apply.ts";
import { equalBytes } from "../../lib/bytes.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { isFwctlError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { PlainObject } from "../../lib/plain.ts";
import type { Plan } from "../../lib/plan/types.ts";

const DRIVERS: readonly Driver[] = await loadDrivers();
const VFS = 4;

function scenario(faults: readonly PlainObject[]): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "property",
    description: "One card, four idle virtual functions",
    host: {},
    devices: [{
      driver: "mlx5",
      pci: "0000:3b:00.0",
      totalVfs: 8,
      vfs: VFS,
      firmware: { type: "connectx-6-dx", faults },
    }],
  };
}

interface Bench {
  readonly sessions: Sessions;
  plan(wishes: ReadonlyMap<number, PlainObject>): Plan;
  apply(plan: Plan): ReturnType<typeof applyPlan>;
  images(): Uint8Array[];
  close(): void;
}

async function bench(faults: readonly PlainObject[] = []): Promise<Bench> {
  const host = await ModelHost.create(
    parseScenario(scenario(faults)),
    DRIVERS,
  );
  const inventory = discover(host);
  const sessions = new Sessions({
    host,
    inventory,
    drivers: DRIVERS,
    policy: DEFAULT_POLICY,
  });
  const session = (name: string) => sessions.get(name);
  return {
    sessions,
    plan: (wishes) =>
      makePlan({
        recipe: { name: "p", url: "file:///p.ts", digest: "", params: {} },
        declarations: [...wishes].map(([id, set]) => ({
          kind: "mlx5.hca_cap",
          body: { device: "fwctl0", function_id: id, set },
        })),
        inventory,
        drivers: DRIVERS,
        session,
      }),
    apply: (plan) =>
      applyPlan({
        plan,
        policy: DEFAULT_POLICY,
        inventory,
        session,
      }),
    images: () =>
      Array.from({ length: VFS }, (_, index) =>
        readCapImage(
          sessions.get("fwctl0").channel,
          0,
          "maximum",
          index + 1,
        ).slice()),
    close: () => {
      sessions[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}

const set = fc.record(
  {
    log_max_qp: fc.integer({ min: 1, max: 17 }),
    log_max_cq: fc.integer({ min: 1, max: 20 }),
    roce: fc.integer({ min: 0, max: 1 }),
  },
  { requiredKeys: [] },
).filter((fields) => Object.keys(fields).length > 0);
const wishes = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 1, max: VFS }), set),
  { selector: ([id]) => id, minLength: 1, maxLength: VFS },
).map((pairs) => new Map<number, PlainObject>(pairs));

Deno.test("whatever legal capabilities are declared, apply reaches them and a second plan is empty", async () => {
  const device = await bench();
  fc.assert(
    fc.property(wishes, (wishes) => {
      const plan = device.plan(wishes);
      const { outcome } = device.apply(plan);
      assertEquals(outcome, plan.steps.length > 0 ? "applied" : "nothing");
      assertEquals(device.plan(wishes).steps.length, 0);
    }),
    { numRuns: 150 },
  );
  device.close();
});

Deno.test("functions that are not declared never change", async () => {
  const device = await bench();
  fc.assert(
    fc.property(wishes, (wishes) => {
      const before = device.images();
      device.apply(device.plan(wishes));
      device.images().forEach((image, index) => {
        if (wishes.has(index + 1)) return;
        assert(equalBytes(image, before[index] ?? new Uint8Array()));
      });
    }),
    { numRuns: 60 },
  );
  device.close();
});

const fault = fc.oneof(
  fc.record({ status: fc.constant(3), syndrome: fc.constant(0x1234) }),
  fc.record({ errno: fc.constantFrom("ETIMEDOUT", "EIO") }),
  fc.record({
    errno: fc.constantFrom("ETIMEDOUT", "EIO"),
    executes: fc.constant(true),
  }),
);

Deno.test("after a fault at any write the device is wholly as declared or wholly as before, and the result says which", async () => {
  let undone = 0;
  await fc.assert(
    fc.asyncProperty(
      wishes,
      fault,
      fc.integer({ min: 1, max: VFS }),
      async (wishes, what, nth) => {
        const device = await bench([{
          request: "SET_HCA_CAP",
          nth,
          ...what,
        }]);
        try {
          const before = device.images();
          const plan = device.plan(wishes);
          const result = device.apply(plan);
          const now = device.images();
          const untouched = now.every((image, index) =>
            equalBytes(image, before[index] ?? new Uint8Array())
          );
          if (result.outcome === "applied") {
            assertEquals(device.plan(wishes).steps.length, 0);
          } else if (result.outcome === "nothing") {
            assertEquals(plan.steps.length, 0);
          } else {
            if (result.outcome === "undone") undone++;
            assert(result.outcome !== "not-undone", "the undo met no fault");
            assert(untouched, `${result.outcome}, but something is changed`);
            assert(result.error && isFwctlError(result.error));
          }
        } finally {
          device.close();
        }
      },
    ),
    { numRuns: 120 },
  );
  assert(undone > 0, "some runs got far enough to be undone");
});
