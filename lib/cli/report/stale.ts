/**
 * What moved since a plan file was made, found as an apply finds it, and told
 * instead of refused.
 *
 * @module
 */
import { bootFindings } from "../../apply/apply.ts";
import {
  moved,
  readImage,
  remadeFunctions,
  strangers,
  takenFunctions,
} from "../../apply/guard.ts";
import type { Inventory } from "../../device/inventory.ts";
import { plannedDevice, type PlanSession } from "../../plan/make.ts";
import type { Plan } from "../../plan/types.ts";

/** A sentence for everything that moved; none when the plan still fits. Sends reads only. */
export function staleFindings(
  plan: Plan,
  inventory: Inventory,
  session: (device: string) => PlanSession,
): string[] {
  const there = new Set(inventory.devices.map(({ name }) => name));
  const absent = plan.devices.filter(({ name }) => !there.has(name))
    .map(({ name, address }) => `${name}: was ${address}, is not there`);
  if (absent.length > 0) return absent;
  const findings = bootFindings(plan, inventory);
  for (const device of plan.devices) {
    const here = session(device.name);
    findings.push(...strangers(device, plannedDevice(here)));
    findings.push(...remadeFunctions(plan, device, here));
  }
  findings.push(...takenFunctions(plan, inventory));
  // A stranger's images say nothing about this plan.
  if (findings.length > 0) return findings;
  return plan.steps.flatMap((step) =>
    step.type === "action"
      ? []
      : moved(plan, step, readImage(session(step.device).channel, step))
  );
}
