/**
 * Uses the driver in a program: lists, plans, applies and takes back, on its
 * model.
 *
 * ```sh
 * deno run --unstable-worker-options --allow-read docs/examples/own_driver/main.ts
 * ```
 *
 * @module
 */
import { openMachine, plainStyle, planText } from "../../../mod.ts";
import { driver } from "./mod.ts";

/** Sets the fan of the modelled card and takes it back; `say` gets what there is to see. */
export async function main(say: (text: string) => void): Promise<void> {
  // Without `model` these are this machine's devices, the driver's among them.
  using machine = await openMachine({
    drivers: [driver],
    model: new URL("./scenario.json", import.meta.url),
  });
  for (const { name, driver: by } of machine.inventory.devices) {
    say(`${name}  ${by}  ${JSON.stringify(machine.query(name, "identity"))}`);
  }
  const { plan } = await machine.plan(
    new URL("./recipe.ts", import.meta.url),
    { device: "fwctl0", speed: 40 },
  );
  say(planText(plan, plainStyle));
  const { result, run } = await machine.apply(plan);
  say(result.outcome);
  if (run !== null) say((await machine.undo(run)).result.outcome);
}

// deno-lint-ignore no-console -- it is a program
if (import.meta.main) await main(console.log);
