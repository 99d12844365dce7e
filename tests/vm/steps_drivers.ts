/**
 * The four drivers on one machine: a CXL feature read and set, a bnxt query, a
 * pds operation at each scope, each refusal with its reason, and what the
 * kernel says of it afterwards.
 *
 * @module
 */
import { labFeatures } from "../../lib/model/scenarios/lab.ts";
import type { Machine, Step } from "./machine_steps.ts";

/** The feature of the kernel's own mock: 4 bytes, in force after a cold reset. */
const VENDOR = "ffffffff-ffff-ffff-ffff-ffffffffffff";
/** A feature of the lab: 8 bytes, in force at once. */
const IMMEDIATE = "02020202-0202-0202-0202-020202020202";
/** One that the kernel keeps to itself. */
const EXCLUSIVE = "patrol_scrub";

/** `plan` or `apply` of a CXL feature. */
function feature(
  command: "plan" | "apply",
  uuid: string,
  data: string,
  ...options: string[]
): string[] {
  return [
    command,
    "recipes/cxl_feature.ts",
    "-p",
    "device=fwctl5",
    "-p",
    `feature=${uuid}`,
    "-p",
    `data=${data}`,
    ...options,
    ...(command === "apply" ? ["--yes"] : []),
  ];
}

const FULL = ["--max-scope", "debug-write-full", "--allow-taint"];

const PDS = "recipes/pds_operation.ts";
const MAP = ["--definitions", "tests/vm/lab_pds.json"];

/** `plan` or `apply` of an operation of the lab's card. */
function operation(name: string, ...options: string[]): string[] {
  const endpoint = name === "too_low" ? "second" : "lab";
  return [
    "apply",
    PDS,
    ...MAP,
    "-p",
    "device=fwctl3",
    "-p",
    `endpoint=${endpoint}`,
    "-p",
    `operation=${name}`,
    "-p",
    "fields=word=0x01020304",
    "--yes",
    ...options,
  ];
}

/** `req_type` 0 (VER_GET) with the header's two unused words all ones. */
const VER_GET = "0000ffff0000ffff0000000000000000" + "0000000000000000";

const CXL_STEPS: readonly Step[] = [
  {
    name: "describe says what a CXL device's feature takes",
    args: ["describe", "fwctl5"],
    exit: 0,
    says: [VENDOR, "debug-write-full", "exclusive to the kernel"],
    compare: "exit", // which memN has which number differs from boot to boot
  },
  {
    name: "query lists the features, exclusive ones too",
    args: ["query", "fwctl5", "features"],
    exit: 0,
    says: [VENDOR],
  },
  {
    name: "query reads a feature",
    args: ["query", "fwctl5", "feature", "-a", `feature=${VENDOR}`],
    exit: 0,
    says: ["efbeadde"],
  },
  {
    name:
      "a CXL plan says that it taints, and is refused without --allow-taint",
    args: feature("plan", IMMEDIATE, "0102030405060708"),
    exit: 4,
    says: ["taints the kernel", "rule: taint", "rule: scope"],
    compare: "exit",
  },
  {
    name: "an apply without --allow-taint sends nothing",
    args: feature(
      "apply",
      IMMEDIATE,
      "0102030405060708",
      "--max-scope",
      "debug-write-full",
    ),
    exit: 4,
    says: ["rule: taint"],
    compare: "exit",
  },
  {
    name: "a feature that is the kernel's own is refused when planning",
    args: feature("plan", EXCLUSIVE, "0101"),
    exit: 1,
    says: ["exclusive to the kernel"],
    compare: "exit",
  },
  {
    name: "the kernel is not tainted so far",
    shell: "echo $(( ($(cat /proc/sys/kernel/tainted) >> 19) & 1 ))",
    args: [],
    exit: 0,
    says: ["0"],
  },
  {
    name: "without CAP_SYS_RAWIO the kernel refuses a set that is immediate",
    args: feature("apply", IMMEDIATE, "0102030405060708", ...FULL),
    exit: 1,
    says: ["EPERM", "CAP_SYS_RAWIO"],
    noRawio: true,
    compare: "exit",
  },
  {
    name: "with both allowed the feature is set and read back",
    args: feature("apply", IMMEDIATE, "0102030405060708", ...FULL),
    exit: 0,
    says: ["live at once", "read back and right"],
    compare: "exit",
  },
  {
    name: "a second apply of the feature changes nothing",
    args: feature("apply", IMMEDIATE, "0102030405060708"),
    exit: 0,
    says: ["as declared"],
    compare: "exit",
  },
  {
    name:
      "a feature that waits for a reset needs debug-write and no capability",
    args: feature(
      "apply",
      VENDOR,
      "01020304",
      "--max-scope",
      "debug-write",
      "--max-effect",
      "next-reset",
      "--allow-taint",
    ),
    exit: 0,
    says: ["scope debug-write ", "live after the next cold reset"],
    compare: "exit",
  },
  {
    name: "the kernel is tainted, bit 19",
    shell: "echo $(( ($(cat /proc/sys/kernel/tainted) >> 19) & 1 ))",
    args: [],
    exit: 0,
    says: ["1"],
  },
  {
    name: "list says that the kernel is tainted, and shows all four drivers",
    args: ["list"],
    exit: 0,
    says: ["tainted", "mlx5", "pds", "bnxt", "cxl"],
    compare: "exit",
  },
];

const BNXT_STEPS: readonly Step[] = [
  {
    name: "a bnxt query is decoded",
    args: ["query", "fwctl4", "command", "-a", "name=TEMP_MONITOR_QUERY"],
    exit: 0,
    says: ["warn_threshold", "°C"],
  },
  {
    name: "a bnxt query below its scope is refused by the kernel",
    args: [
      "rpc",
      "fwctl4",
      "--scope",
      "configuration",
      "--out",
      "176",
      VER_GET,
    ],
    exit: 1,
    says: ["EPERM", "debug-read-only"],
  },
  {
    name: "a bnxt command that does more than read is refused by policy",
    args: ["scope", "--device", "fwctl4", `c000${VER_GET.slice(4)}`],
    exit: 0,
    says: ["FW_RESET", "configuration", "disruptive"],
  },
];

const PDS_STEPS: readonly Step[] = [
  {
    name: "a pds operation at scope configuration",
    args: operation("read"),
    exit: 0,
    says: ["1 action done", "word: 1532516702"],
  },
  {
    name: "a pds operation at scope debug-read-only",
    args: operation("debug_read"),
    exit: 0,
    says: ["scope debug-read-only", "1 action done"],
  },
  {
    name: "a pds operation at scope debug-write is refused by policy",
    args: operation("debug_write"),
    exit: 4,
    says: ["rule: scope", "rule: effect", "rule: taint"],
  },
  {
    name: "a pds operation at scope debug-write, allowed",
    args: operation(
      "debug_write",
      "--max-scope",
      "debug-write",
      "--max-effect",
      "disruptive",
      "--allow-taint",
    ),
    exit: 0,
    says: ["taints the kernel", "1 action done"],
  },
  {
    name: "a pds operation at scope debug-write-full, allowed",
    args: operation("full", ...FULL, "--max-effect", "destructive"),
    exit: 0,
    says: ["scope debug-write-full", "1 action done"],
  },
  {
    name: "the same without CAP_SYS_RAWIO is refused by the kernel",
    args: operation("full", ...FULL, "--max-effect", "destructive"),
    exit: 1,
    says: ["EPERM", "CAP_SYS_RAWIO"],
    noRawio: true,
  },
  {
    name: "an operation whose map asks for too little is refused by the kernel",
    args: operation("too_low"),
    exit: 1,
    says: ["EPERM"],
  },
  {
    name: "a probe finds operations and their scopes and executes none",
    args: [
      "query",
      "fwctl3",
      "probe",
      "-a",
      "endpoints=1",
      "-a",
      "operations=1-8",
    ],
    exit: 0,
    says: ["configuration", "at least debug-read-only"],
  },
];

/** Three mlx5 devices, one pds, one bnxt, eleven CXL. */
export const FOUR: Machine = {
  name: "all four drivers",
  words: ["lab.features"],
  prepare: [],
  twin: labFeatures(),
  deviceTests: true,
  steps: [
    ...PDS_STEPS.slice(0, 2),
    ...BNXT_STEPS,
    ...CXL_STEPS,
    ...PDS_STEPS.slice(2),
  ],
};
