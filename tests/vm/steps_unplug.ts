/**
 * A driver that goes and comes back: plans made before are stale, and an apply
 * that was cut off is recovered. For the guest alone; the model has its own
 * tests of unplugging.
 *
 * @module
 */
import type { Step } from "./machine_steps.ts";

const DRIVER = "/sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl";
/** Where a device's name is written to take its driver away. */
export const UNBIND: string = `${DRIVER}/unbind`;

const AUX = "mlx5_core.fwctl.0";
const STATE = "--state-dir $TMPDIR/unplug";
const FWCTL = `fwctl ${STATE}`;
const RECIPE = "recipes/vf_caps.ts -p device=fwctl0 -p function=1,2";

/** A line of the guest's shell. */
function step(
  name: string,
  shell: string,
  exit: number,
  ...says: string[]
): Step {
  return { name, shell, args: [], exit, says };
}

function plan(file: string, value: number): string {
  return `${FWCTL} plan ${RECIPE} -p set=log_max_qp=${value} -o $TMPDIR/${file}`;
}

/** In this order. */
export const UNPLUG_STEPS: readonly Step[] = [
  step("a plan is saved", plan("bind.json", 2), 0, "Saved in"),
  step(
    "the driver is unbound and bound again",
    `echo ${AUX} > ${UNBIND} && echo ${AUX} > ${DRIVER}/bind && ls /dev/fwctl`,
    0,
    "fwctl0",
  ),
  step(
    "a plan from before that is stale, and says how",
    `${FWCTL} apply $TMPDIR/bind.json --yes`,
    3,
    "The plan is stale",
    "was node",
    "its driver was loaded again",
  ),
  step("another plan is saved", plan("load.json", 2), 0, "Saved in"),
  step(
    "the driver's module is removed and loaded again",
    `deno run -A --no-check tests/vm/reload.ts mlx5_fwctl $MODULES/mlx5_fwctl.ko && ls /dev/fwctl`,
    0,
    "fwctl0",
  ),
  step(
    "a plan from before the module was loaded again is stale, and says how",
    `${FWCTL} apply $TMPDIR/load.json --yes`,
    3,
    "The plan is stale",
    "was node",
  ),
  step("a plan for now is saved", plan("cut.json", 2), 0, "Saved in"),
  step(
    "an apply whose device is unplugged between two writes says what it left",
    `deno run --unstable-worker-options -A --no-check tests/vm/unplugged.ts 4 ${AUX} ${STATE} apply $TMPDIR/cut.json --yes`,
    6,
    "ENODEV",
    "NOT UNDONE",
  ),
  step(
    "without its device there is nothing to resume on, and nothing is sent",
    `${FWCTL} resume last --yes`,
    3,
    "is not there",
  ),
  step(
    "with the device back, resume finishes what was cut off",
    `echo ${AUX} > ${DRIVER}/bind && ${FWCTL} resume last --yes`,
    0,
    "as planned",
  ),
  step(
    "everything is as declared",
    `${FWCTL} plan ${RECIPE} -p set=log_max_qp=2 --detailed-exitcode`,
    0,
    "nothing to do",
  ),
  step(
    "the journals verify",
    `${FWCTL} journal verify`,
    0,
    "2 journals",
  ),
];
