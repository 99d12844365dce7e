/** As many devices as a kernel has numbers for. */
import { assert, assertEquals } from "@std/assert";
import { applyPlan } from "../../lib/apply/apply.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { cards, cardVfs } from "../../lib/model/scenarios/fleet.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import { DRIVERS } from "./local.ts";

/** The kernel's FWCTL_MAX_DEVICES. */
const MOST = 4096;

Deno.test("4,096 devices are listed, planned and applied, within a minute and 1,500 MB", async () => {
  const began = performance.now();
  using host = await ModelHost.create(parseScenario(cards(MOST)), DRIVERS);
  const inventory = discover(host, DRIVERS);
  assertEquals(inventory.devices.length, MOST);
  using sessions = new Sessions({
    host,
    inventory,
    drivers: DRIVERS,
    policy: DEFAULT_POLICY,
  });
  const session = (name: string) => sessions.get(name);
  const plan = makePlan({
    recipe: { name: "any", url: "file:///any.ts", digest: "0", params: {} },
    declarations: cardVfs(MOST).map((vf) => ({
      kind: "mlx5.hca_cap",
      body: { vf, cap_type: "GENERAL", set: { roce: 0 } },
    })),
    inventory,
    drivers: DRIVERS,
    session,
  });
  assertEquals(plan.steps.length, MOST);
  const result = applyPlan({
    plan,
    policy: DEFAULT_POLICY,
    inventory,
    session,
  });
  assertEquals(result.outcome, "applied");
  const mb = Deno.memoryUsage().rss / (1 << 20);
  const seconds = (performance.now() - began) / 1000;
  assert(seconds < 60 && mb < 1500, `${seconds} s, ${mb} MB`);
});
