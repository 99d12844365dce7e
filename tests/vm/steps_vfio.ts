/**
 * `fwctl vfio` beside the real kernel's SR-IOV, VFIO and iommufd: a function in
 * every state that one can be in, and the ways in which the kernel waits.
 *
 * @module
 */
import type { Way } from "./hold.ts";
import { sriov } from "./lab.ts";
import type { Machine, Step } from "./machine_steps.ts";
import { HOOK_STEPS } from "./steps_vfio_hook.ts";
import { HANG_STEPS } from "./steps_vfio_waits.ts";
import { STALE, WHO } from "./steps_vfio_who.ts";
import {
  bind,
  first,
  functions,
  IDLE,
  PF,
  prepare,
  shell,
  VF,
  VFIO_PCI,
} from "./steps_vfio_words.ts";

/** No driver, a driver of the host, VFIO and idle. */
const STATES: readonly Step[] = [
  {
    name: "status shows four functions that nobody has",
    args: ["vfio", "status"],
    exit: 0,
    says: [VF[0], VF[3], "no driver", "no profile"],
    silent: true,
  },
  {
    name: "a function without a driver gets its profile, two types at once",
    args: prepare(VF[0], "log_max_qp=1,GENERAL_2.max_reformat_insert_size=1"),
    exit: 0,
    says: ["function 1, vhca_id 0x0708", "applied, read back and right"],
  },
  {
    name: "a second prepare changes nothing",
    args: prepare(VF[0], "log_max_qp=1,GENERAL_2.max_reformat_insert_size=1"),
    exit: 0,
    says: ["Prepared already."],
  },
  shell(
    "the host's driver takes the function, which has a device of its own then",
    `${bind(0, "mlx5_core")} && ls ${PF}/virtfn0/fwctl`,
    "fwctl6",
  ),
  {
    name: "what was set is what the function reads as its own",
    args: ["caps", "fwctl6", "--type", "GENERAL"],
    exit: 0,
    says: [
      "log_max_qp                                       155      5                   1                   1",
    ],
    twin: first("mlx5_core"),
  },
  {
    name:
      "a function that the host's driver has is refused, and nothing is sent",
    args: prepare(VF[0], "log_max_qp=2"),
    exit: 1,
    says: ["is bound to mlx5_core", "/driver/unbind"],
    twin: first("mlx5_core"),
    silent: true,
  },
  shell(
    "as the refusal says, the driver is unbound; vfio-pci takes the function",
    `echo ${VF[0]} > /sys/bus/pci/devices/${VF[0]}/driver/unbind && ${
      bind(0, VFIO_PCI)
    } && readlink ${PF}/virtfn0/driver`,
    VFIO_PCI,
  ),
  {
    name: "a function that is idle at vfio-pci gets its profile",
    args: prepare(VF[0], "log_max_qp=2"),
    exit: 0,
    says: ["vfio-pci, idle", "applied, read back and right"],
    twin: IDLE,
  },
];

/** A function that is held in a way: refused, and the device is not even opened. */
function heldIn(way: Way, through: string, compare: boolean): Step[] {
  const heldBy = through.startsWith("/")
    ? `deno[4711] through ${through}`
    : null;
  return [{
    name: `held as ${way}: refused by the holder's name, and nothing is sent`,
    hold: { vf: VF[0], way },
    args: prepare(VF[0], "log_max_qp=3"),
    exit: 1,
    says: [`VF 0 ${VF[0]} is in use: held by deno[`, `through ${through}`],
    twin: first(VFIO_PCI, heldBy),
    silent: true,
    ...(compare ? {} : { compare: false as const }),
  }];
}

const HELD: readonly Step[] = [
  ...heldIn("node", "/dev/vfio/12", true),
  ...heldIn("group", "/dev/vfio/12", true),
  {
    name: "release is refused as well while a VM holds the function",
    args: ["vfio", "release", VF[0], "--yes"],
    exit: 1,
    says: ["is in use"],
    twin: first(VFIO_PCI, "deno[4711] through /dev/vfio/12"),
    silent: true,
  },
  {
    name: "status names the holder, and asks the firmware nothing",
    args: ["vfio", "status"],
    exit: 0,
    says: ["in use", "held by deno[", "not asked: it is in use"],
    twin: first(VFIO_PCI, "deno[4711] through /dev/vfio/12"),
    silent: true,
  },
  ...heldIn("device", "a VFIO device", false),
  ...heldIn("compat", "/dev/vfio/12", true),
  ...heldIn("cdev", "/dev/vfio/devices/vfio0", true),
  {
    name: "when the holder is gone, release gives back what was there before",
    hold: null,
    args: ["vfio", "release", VF[0], "--yes"],
    exit: 0,
    says: ["2 → 20", "applied, read back and right"],
    twin: IDLE,
  },
];

const PREPARE: readonly string[] = [
  `echo 0 > ${PF}/sriov_drivers_autoprobe`,
  functions(4),
];

/** A physical function, its virtual ones, an IOMMU. */
export const VFIO: Machine = {
  name: "virtual functions and VFIO",
  words: ["lab.sriov", "lab.nocxl"],
  prepare: PREPARE,
  twin: sriov(4),
  steps: [...STATES, ...HELD, ...WHO, ...STALE, ...HOOK_STEPS, ...HANG_STEPS],
};

/** The same on a machine without an IOMMU. */
export const BARE: Machine = {
  name: "VFIO without an IOMMU",
  words: ["lab.sriov", "lab.noiommu", "lab.nocxl"],
  prepare: [...PREPARE, bind(0, VFIO_PCI)],
  twin: sriov(4),
  steps: [
    {
      name: "status says that VFIO has the function without an IOMMU",
      args: ["vfio", "status"],
      exit: 0,
      says: ["idle, no IOMMU"],
      compare: false,
    },
    {
      name: "without an IOMMU an idle function gets its profile",
      args: prepare(VF[0], "log_max_qp=2"),
      exit: 0,
      says: ["applied, read back and right"],
      compare: false,
    },
    ...(["node", "group"] as const).map((way): Step => ({
      name: `without an IOMMU, held as ${way}: refused, and nothing is sent`,
      hold: { vf: VF[0], way },
      args: prepare(VF[0], "log_max_qp=3"),
      exit: 1,
      says: ["is in use: held by deno[", "through /dev/vfio/noiommu-0"],
      compare: false,
      silent: true,
    })),
    {
      name: "status names the holder of a group without an IOMMU",
      args: ["vfio", "status", VF[0]],
      exit: 0,
      says: ["in use, no IOMMU", "through /dev/vfio/noiommu-0"],
      compare: false,
    },
  ],
};
