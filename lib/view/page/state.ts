/**
 * How each resource of a plan stands, in the words that pages show and filter
 * by.
 *
 * @module
 */
import { isPending } from "../../plan/step.ts";
import type { Plan, PlannedResource, PlannedStep } from "../../plan/types.ts";
import type { Facets } from "./parts.ts";

/** How a resource stands. */
export type ResourceState = "to change" | "to send" | "as declared" | "pending";

/** A resource with what the plan does about it. */
export interface Standing {
  /** Its index in the plan. */
  readonly index: number;
  /** The resource. */
  readonly resource: PlannedResource;
  /** The request; absent where none is needed. */
  readonly step: PlannedStep | undefined;
  /** In a word. */
  readonly state: ResourceState;
  /** What it can be filtered by. */
  readonly facets: Facets;
}

/** Every resource of a plan, in its order. */
export function standings(plan: Plan): Standing[] {
  const steps = new Map(plan.steps.map((step) => [step.resource, step]));
  const drivers = new Map(
    plan.devices.map(({ name, driver }) => [name, driver]),
  );
  return plan.resources.map((resource, index) => {
    const step = steps.get(index);
    const state = stateOf(resource, step);
    return {
      index,
      resource,
      step,
      state,
      facets: {
        driver: [drivers.get(resource.device) ?? ""],
        state: resource.notes.length > 0 ? [state, "note"] : [state],
        scope: step ? [step.label.scope] : [],
        effect: step ? [step.label.effect] : [],
      },
    };
  });
}

function stateOf(
  { same }: PlannedResource,
  step: PlannedStep | undefined,
): ResourceState {
  if (step) return step.type === "action" ? "to send" : "to change";
  return same.some(isPending) ? "pending" : "as declared";
}
