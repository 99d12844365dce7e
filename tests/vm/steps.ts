/**
 * What is run on the real kernel and on the model of the same machine: the
 * command as a user types it, and what must come back from both.
 *
 * @module
 */

import { HOST, sriov, stubs } from "./lab.ts";
import type { Machine } from "./machine_steps.ts";
import { doctorMachine } from "./steps_doctor.ts";
import { FOUR } from "./steps_drivers.ts";
import { peersMachine } from "./steps_peers.ts";
import { recordMachine } from "./steps_record.ts";
import { UNPLUG_STEPS } from "./steps_unplug.ts";
import { BARE, VFIO } from "./steps_vfio.ts";

/** The tests of the device layer, unplug and workers among them. */
export const DEVICE_TESTS =
  "the device layer keeps its promises on the real kernel";

const RECIPE = "recipes/vf_caps.ts";
const BY_ID = ["-p", "device=fwctl0", "-p", "function=1,2"];
const SET = ["-p", "set=log_max_qp=1,log_max_cq=1"];

const QUERY_CQ = "04020000000000000000000000000000";
const QUERY_ADAPTER = "01010000000000000000000000000000";

/** Five fwctl devices on stub firmware, no virtual functions. */
const PLAIN: Machine = {
  name: "mlx5 devices without virtual functions",
  words: ["lab.nocxl"],
  deviceTests: true,
  prepare: [],
  twin: {
    format: "fwctl-scenario/1",
    name: "vm",
    description: "The virtual machine without virtual functions",
    host: HOST,
    devices: stubs(5),
  },
  steps: [
    {
      name: "list names every device with its driver",
      ownProcess: true,
      args: ["list"],
      exit: 0,
      says: ["fwctl0", "fwctl1", "fwctl2", "mlx5", "pds", "bnxt"],
    },
    {
      name: "info decodes FWCTL_INFO",
      ownProcess: true,
      args: ["info", "fwctl0"],
      exit: 0,
      says: ["device type 1", "tools resources"],
    },
    {
      name: "info sees a device without TOOLS_RESOURCES",
      args: ["info", "fwctl2"],
      exit: 0,
      says: ["device type 1", "no tools resources"],
    },
    {
      name: "caps reads current and maximum",
      ownProcess: true,
      args: ["caps", "fwctl0", "--type", "GENERAL", "--json"],
      exit: 0,
      says: ["log_max_qp"],
    },
    {
      name: "plan by function id shows what would change",
      ownProcess: true,
      args: ["plan", RECIPE, ...BY_ID, ...SET, "--detailed-exitcode"],
      exit: 2,
      says: ["SET_HCA_CAP", "log_max_qp"],
    },
    {
      name: "apply by function id writes and verifies",
      ownProcess: true,
      args: ["apply", RECIPE, ...BY_ID, ...SET, "--yes"],
      exit: 0,
      says: ["log_max_qp"],
    },
    {
      name: "a second apply changes nothing",
      args: ["apply", RECIPE, ...BY_ID, ...SET, "--yes"],
      exit: 0,
      says: ["as declared"],
    },
    {
      name: "a scope below what the kernel wants is refused with EBADMSG",
      ownProcess: true,
      args: [
        "rpc",
        "fwctl0",
        "--scope",
        "configuration",
        "--out",
        "64",
        QUERY_CQ,
      ],
      exit: 1,
      says: ["EBADMSG", "debug-read-only"],
    },
    {
      name: "the same request at its least scope is sent",
      args: [
        "rpc",
        "fwctl0",
        "--scope",
        "debug-read-only",
        "--out",
        "64",
        QUERY_CQ,
      ],
      exit: 0,
      says: [],
      compare: "exit", // the stub's answer holds the uid, which counts on
    },
    {
      name: "full access without CAP_SYS_RAWIO is refused with EPERM",
      args: [
        "rpc",
        "fwctl0",
        "--scope",
        "debug-write-full",
        "--out",
        "64",
        "--yes",
        QUERY_ADAPTER,
      ],
      exit: 1,
      says: ["EPERM", "CAP_SYS_RAWIO"],
      noRawio: true,
    },
    {
      name: "a plan the policy refuses sends nothing",
      args: [
        "apply",
        RECIPE,
        ...BY_ID,
        "-p",
        "set=log_max_qp=2",
        "--max-effect",
        "read",
        "--yes",
      ],
      exit: 4,
      says: ["rule: effect"],
    },
  ],
};

/** A physical function with four virtual functions, by real sysfs. */
const SRIOV: Machine = {
  name: "an mlx5 physical function with four virtual functions",
  words: ["lab.sriov", "lab.nocxl"],
  prepare: [
    "echo 0 > /sys/bus/pci/devices/0000:01:00.0/sriov_drivers_autoprobe",
    "echo 4 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs",
  ],
  twin: sriov(4),
  deviceTests: true,
  steps: [
    {
      name: "list shows the virtual functions of the physical one",
      args: ["list"],
      exit: 0,
      says: ["0000:01:00.0", "0000:01:00.1"],
    },
    {
      name: "plan by VF address finds PF, device and function id",
      args: [
        "plan",
        RECIPE,
        "-p",
        "vf=0000:01:00.1,0000:01:00.3",
        ...SET,
        "--detailed-exitcode",
      ],
      exit: 2,
      says: ["VF 0", "VF 2", "function 3", "no driver bound"],
    },
    {
      name: "apply by VF address writes and verifies",
      args: [
        "apply",
        RECIPE,
        "-p",
        "vf=0000:01:00.1,0000:01:00.3",
        ...SET,
        "--yes",
      ],
      exit: 0,
      says: ["log_max_qp"],
    },
    {
      name: "a second apply by VF address changes nothing",
      args: [
        "apply",
        RECIPE,
        "-p",
        "vf=0000:01:00.1,0000:01:00.3",
        ...SET,
        "--yes",
      ],
      exit: 0,
      says: ["as declared"],
    },
    {
      name: "a VF that is not there is not planned for",
      args: ["plan", RECIPE, "-p", "vf=0000:01:00.7", ...SET],
      exit: 1,
      says: ["0000:01:00.7"],
    },
  ],
};

/** The first again, where a driver goes and comes back. */
const UNPLUG: Machine = {
  name: "a driver that goes and comes back",
  words: PLAIN.words,
  prepare: [],
  twin: PLAIN.twin,
  steps: UNPLUG_STEPS,
};

/** All machines, in order. */
export const MACHINES: readonly Machine[] = [
  PLAIN,
  SRIOV,
  FOUR,
  UNPLUG,
  VFIO,
  BARE,
  doctorMachine(PLAIN.twin),
  peersMachine(PLAIN.twin),
  recordMachine(PLAIN.twin),
];
