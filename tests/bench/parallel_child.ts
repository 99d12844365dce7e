/**
 * Plans and applies a change of one function of each of N served cards in
 * lanes, some rounds over, and prints what it took as JSON.
 *
 *   deno run --unstable-worker-options -A tests/bench/parallel_child.ts SOCKET N LANES ROUNDS
 *
 * @module
 */
import { loadDrivers } from "../../drivers/load.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { ServedHost } from "../../lib/model/served/client.ts";
import { cardVfs } from "../../lib/model/scenarios/fleet.ts";
import { applyInLanes } from "../../lib/parallel/apply.ts";
import { Lanes } from "../../lib/parallel/lanes.ts";
import { planLanes } from "../../lib/parallel/plan.ts";
import { planRecipe } from "../../lib/plan/from_recipe.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import { loadRecipe } from "../../lib/recipe/load.ts";

const [socket = "", ...numbers] = Deno.args;
const [count = 0, laneCount = 1, rounds = 1] = numbers.map(Number);
const drivers = await loadDrivers();
const source = await loadRecipe(
  new URL("../../recipes/vf_caps.ts", import.meta.url),
);
const began = performance.now();
using host = new ServedHost(socket);
const inventory = discover(host);
using lanes = new Lanes(laneCount, { host: { kind: "served", socket } });
const setup = { inventory, policy: DEFAULT_POLICY, definitions: [] };
lanes.setup(setup, count);
await Promise.all(
  Array.from(
    { length: lanes.running },
    (_, lane) => lanes.ask(lane, "observe", { wishes: [] }),
  ),
);
const started = performance.now();
let planned = 0;
for (let round = 0; round < rounds; round++) {
  const from = performance.now();
  using sessions = new Sessions({
    host,
    inventory,
    drivers,
    policy: DEFAULT_POLICY,
  });
  const { plan } = await planRecipe({
    source,
    params: { data: { vf: cardVfs(count), set: { roce: round % 2 } } },
    sessions,
    drivers,
    lanes: planLanes(lanes, inventory),
  });
  planned += performance.now() - from;
  lanes.setup(setup, count);
  const { guard } = sessions;
  const { outcome } = await applyInLanes({ plan, guard, inventory, lanes });
  if (outcome !== "applied") throw new Error(outcome);
}
const ended = performance.now();
const peak = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"));
// deno-lint-ignore no-console -- what it is for
console.log(JSON.stringify({
  start: started - began,
  plan: planned,
  apply: ended - started - planned,
  busiest: Math.max(...lanes.sent),
  requests: lanes.sent.reduce((sum, one) => sum + one, 0),
  mb: Number(peak?.[1]) / 1024,
}));
