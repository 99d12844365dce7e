/**
 * Who a function is: asked in three ways, and still the same when a plan for it
 * is applied.
 *
 * @module
 */
import type { Step } from "./machine_steps.ts";
import { functions, IDLE, prepare, shell, VF } from "./steps_vfio_words.ts";

/** SET_HCA_CAP of GENERAL for function 1: only the bytes that are sent change. */
function rename(vhcaId: string): string[] {
  const request = `0109000000000000${"80000001"}00000000010203040506${vhcaId}`;
  return [
    "rpc",
    "fwctl5",
    "--scope",
    "configuration",
    "--out",
    "16",
    "--yes",
    request,
  ];
}

/** Who a function is, asked in three ways. */
export const WHO: readonly Step[] = [
  {
    name: "the firmware is made to say that function 1 is the PF",
    args: rename("0607"),
    exit: 0,
    says: [],
    twin: IDLE,
  },
  {
    name:
      "a function with the PF's vhca_id is refused before anything is written",
    args: prepare(VF[0], "log_max_qp=3"),
    exit: 3,
    says: ["is not who sysfs says it is", "has the vhca_id of the PF itself"],
    twin: IDLE,
  },
  {
    name: "it is function 1 again",
    args: rename("0708"),
    exit: 0,
    says: [],
    twin: IDLE,
  },
  {
    name: "a vhca_id that leads to another function is refused",
    args: prepare(VF[0], "log_max_qp=3"),
    bent: "by-vhca-id",
    exit: 3,
    says: ["vhca_id 0x708 of function 1 leads to another function"],
    compare: false,
  },
  {
    name: "a VUID that is none of the PF's functions is refused",
    args: prepare(VF[0], "log_max_qp=3"),
    bent: "vuid",
    exit: 3,
    says: ["is none of the PF's virtual functions"],
    compare: false,
  },
];

/** Plans that outlive their functions. */
export const STALE: readonly Step[] = [
  {
    name: "a plan for a function is saved",
    args: [
      "plan",
      "recipes/vfio_child.ts",
      "-p",
      `vf=${VF[1]}`,
      "-p",
      "set=log_max_qp=4",
      "-o",
      "$TMPDIR/plan.json",
    ],
    exit: 0,
    says: ["Saved in"],
    compare: false,
  },
  shell("the functions are removed, and fewer are made", functions(2)),
  {
    name: "the plan is stale: its function is there again, and is another one",
    args: ["apply", "$TMPDIR/plan.json", "--yes"],
    exit: 3,
    says: ["The plan is stale", "it was removed and made again"],
    compare: false,
  },
  {
    name: "a plan for the new one is saved",
    args: [
      "plan",
      "recipes/vfio_child.ts",
      "-p",
      `vf=${VF[1]}`,
      "-p",
      "set=log_max_qp=4",
      "-o",
      "$TMPDIR/again.json",
    ],
    exit: 0,
    says: ["Saved in"],
    compare: false,
  },
  shell("the functions are removed, and one is made", functions(1)),
  {
    name: "the plan is stale: its function is not there",
    args: ["apply", "$TMPDIR/again.json", "--yes"],
    exit: 3,
    says: ["The plan is stale", `${VF[1]}: was no driver, is not there`],
    compare: false,
  },
];
