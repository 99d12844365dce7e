/**
 * A real machine that is broken in one way after the other, and mended again:
 * `fwctl doctor` names each.
 *
 * @module
 */
import type { PlainObject } from "../../lib/plain.ts";
import type { Machine, Step } from "./machine_steps.ts";

const DRIVER = "/sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl";
const AUX = "mlx5_core.fwctl.0";
const NODE = "/dev/fwctl/fwctl0";
const STATE = "--state-dir $TMPDIR/doctor";
const FWCTL = `fwctl ${STATE}`;
/** A process of its own, which alone can do without a capability. */
const OWN =
  `deno run --unstable-worker-options -A --no-check lib/cli/main.ts ${STATE}`;
const RELOAD = "deno run -A --no-check tests/vm/reload.ts mlx5_fwctl";
const QUERY_CQ = "04020000000000000000000000000000";

/** Breaks something, asks the doctor about it, and mends it. */
function broken(
  name: string,
  { before = "true", doctor = "doctor fwctl0", after = "true", drop }: {
    readonly before?: string;
    readonly doctor?: string;
    readonly after?: string;
    /** A capability to do without. */
    readonly drop?: string;
  },
  exit: number,
  ...says: string[]
): Step {
  const command = drop === undefined
    ? FWCTL
    : `setpriv --inh-caps=-${drop} --bounding-set=-${drop} ${OWN}`;
  return {
    name,
    shell: `${before}; ${command} ${doctor}; code=$?; ${after}; exit $code`,
    args: [],
    exit,
    says,
  };
}

/** In this order: taint and lockdown stay until the next boot. */
const STEPS: readonly Step[] = [
  broken(
    "on a machine that works there is no problem",
    { doctor: "doctor fwctl0 --all" },
    0,
    "0 problems",
    "it opens and answers",
    "mlx5_fwctl         it is loaded",
  ),
  broken(
    "a node that was removed",
    {
      before: `rm ${NODE}`,
      after: `mknod ${NODE} c $(tr : ' ' < /sys/class/fwctl/fwctl0/dev)`,
    },
    1,
    "problem  node  fwctl0",
    "ENOENT",
    `mknod ${NODE} c `,
  ),
  broken(
    "a node that everybody may open",
    { before: `chmod 666 ${NODE}`, after: `chmod 600 ${NODE}` },
    0,
    "warning  node-mode  fwctl0",
    "mode 0666",
  ),
  broken(
    "a node that this process may not open",
    {
      before: `chmod 000 ${NODE}`,
      after: `chmod 600 ${NODE}`,
      drop: "dac_override",
    },
    1,
    "problem  node-mode  fwctl0",
    "may not open it",
    "mode 0000",
  ),
  broken(
    "a process without CAP_SYS_RAWIO",
    { drop: "sys_rawio" },
    0,
    "warning  cap-sys-rawio",
    "debug-write-full",
  ),
  broken(
    "a firmware without room for one more user context",
    {
      before: "exec 7<>/dev/fwctl/fwctl2 8<>/dev/fwctl/fwctl2",
      doctor: "doctor fwctl2",
    },
    1,
    "problem  open  fwctl2",
    "ENOMEM",
    "has it open 2 times",
  ),
  broken(
    "a firmware without TOOLS_RESOURCES",
    { doctor: "doctor fwctl2" },
    0,
    "warning  uctx-caps  fwctl2",
    "TOOLS_RESOURCES",
  ),
  broken(
    "a device that was unbound",
    {
      before: `echo ${AUX} > ${DRIVER}/unbind`,
      doctor: "doctor",
      after: `echo ${AUX} > ${DRIVER}/bind`,
    },
    1,
    `problem  auxiliary  ${AUX}`,
    `echo ${AUX} > ${DRIVER}/bind`,
    "1 problem,",
  ),
  broken(
    "a module that was removed",
    {
      before: RELOAD,
      doctor: "doctor",
      after: `${RELOAD} $MODULES/mlx5_fwctl.ko`,
    },
    1,
    "problem  module  mlx5_fwctl",
    "modprobe mlx5_fwctl",
    "1 problem,",
  ),
  broken(
    "a kernel that a debug write tainted",
    {
      before:
        `${FWCTL} rpc fwctl0 --scope debug-write --out 64 --yes ${QUERY_CQ} > /dev/null`,
    },
    0,
    "warning  taint",
    "J (bit 19)",
    "kernel log: ",
  ),
  broken(
    "a kernel that is locked down, where fwctl works on",
    {
      before:
        "mount -t securityfs securityfs /sys/kernel/security 2> /dev/null; echo integrity > /sys/kernel/security/lockdown",
    },
    0,
    "note  lockdown",
    "fwctl is not restricted",
    "0 problems",
  ),
];

/** Five fwctl devices on stub firmware, broken and mended. */
export function doctorMachine(twin: PlainObject): Machine {
  return {
    name: "the doctor on broken machines",
    words: ["lab.nocxl"],
    prepare: [],
    twin,
    deviceTests: true,
    steps: STEPS,
  };
}
