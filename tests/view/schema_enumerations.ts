/**
 * Where schemas enumerate what the code does. What the code has as a type alone
 * is written out here, and the compiler holds it to be complete.
 *
 * @module
 */
import type { DescribedItem, QueryArgument } from "../../drivers/driver.ts";
import { EFFECTS } from "../../drivers/driver.ts";
import type { NvFieldType } from "../../drivers/mlx5/nvconfig/types.ts";
import { PARAM_BITS } from "../../drivers/mlx5/reading/diag.ts";
import type { StepState } from "../../lib/apply/look.ts";
import type { RunKind } from "../../lib/apply/journal.ts";
import type { Want } from "../../lib/apply/recover.ts";
import type { ApplyOutcome, StepStatus } from "../../lib/apply/types.ts";
import type { Standing } from "../../lib/cli/shell/version.ts";
import { SEVERITIES } from "../../lib/doctor/mod.ts";
import type {
  ErrorCode,
  PlanReason,
  RecordingReason,
  TrustReason,
} from "../../lib/errors.ts";
import type { HostAction } from "../../lib/install/compare.ts";
import type { FileState } from "../../lib/install/mark.ts";
import type { DriftState } from "../../lib/plan/drift.ts";
import type { Verdict } from "../../lib/plan/policy/verdict.ts";
import { LOCKDOWNS } from "../../lib/plan/policy/types.ts";
import { HOST_ABILITIES } from "../../lib/recording/types.ts";
import type { FileKind } from "../../lib/trust/signed_file.ts";
import { SIGNED_KINDS } from "../../lib/trust/trust.ts";
import { SCOPES } from "../../lib/uapi/fwctl.ts";
import type { VfState } from "../../lib/vfio/look.ts";
import type { DiagEnd } from "../../lib/view/diag.ts";
import type { SchemaKind } from "../../lib/view/schemas/load.ts";
import type { VfStatus } from "../../lib/view/vfio.ts";

/** The members of a union: the compiler wants all of them, and no other. */
function all<T extends string>(members: Readonly<Record<T, 1>>): string[] {
  return Object.keys(members);
}

const OUTCOMES = all<ApplyOutcome>({
  nothing: 1,
  applied: 1,
  failed: 1,
  undone: 1,
  stopped: 1,
  "not-undone": 1,
});
const KINDS = all<RunKind>({ apply: 1, resume: 1, undo: 1, close: 1 });
const ERROR = "common $defs error";

/** The place of each (a file and the keys that lead to it), and its values. */
export const ENUMERATIONS: readonly (readonly [
  where: string,
  values: readonly string[],
])[] = [
  ["common $defs scope", SCOPES],
  ["common $defs effect", EFFECTS],
  ["common $defs lockdown", [...LOCKDOWNS, "unknown"]],
  ["common $defs outcome", OUTCOMES],
  [
    "common $defs stepStatus",
    all<StepStatus>({
      "not-reached": 1,
      applied: 1,
      failed: 1,
      undone: 1,
      "not-undone": 1,
      done: 1,
      unknown: 1,
    }),
  ],
  [
    `${ERROR} properties code`,
    all<ErrorCode | "InternalError">({
      SyscallError: 1,
      DeviceError: 1,
      PolicyError: 1,
      PlanError: 1,
      RecipeError: 1,
      ModelError: 1,
      DecodeError: 1,
      TrustError: 1,
      RecordingError: 1,
      UsageError: 1,
      InternalError: 1,
    }),
  ],
  [
    `${ERROR} allOf 3 then properties reason`,
    all<PlanReason>({
      "refused-value": 1,
      "unknown-target": 1,
      "in-use": 1,
      conflict: 1,
      stale: 1,
      unsupported: 1,
      tampered: 1,
      malformed: 1,
      mislabelled: 1,
      unfinished: 1,
      locked: 1,
      interrupted: 1,
    }),
  ],
  [
    `${ERROR} allOf 4 then properties reason`,
    all<TrustReason>({
      missing: 1,
      malformed: 1,
      "bad-signature": 1,
      "unknown-key": 1,
      expired: 1,
      "not-allowed": 1,
      mismatch: 1,
    }),
  ],
  [
    `${ERROR} allOf 5 then properties reason`,
    all<RecordingReason>({
      malformed: 1,
      unsupported: 1,
      tampered: 1,
      cut: 1,
      differs: 1,
      unrecorded: 1,
    }),
  ],
  [
    "common $defs vfLook properties state",
    all<VfState>({
      free: 1,
      "host-driver": 1,
      "vfio-idle": 1,
      "in-use": 1,
      unknown: 1,
    }),
  ],
  [
    "describe properties queries items properties arguments additionalProperties properties type",
    all<QueryArgument["type"]>({
      integer: 1,
      text: 1,
      texts: 1,
      hex: 1,
      flag: 1,
    }),
  ],
  [
    "describe properties sections items properties items items properties use",
    all<DescribedItem["use"]>({
      query: 1,
      resource: 1,
      action: 1,
      raw: 1,
      none: 1,
    }),
  ],
  [
    "drift $defs state",
    all<DriftState>({ "as-declared": 1, pending: 1, drifted: 1 }),
  ],
  ["recover properties want", all<Want>({ resume: 1, undo: 1 })],
  [
    "recover properties looks items properties state",
    all<StepState>({ before: 1, planned: 1, neither: 1, unknown: 1, gone: 1 }),
  ],
  ["journal $defs begin properties kind", KINDS],
  ["journal $defs end properties outcome", [...OUTCOMES, "closed"]],
  ["journal-list properties runs items properties kind", [...KINDS, ""]],
  [
    "journal-list properties runs items properties outcome",
    [
      ...OUTCOMES,
      "closed",
      "unfinished",
      "nothing sent",
      "journal was changed",
    ],
  ],
  ["sign properties kind", all<FileKind>({ recipe: 1, plan: 1 })],
  ["trust properties keys items properties scopes items", SIGNED_KINDS],
  [
    "policy properties drivers items properties requests items properties verdict",
    all<Verdict>({ sent: 1, plan: 1, refused: 1 }),
  ],
  [
    "nvconfig properties parameters items properties kind",
    all<NvFieldType>({
      bool: 1,
      uint: 1,
      int: 1,
      enum: 1,
      binary: 1,
      bytes: 1,
      string: 1,
    }),
  ],
  [
    "vfio-status properties vfs items properties profile",
    all<VfStatus["profile"]>({
      none: 1,
      "as-declared": 1,
      differs: 1,
      "not-read": 1,
    }),
  ],
  [
    "vfio-hook properties state",
    all<FileState>({ installed: 1, absent: 1, changed: 1, foreign: 1 }),
  ],
  [
    "host properties entries items properties state",
    all<FileState>({ installed: 1, absent: 1, changed: 1, foreign: 1 }),
  ],
  [
    "host properties entries items properties action",
    all<HostAction>({ create: 1, replace: 1, remove: 1, keep: 1, refuse: 1 }),
  ],
  [
    "host-apply properties recipes items properties outcome",
    [...OUTCOMES, "error"],
  ],
  ["diag-samples properties mode items", Object.keys(PARAM_BITS)],
  [
    "diag-capabilities properties sampling properties mode items",
    Object.keys(PARAM_BITS),
  ],
  [
    "diag-samples properties ended",
    all<DiagEnd>({
      read: 1,
      duration: 1,
      count: 1,
      full: 1,
      interrupted: 1,
      changed: 1,
      most: 1,
    }),
  ],
  [
    "version properties drivers items properties here",
    all<Standing>({ held: 1, older: 1, newer: 1, between: 1, absent: 1 }),
  ],
  ["doctor properties findings items properties severity", SEVERITIES],
  ["recording properties header properties can items", HOST_ABILITIES],
  [
    "schema-list properties schemas items properties kind",
    all<SchemaKind>({ answer: 1, file: 1 }),
  ],
];
