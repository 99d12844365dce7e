/**
 * What a plan says of its requests, held against the requests themselves. A
 * plan may come from a file: its labels are what a person agreed to, so they
 * must be true of what will be sent.
 *
 * @module
 */
import {
  type Driver,
  EFFECTS,
  type Know,
  type RequestLabel,
} from "../../drivers/driver.ts";
import { type Bytes, toHex } from "../bytes.ts";
import { PlanError } from "../errors.ts";
import { labelName } from "../plan/policy.ts";
import { requestOf, undoRequest } from "../plan/step.ts";
import type { Plan, PlannedStep } from "../plan/types.ts";
import { scopeNumber } from "../uapi/fwctl.ts";

/** An open device as checking needs it. */
export interface ClaimSession {
  /** Its driver. */
  readonly driver: Driver;
  /** What is known of the device. */
  readonly know: Know;
}

/**
 * Labels every request of a plan again: writes, undos, actions, and reads,
 * which must do no more than read.
 *
 * @throws {PlanError} with reason `mislabelled` when a label is not the plan's
 */
export function refuseMislabelled(
  plan: Plan,
  session: (device: string) => ClaimSession,
): void {
  refuseClaims(
    plan.steps.flatMap((step) => falseClaims(plan, step, session(step.device))),
  );
}

/** What a plan says of one step's requests and is not so: a line each. */
export function falseClaims(
  plan: Plan,
  step: PlannedStep,
  { driver, know }: ClaimSession,
): string[] {
  return stepFindings(plan, step, (request) => driver.classify(request, know));
}

/** Throws the error of a plan that says what is not so. @throws {PlanError} */
export function refuseClaims(findings: readonly string[]): void {
  if (findings.length === 0) return;
  throw new PlanError(
    `The plan does not say what it would send: ${findings[0]}${
      findings.length > 1 ? ` (and ${findings.length - 1} more)` : ""
    }`,
    "mislabelled",
    findings,
    {
      hint:
        "Nothing was written; plan again, and ask where this plan comes from",
    },
  );
}

function stepFindings(
  plan: Plan,
  step: PlannedStep,
  classify: (request: Bytes) => RequestLabel,
): string[] {
  const where = `${step.device} ${plan.resources[step.resource]?.title ?? ""}`;
  const found = differences(step.label, classify(requestOf(step))).map(
    (difference) => `${where}: the ${step.type} ${difference}`,
  );
  if (step.type === "action") return found;
  // What takes a value back may have another effect than what sets it; the
  // policy is held against it when it is sent. It must be the same request.
  const undo = classify(undoRequest(step));
  if (undo.name !== step.label.name) {
    found.push(
      `${where}: the undo is said to be ${step.label.name}, is ${undo.name}`,
    );
  } else if (
    undo.detail !== step.label.detail && isStronger(undo, step.label)
  ) {
    found.push(
      `${where}: the undo is ${
        labelName(undo)
      } with effect ${undo.effect}, more than the write`,
    );
  }
  const read = classify(step.read.request);
  if (read.effect !== "read") {
    found.push(
      `${where}: the read is ${labelName(read)} with effect ${read.effect} (${
        toHex(step.read.request.subarray(0, 16))
      })`,
    );
  }
  return found;
}

/** Another request may take a value back, but it may not do more than the write did. */
function isStronger(undo: RequestLabel, write: RequestLabel): boolean {
  return EFFECTS.indexOf(undo.effect) > EFFECTS.indexOf(write.effect) ||
    scopeNumber(undo.scope) > scopeNumber(write.scope);
}

/** In what two labels differ that matters: name, scope, effect, and what policies go by. */
function differences(claimed: RequestLabel, is: RequestLabel): string[] {
  const pairs: [what: string, claimed: string, is: string][] = [
    ["", labelName(claimed), labelName(is)],
    ["scope ", claimed.scope, is.scope],
    ["effect ", claimed.effect, is.effect],
    ["allowed ", String(claimed.allowed), String(is.allowed)],
    ["groups ", groups(claimed), groups(is)],
  ];
  return pairs.filter(([, before, now]) => before !== now)
    .map(([what, before, now]) =>
      `is said to be ${what}${before}, is ${what}${now}`
    );
}

function groups({ groups = [] }: RequestLabel): string {
  return [...groups].sort().join(", ") || "none";
}
