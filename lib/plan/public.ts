/**
 * What of planning is meant for programs.
 *
 * @module
 */
export {
  DEFAULT_POLICY,
  enforcePlan,
  Guard,
  type Intent,
  narrowed,
  parsePolicy,
  type Part,
  planRefusals,
  policyLines,
  type PolicyNames,
  type PolicyWish,
  RAW_POLICY,
  READ_POLICY,
  type Subject,
  type SubjectDevice,
} from "./policy.ts";
export type {
  Day,
  Lockdown,
  Policy,
  PolicyRule,
  PolicyWindow,
  PolicyWorld,
  Refusal,
  Seal,
  Sealing,
  Seals,
  ValueTest,
} from "./policy/types.ts";
export { makePlan, type PlanInput, type PlanSession } from "./make.ts";
export {
  type PlanLanes,
  planRecipe,
  type PlanSessions,
  type RecipePlan,
  type RecipePlanInput,
} from "./from_recipe.ts";
export { planFileText } from "./file.ts";
export { type PlanFile, readPlanFile } from "./file_read.ts";
export * from "./drift.ts";
