/**
 * A whole plan held against a policy, before its first write.
 *
 * @module
 */
import type { Inventory } from "../../device/inventory.ts";
import type { FieldChange } from "../../../drivers/driver.ts";
import { stepChanges } from "../step.ts";
import type { Plan, PlannedStep } from "../types.ts";
import { judge, labelName, tooManyDevices } from "./judge.ts";
import type { Intent, Subject, SubjectDevice } from "./match.ts";
import { isWrite } from "./match.ts";
import { refusalText, refused } from "./refused.ts";
import type { Policy, PolicyRule, PolicyWorld, Refusal } from "./types.ts";

/** A refusal and where it is from. */
interface PlanRefusal extends Refusal {
  readonly device: string;
}

/**
 * Holds a whole plan against the policy: every step before the first is sent.
 *
 * @returns a sentence for every distinct refusal; none when it may be applied
 */
export function planRefusals(
  plan: Plan,
  policy: Policy,
  world?: PolicyWorld,
): string[] {
  return [
    ...new Set(findRefusals(plan, policy, world).map(refusalText)),
  ];
}

/** Throws when the policy forbids a step of the plan. @throws {PolicyError} */
export function enforcePlan(
  plan: Plan,
  policy: Policy,
  world?: PolicyWorld,
): void {
  const found = findRefusals(plan, policy, world);
  if (found.length > 0) throw refused(found, policy);
}

function findRefusals(
  plan: Plan,
  policy: Policy,
  world: PolicyWorld | undefined,
): PlanRefusal[] {
  const found: PlanRefusal[] = [];
  const written = new Set<string>();
  const strict = asksForFields(policy);
  const devices = new Map<string, SubjectDevice>();
  for (const step of plan.steps) {
    const device = devices.get(step.device) ??
      deviceOf(plan, step.device, world?.inventory);
    devices.set(step.device, device);
    const subject = subjectOf(plan, step, device);
    if (isWrite(subject)) written.add(step.device);
    const refusals = judge(subject, policy, world);
    if (strict) refusals.push(...undeclared(plan, step));
    found.push(
      ...refusals.map((each) => ({
        ...each,
        text: everywhere(each.rule)
          ? each.text
          : `${step.device}: ${each.text}`,
        device: step.device,
      })),
    );
  }
  return [
    ...found,
    ...tooManyDevices(written.size, policy).map((each) => ({
      ...each,
      device: "",
    })),
  ];
}

/** Rules that are about the machine, not about one device. */
function everywhere(rule: string): boolean {
  return rule === "lockdown" || rule === "windows" || rule === "seal";
}

/** A step as rules see it. */
export function subjectOf(
  plan: Plan,
  step: PlannedStep,
  device: SubjectDevice,
): Subject {
  return {
    device,
    label: step.label,
    scope: step.label.scope,
    intent: intentOf(plan, step),
  };
}

/** What a step is for. */
export function intentOf(plan: Plan, step: PlannedStep): Intent {
  const resource = plan.resources[step.resource];
  const { kind = "", address = "", title = "" } = resource ?? {};
  return {
    kind,
    targets: [address, title, resource?.unit ?? ""].filter((name) =>
      name !== ""
    ),
    parts: step.type === "action"
      ? (resource?.arguments ?? []).map(({ name, value }) => ({
        field: name,
        value,
      }))
      : stepChanges(plan, step).map(({ field, after }) => ({
        field,
        value: after,
      })),
  };
}

/** A device of a plan by all of its names. */
export function deviceOf(
  plan: Plan,
  name: string,
  inventory?: Pick<Inventory, "devices">,
): SubjectDevice {
  const planned = plan.devices.find((device) => device.name === name);
  const entry = inventory?.devices.find((device) => device.name === name);
  if (entry) {
    return {
      name,
      driver: planned?.driver ?? entry.driver,
      addresses: addressesOf(entry),
    };
  }
  return planned
    ? { name, driver: planned.driver, addresses: [planned.address] }
    : { name };
}

/** The addresses of a device, that which a plan and a seal name first. */
export function addressesOf(
  { pci, parent }: { readonly pci: string | null; readonly parent: string },
): string[] {
  return pci === null ? [parent] : [...new Set([pci, parent])];
}

/** Whether a rule asks what a field is set to. */
function asksForFields({ deny = [], allow = [] }: Policy): boolean {
  const asks = ({ field, value }: PolicyRule): boolean =>
    field !== undefined || value !== undefined;
  return deny.some(asks) || allow.some(asks);
}

/** A write that changes more than it declares: rules on fields would not see it. */
function undeclared(plan: Plan, step: PlannedStep): Refusal[] {
  // An image in a form of its own cannot be compared bit by bit.
  if (step.type === "action" || step.payload !== null) return [];
  const changes = stepChanges(plan, step);
  const outside = step.patch.some(({ at, bytes }) =>
    bytes.some((byte, index) => {
      let changed = byte ^ (step.before[at + index] ?? 0);
      for (let bit = 0; changed !== 0; bit++, changed = changed << 1 & 0xff) {
        if ((changed & 0x80) === 0) continue;
        if (!covered(changes, 8 * (at + index) + bit)) return true;
      }
      return false;
    })
  );
  return outside
    ? [{
      rule: "fields",
      text: `${labelName(step.label)} changes bits of no declared field`,
      advice: "Plan again: rules on fields cannot be held against this plan",
    }]
    : [];
}

function covered(changes: readonly FieldChange[], bit: number): boolean {
  return changes.some((change) =>
    bit >= change.bit && bit < change.bit + change.width
  );
}
