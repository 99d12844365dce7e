/**
 * Lists, plans and applies a change of one function of each of N modelled
 * cards in this process, and prints what it took as JSON.
 *
 *   deno run --unstable-worker-options -A tests/bench/fleet_child.ts N
 *
 * @module
 */
import { loadDrivers } from "../../drivers/load.ts";
import { applyPlan } from "../../lib/apply/apply.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { cards, cardVfs } from "../../lib/model/scenarios/fleet.ts";
import { planRecipe } from "../../lib/plan/from_recipe.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import { loadRecipe } from "../../lib/recipe/load.ts";

const [count = 0] = Deno.args.map(Number);
const drivers = await loadDrivers();
const source = await loadRecipe(
  new URL("../../recipes/vf_caps.ts", import.meta.url),
);
using host = await ModelHost.create(parseScenario(cards(count)), drivers);
const laps = [performance.now()];
const inventory = discover(host, drivers);
laps.push(performance.now());
using sessions = new Sessions({
  host,
  inventory,
  drivers,
  policy: DEFAULT_POLICY,
});
const { plan } = await planRecipe({
  source,
  params: { data: { vf: cardVfs(count), set: { log_max_qp: 12, roce: 0 } } },
  sessions,
  drivers,
});
laps.push(performance.now());
const { outcome } = applyPlan({
  plan,
  policy: DEFAULT_POLICY,
  inventory,
  session: (name) => sessions.get(name),
});
laps.push(performance.now());
if (outcome !== "applied" || plan.steps.length !== count) {
  throw new Error(`${outcome}, ${plan.steps.length} steps`);
}
const peak = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"));
const [list, planned, applied] = laps.slice(1)
  .map((lap, index) => lap - (laps[index] ?? 0));
// deno-lint-ignore no-console -- what it is for
console.log(
  JSON.stringify({ list, planned, applied, mb: Number(peak?.[1]) / 1024 }),
);
