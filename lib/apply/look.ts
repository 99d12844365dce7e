/**
 * Looking at what a run left: each step's image as it is now is the one from
 * before, the one that was planned, or neither. The device is asked, not the
 * journal, wherever it can tell.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { PlanSession } from "../plan/make.ts";
import { sha256 } from "../plan/digest.ts";
import {
  afterImage,
  firstDifference,
  sameField,
  stepChanges,
} from "../plan/step.ts";
import type { Plan, PlannedStep, PlannedWrite } from "../plan/types.ts";
import type { StepFacts } from "./facts.ts";
import { readImage } from "./guard.ts";
import { valueNow } from "./values.ts";

/** What a step is found to be. */
export type StepState =
  /** As before the run: nothing of it is there. */
  | "before"
  /** As planned. */
  | "planned"
  /** Neither: something else wrote there, or only a part arrived. */
  | "neither"
  /** It cannot be read back and no answer came: either. */
  | "unknown"
  /** It lasted until the machine was booted. */
  | "gone";

/** One step, looked at. */
export interface StepLook {
  /** Index of the step. */
  readonly step: number;
  /** What it is. */
  readonly state: StepState;
  /** For "neither": a line a field, what it was, was to be, and is. */
  readonly findings: readonly string[];
}

/** Looks at one step. */
export function lookAt(
  plan: Plan,
  index: number,
  step: PlannedStep,
  facts: StepFacts,
  session: (device: string) => PlanSession,
  rebooted: boolean,
): StepLook {
  const found = (state: StepState, findings: string[] = []): StepLook => ({
    step: index,
    state,
    findings,
  });
  if (step.type === "action") return found(actionState(facts));
  if (facts.settled) return found("before");
  if (rebooted && step.live === "now" && step.label.effect === "runtime") {
    return found("gone");
  }
  if (!step.verifiable && !rebooted) return found(recordedState(facts));
  const now = readImage(session(step.device).channel, step);
  if (firstDifference(step.before, now) < 0) return found("before");
  if (isPlanned(step, facts, now)) return found("planned");
  return found("neither", strayFields(plan, step, now));
}

function actionState({ sent, last }: StepFacts): StepState {
  if (!sent || last === "never") return "before";
  return last === "good" ? "planned" : "unknown";
}

/** What a write that nothing shows before a reset did, as far as its answers tell. */
function recordedState({ sent, last, undo }: StepFacts): StepState {
  if (!sent) return "before";
  if (last !== "good") return "unknown";
  return undo ? "before" : "planned";
}

/** Byte for byte what was to be written, or what the firmware made of it when it was verified. */
function isPlanned(step: PlannedWrite, facts: StepFacts, now: Bytes): boolean {
  return firstDifference(afterImage(step), now) < 0 ||
    facts.image !== null && sha256(now) === facts.image;
}

function strayFields(plan: Plan, step: PlannedWrite, now: Bytes): string[] {
  const where = `${step.device} ${plan.resources[step.resource]?.title ?? ""}`;
  const after = afterImage(step);
  const fields = stepChanges(plan, step)
    .filter((field) =>
      !sameField(step.before, now, field) && !sameField(after, now, field)
    )
    .map((field) =>
      `${where}: ${field.field} was ${field.before}, was to be ${field.after}, is ${
        valueNow(field, step.before, after, now)
      }`
    );
  if (fields.length > 0) return fields;
  const partly = stepChanges(plan, step)
    .filter((field) => sameField(after, now, field)).map(({ field }) => field);
  const image = partly.length > 0 ? after : step.before;
  const at = firstDifference(image, now);
  const byte = (of: Uint8Array): string =>
    `0x${(of[at] ?? 0).toString(16).padStart(2, "0")}`;
  return [
    partly.length > 0 && partly.length < stepChanges(plan, step).length
      ? `${where}: only ${partly.join(", ")} hold the new values`
      : `${where}: byte ${at} of the image is ${byte(now)}, not ${
        byte(image)
      }, outside the declared fields`,
  ];
}
