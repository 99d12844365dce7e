/**
 * The forms of files that this version reads and writes. A test holds that
 * every one there is, is here.
 *
 * @module
 */
import { DEFINITION_FORMAT } from "../../device/definition.ts";
import { SCENARIO_FORMAT } from "../../model/scenario.ts";
import { STATE_FORMAT } from "../../model/state.ts";
import { POLICY_FORMAT } from "../../plan/policy/types.ts";
import { PLAN_FORMAT } from "../../plan/types.ts";
import { RECORDING_FORMAT } from "../../recording/types.ts";
import { TRUST_FORMAT } from "../../trust/trust.ts";
import { PROFILE_FORMAT } from "../../vfio/profile.ts";
import { RECORD_FORMAT } from "../../vfio/record.ts";
import { JSON_VERSION } from "../../view/json.ts";
import { NV_BACKUP_FORMAT } from "../nvconfig/file.ts";

/** By what the file is: the value of its `format`. */
export const FORMATS: Readonly<Record<string, string>> = {
  "plan": PLAN_FORMAT,
  "policy": POLICY_FORMAT,
  "definition": DEFINITION_FORMAT,
  "trust": TRUST_FORMAT,
  "vfio profile": PROFILE_FORMAT,
  "vfio record": RECORD_FORMAT,
  "nvconfig backup": NV_BACKUP_FORMAT,
  "recording": RECORDING_FORMAT,
  "scenario": SCENARIO_FORMAT,
  "model state": STATE_FORMAT,
  "--json": JSON_VERSION,
};
