/**
 * What recovery does with each step, by what it was found to be; and devices
 * under the names they have now.
 *
 * @module
 */
import type { Inventory } from "../device/inventory.ts";
import type { Plan, PlannedDevice } from "../plan/types.ts";
import type { StepLook, StepState } from "./look.ts";
import type { StepStatus } from "./types.ts";

/** Finish what a run began, or take back what it did. */
export type Want = "resume" | "undo";

/** What a step's status is when the recovery begins. */
export function startOf(
  plan: Plan,
  { step, state }: StepLook,
  want: Want,
): StepStatus {
  if (plan.steps[step]?.type === "action") return ACTION[state];
  return want === "resume" ? RESUME[state] : UNDO[state];
}

const ACTION: Readonly<Record<StepState, StepStatus>> = {
  before: "not-reached",
  planned: "done",
  neither: "unknown",
  unknown: "unknown",
  gone: "unknown",
};

const RESUME: Readonly<Record<StepState, StepStatus>> = {
  before: "not-reached",
  planned: "applied",
  neither: "not-reached",
  // The same values once more do no harm.
  unknown: "not-reached",
  gone: "not-reached",
};

const UNDO: Readonly<Record<StepState, StepStatus>> = {
  before: "not-reached",
  planned: "applied",
  neither: "not-undone",
  unknown: "not-undone",
  gone: "not-reached",
};

/** Whether a request will be sent for a step. */
export function isTodo(plan: Plan, look: StepLook, want: Want): boolean {
  const status = startOf(plan, look, want);
  if (want === "resume") return status === "not-reached";
  return plan.steps[look.step]?.type === "write" &&
    (status === "applied" || status === "not-undone");
}

/** The plan with its devices under the names that their addresses have now. */
export function renamed(
  plan: Plan,
  inventory: Inventory,
): { readonly plan: Plan; readonly lost: readonly PlannedDevice[] } {
  const names = new Map<string, string>();
  const lost: PlannedDevice[] = [];
  for (const planned of plan.devices) {
    const same = inventory.devices.filter((device) =>
      (device.pci ?? device.parent) === planned.address &&
      device.driver === planned.driver
    );
    const now = same.find(({ name }) => name === planned.name) ?? same[0];
    if (now) names.set(planned.name, now.name);
    else lost.push(planned);
  }
  const name = (device: string): string => names.get(device) ?? device;
  return {
    lost,
    plan: {
      ...plan,
      devices: plan.devices.map((one) => ({ ...one, name: name(one.name) })),
      resources: plan.resources.map((one) => ({
        ...one,
        device: name(one.device),
      })),
      steps: plan.steps.map((step) => ({ ...step, device: name(step.device) })),
    },
  };
}
