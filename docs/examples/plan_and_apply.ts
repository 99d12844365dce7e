/**
 * Plans a recipe, shows the plan, applies it with hooks that say how far it is,
 * and takes it back again.
 *
 * ```sh
 * deno run --unstable-worker-options --allow-read docs/examples/plan_and_apply.ts connectx
 * ```
 *
 * On this machine (without the argument) it needs `--allow-ffi`, and
 * `--allow-write` for `/var/lib/fwctl`, where the journal and the locks are: the
 * same as the command's, so `fwctl undo last` takes back what a program did.
 *
 * @module
 */
import {
  type MachineOptions,
  openMachine,
  plainStyle,
  planText,
  resultText,
} from "../../mod.ts";

const RECIPE = new URL("../../recipes/vf_caps.ts", import.meta.url);

/** Plans and applies; `say` gets what there is to see. Tells how it ended. */
export async function planAndApply(
  options: MachineOptions,
  say: (text: string) => void,
): Promise<string[]> {
  using machine = await openMachine({
    // Nothing stronger than a change that is live at once, on one device.
    policy: { effect: "runtime", taint: false, devices: 1 },
    program: "plan_and_apply 1.0",
    ...options,
  });

  // 1. Plan. Only reads are sent.
  const { plan } = await machine.plan(RECIPE, {
    vf: ["0000:3b:00.2", "0000:3b:00.3"],
    set: { log_max_qp: 12, roce: 0 },
  });
  say(planText(plan, plainStyle));

  // 2. Policy. `apply` asks it too, and again for every request that is sent.
  const refusals = machine.refusals(plan);
  if (refusals.length > 0) return refusals;

  // 3. Apply. The journal is written before a hook is told.
  const { length } = plan.steps;
  const { result, run } = await machine.apply(plan, {
    hooks: {
      begin: () => say(`0 of ${length}`),
      verified: (step, index, undo) =>
        say(`${undo ? "back" : index + 1} of ${length}: ${step.label.name}`),
      afterWrite: (_step, _index, _undo, error) => error && say(error.message),
    },
  });
  say(resultText(plan, result, plainStyle));

  // 4. Take it back: by the run's name, here or in another process.
  if (run === null || result.outcome !== "applied") return [result.outcome];
  const back = await machine.undo(run);
  return [result.outcome, back.result.outcome];
}

if (import.meta.main) {
  const [model] = Deno.args;
  // deno-lint-ignore no-console -- it is a program
  const say = console.log;
  say((await planAndApply(model ? { model } : {}, say)).join(", "));
}
