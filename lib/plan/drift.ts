/**
 * Drift: what of a plan is not as it was declared. A plan is made from a
 * recipe by reading; what it would write has drifted.
 *
 * @module
 */
import type { FieldChange } from "../../drivers/driver.ts";
import { isPending } from "./step.ts";
import type { Plan, PlannedResource } from "./types.ts";

/** How a declared resource stands. */
export type DriftState =
  /** As declared, and in force. */
  | "as-declared"
  /** Holds what is declared, which waits for a reset. */
  | "pending"
  /** Holds something else. */
  | "drifted";

/** One resource. */
export interface DriftedResource {
  /** The resource as planned. */
  readonly resource: PlannedResource;
  /** How it stands. */
  readonly state: DriftState;
  /** The fields that make it so; none when it is as declared. */
  readonly fields: readonly FieldChange[];
}

/** What has drifted from a recipe. Actions have no state and are left out. */
export interface Drift {
  /** Every declared resource, in the recipe's order. */
  readonly resources: readonly DriftedResource[];
  /** How many are in each state. */
  readonly count: Readonly<Record<DriftState, number>>;
}

/** How the resources of a plan stand. */
export function driftOf(plan: Plan): Drift {
  const resources = plan.resources
    .filter((resource) => resource.arguments === null)
    .map((resource): DriftedResource => {
      if (resource.changes.length > 0) {
        return { resource, state: "drifted", fields: resource.changes };
      }
      const pending = resource.same.filter(isPending);
      return {
        resource,
        state: pending.length > 0 ? "pending" : "as-declared",
        fields: pending,
      };
    });
  const count = { "as-declared": 0, pending: 0, drifted: 0 };
  for (const { state } of resources) count[state]++;
  return { resources, count };
}
