/**
 * The ways in which the kernel waits for whoever holds a function, without
 * limit: every command ends all the same, and says what it found.
 *
 * @module
 */
import type { Step } from "./machine_steps.ts";
import {
  bind,
  type Here,
  here,
  PF,
  prepare,
  shell,
  VF,
  VFIO_PCI,
} from "./steps_vfio_words.ts";

/** Seconds in which a command ends, whatever the kernel waits for; emulation is slow. */
const SOON = 90;

function soon(step: Here): Here {
  return { within: SOON, ...step };
}

/** A line that waits in the background; its shell's id goes to a file. */
function waits(line: string, file: string): string {
  return `(${line}) > /dev/null 2>&1 & echo $! > $TMPDIR/${file}`;
}

/** The driver of a held function is unbound: the function has no driver any more, and is in use. */
const UNBIND_STEPS: readonly Here[] = [
  shell("vfio-pci has the function again", bind(0, VFIO_PCI)),
  {
    ...shell(
      "the driver of a held function is unbound, and the kernel waits",
      [
        waits(`echo ${VF[0]} > /sys/bus/pci/drivers/vfio-pci/unbind`, "unbind"),
        "sleep 2",
        "kill -0 $(cat $TMPDIR/unbind) && echo it waits",
        `[ ! -e ${PF}/virtfn0/driver ] && echo the link to the driver is gone`,
        `[ ! -e ${PF}/virtfn0/vfio-dev ] && echo vfio-dev is gone`,
        `echo enable $(cat ${PF}/virtfn0/enable); ls -d /dev/vfio/12`,
      ].join("\n"),
      "it waits",
      "vfio-dev is gone",
      "enable 1",
      "the link to the driver is gone",
    ),
    hold: { vf: VF[0], way: "group" },
  },
  soon({
    name:
      "a function that the kernel waits for is in use, although it has no driver",
    args: prepare(VF[0], "log_max_qp=3"),
    exit: 1,
    says: [`VF 0 ${VF[0]} is in use: held by deno[`],
    silent: true,
  }),
  soon({
    name: "status ends while an unbind waits",
    args: ["vfio", "status"],
    exit: 0,
    says: ["in use", "held by deno["],
    silent: true,
  }),
  {
    ...shell(
      "when the holder is gone the unbind ends",
      "while kill -0 $(cat $TMPDIR/unbind) 2>/dev/null; do sleep 0.1; done; echo ended",
      "ended",
    ),
    hold: null,
  },
];

/** The functions are removed while the first is held; `sriov_numvfs` cannot even be read. */
const REMOVE_STEPS: readonly Here[] = [
  shell("vfio-pci has the function once more", bind(0, VFIO_PCI)),
  {
    ...shell(
      "the functions are removed while one is held: who reads sriov_numvfs waits as well",
      [
        waits(`echo 0 > ${PF}/sriov_numvfs`, "writer"),
        "sleep 1",
        waits(`cat ${PF}/sriov_numvfs`, "reader"),
        "sleep 1",
        "kill -0 $(cat $TMPDIR/writer) && kill -0 $(cat $TMPDIR/reader) && echo both wait",
        `cd /sys/bus/pci/devices/${
          VF[0]
        } && ls -d physfn; echo enable $(cat enable); ls -d iommu_group sriov_vf_msix_count`,
      ].join("\n"),
      "both wait",
      "enable 1",
      "cannot access 'physfn'",
    ),
    hold: { vf: VF[0], way: "group" },
  },
  soon({
    name: "list ends while functions are removed",
    args: ["list"],
    exit: 0,
    says: ["3/8", VF[1]],
    silent: true,
  }),
  soon({
    name: "status ends, and says what is being removed and who is in the way",
    args: ["vfio", "status"],
    exit: 0,
    says: [
      `${
        VF[0]
      } is being removed, and the kernel waits for whoever holds it: held by deno[`,
      VF[1],
    ],
    silent: true,
  }),
  soon({
    name: "status of the held one ends, and says that it is being removed",
    args: ["vfio", "status", VF[0]],
    exit: 1,
    says: [
      `${VF[0]} is a virtual function that is being removed`,
      "held by deno[",
    ],
    silent: true,
  }),
  soon({
    name: "prepare of the held one ends, and sends nothing",
    args: prepare(VF[0], "log_max_qp=3"),
    exit: 1,
    says: ["is being removed", "held by deno["],
    silent: true,
  }),
  soon({
    name: "prepare of one that will be removed next ends, and sends nothing",
    args: prepare(VF[1], "log_max_qp=3"),
    exit: 1,
    says: ["the functions of 0000:01:00.0 are being removed"],
    silent: true,
  }),
  soon({
    name: "info of the physical function ends",
    args: ["info", "fwctl5"],
    exit: 0,
    says: ["0000:01:00.0"],
  }),
  soon({
    name: "a bundle ends",
    args: ["bundle", "-o", "$TMPDIR/bundle.tar.gz"],
    exit: 0,
    says: ["bundle.tar.gz"],
  }),
  shell(
    "all that time the kernel waited",
    "kill -0 $(cat $TMPDIR/writer) && kill -0 $(cat $TMPDIR/reader) && echo both wait",
    "both wait",
  ),
  {
    ...shell(
      "when the holder is gone the functions are",
      `while kill -0 $(cat $TMPDIR/writer) 2>/dev/null; do sleep 0.1; done; cat ${PF}/sriov_numvfs`,
      "0",
    ),
    hold: null,
  },
  {
    name: "no function is left, and none is on its way out",
    args: ["vfio", "status"],
    exit: 0,
    says: ["No virtual functions."],
  },
];

/** The PF's own driver is unbound while a function is held: the kernel removes the functions first. */
const PF_STEPS: readonly Here[] = [
  shell(
    "four functions for the last time",
    `echo 4 > ${PF}/sriov_numvfs && ${bind(0, VFIO_PCI)}`,
  ),
  {
    ...shell(
      "the PF's driver is unbound while a function is held, and the kernel waits",
      [
        waits(
          "echo 0000:01:00.0 > /sys/bus/pci/drivers/mlx5_core/unbind",
          "pf",
        ),
        "sleep 2",
        "kill -0 $(cat $TMPDIR/pf) && echo it waits",
        `[ ! -e ${PF}/driver ] && echo the link to the driver is gone`,
      ].join("\n"),
      "it waits",
      "the link to the driver is gone",
    ),
    hold: { vf: VF[0], way: "cdev" },
  },
  soon({
    name: "list ends while the PF's driver leaves",
    args: ["list"],
    exit: 0,
    says: ["fwctl5", VF[1]],
    silent: true,
  }),
  soon({
    name: "status ends while the PF's driver leaves, and says why",
    args: ["vfio", "status"],
    exit: 0,
    says: [`${VF[0]} is being removed`, "through /dev/vfio/"],
    silent: true,
  }),
  soon({
    name: "prepare ends while the PF's driver leaves, and sends nothing",
    args: prepare(VF[1], "log_max_qp=3"),
    exit: 1,
    says: ["the functions of 0000:01:00.0 are being removed"],
    silent: true,
  }),
  {
    ...shell(
      "when the holder is gone the PF's driver is",
      "while kill -0 $(cat $TMPDIR/pf) 2>/dev/null; do sleep 0.1; done; ls /dev/fwctl",
      "fwctl4",
    ),
    hold: null,
  },
  {
    name: "a PF without its driver has no device to ask",
    args: prepare(VF[1], "log_max_qp=3"),
    exit: 1,
    says: [`There is no PCI device ${VF[1]}`],
    silent: true,
  },
];

/** What the kernel waits for, while every command ends. */
export const HANG_STEPS: readonly Step[] = here([
  ...UNBIND_STEPS,
  ...REMOVE_STEPS,
  ...PF_STEPS,
]);
