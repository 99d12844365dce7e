/**
 * Plans a change of N virtual functions on the modelled fleet, from recipe to
 * plan, some times over; prints the least milliseconds and the most memory the
 * process had, in kB.
 *
 *   deno run --unstable-worker-options -A tests/bench/plan_child.ts N RUNS
 *
 * @module
 */
import { loadDrivers } from "../../drivers/load.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { fleet } from "../../lib/model/scenarios/fleet.ts";
import { planRecipe } from "../../lib/plan/from_recipe.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import { loadRecipe } from "../../lib/recipe/load.ts";

const [count = 0, runs = 1] = Deno.args.map(Number);
const drivers = await loadDrivers();
const host = await ModelHost.create(parseScenario(fleet(count)), drivers);
const source = await loadRecipe(
  new URL("../../recipes/vf_caps.ts", import.meta.url),
);

let least = Infinity;
for (let run = 0; run < runs; run++) {
  const started = performance.now();
  const inventory = discover(host);
  using sessions = new Sessions({
    host,
    inventory,
    drivers,
    policy: DEFAULT_POLICY,
  });
  const vf = inventory.devices[0]?.virtfns.map(({ pci }) => pci) ?? [];
  const { plan } = await planRecipe({
    source,
    params: { data: { vf, set: { log_max_qp: 12, roce: 0 } } },
    sessions,
    drivers,
  });
  if (plan.steps.length !== count) {
    throw new Error(`${plan.steps.length} steps`);
  }
  least = Math.min(least, performance.now() - started);
}
const peak = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"));
// deno-lint-ignore no-console -- what it is for
console.log(least, peak?.[1]);
