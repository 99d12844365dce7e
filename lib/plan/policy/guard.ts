/**
 * Guard: the policy at the transport. Every request of a run passes it with its
 * bytes, whoever sends it; sessions hand out nothing that goes around it.
 *
 * @module
 */
import type { RequestLabel } from "../../../drivers/driver.ts";
import { type Bytes, equalBytes } from "../../bytes.ts";
import type { Scope } from "../../uapi/fwctl.ts";
import { requestOf, undoRequest } from "../step.ts";
import type { Plan, PlannedStep, PlannedWrite } from "../types.ts";
import { ceilings, judge, labelName, tooManyDevices } from "./judge.ts";
import {
  type Intent,
  isWrite,
  type Subject,
  type SubjectDevice,
} from "./match.ts";
import { deviceOf, enforcePlan, intentOf, subjectOf } from "./plan.ts";
import { refused } from "./refused.ts";
import type { Policy, PolicyWorld } from "./types.ts";

/** One step of a plan that was admitted. */
interface Admitted {
  readonly step: PlannedStep;
  readonly intent: Intent;
  /** Whether its write was let through: then its undo is too. */
  sent: boolean;
}

/**
 * The policy of one run, with what it must remember: the plans it has admitted
 * and the devices that were written to.
 *
 * What a request is for is taken from the plan it belongs to, found by device
 * and bytes. A write of no plan has no purpose that could be known: a rule that
 * denies kinds or fields refuses it, one that allows them does not help it.
 *
 * The request that takes back a write passes wherever the write has passed,
 * also when a window has closed since: nothing may strand a device half way.
 */
export class Guard {
  /** What is allowed. */
  readonly policy: Policy;
  readonly #world: PolicyWorld | undefined;
  readonly #admitted = new Map<string, Admitted[]>();
  readonly #undos = new Map<string, Admitted[]>();
  readonly #written = new Set<string>();

  /** Without a world, what asks for one is refused. */
  constructor(policy: Policy, world?: PolicyWorld) {
    this.policy = policy;
    this.#world = world;
  }

  /**
   * Holds a whole plan against the policy, and remembers what its requests are
   * for. Nothing of the plan is sent yet.
   *
   * @throws {PolicyError} with every refusal
   */
  admit(plan: Plan): void {
    enforcePlan(plan, this.policy, this.#world);
    if (sealing(this.policy) && plan.steps.length > 0) this.#readySeals();
    for (const step of plan.steps) this.#register(plan, step, false);
  }

  /**
   * Lets pass what takes back writes of an earlier run, as its journal has
   * them. They are held against the ceilings alone: lists, windows, seals and
   * limits have let the writes pass and must not strand them.
   *
   * @throws {PolicyError} with every refusal
   */
  admitUndo(plan: Plan, steps: readonly PlannedStep[] = plan.steps): void {
    const { inventory } = this.#world ?? {};
    const found = steps.flatMap((step) =>
      ceilings(
        subjectOf(plan, step, deviceOf(plan, step.device, inventory)),
        this.policy,
      )
    );
    if (found.length > 0) throw refused(found, this.policy);
    for (const step of steps) this.#register(plan, step, true);
  }

  /**
   * Holds one request against the policy, just before it is sent.
   *
   * @throws {PolicyError} naming every rule that refuses it
   */
  check(
    device: SubjectDevice,
    label: RequestLabel,
    request: Bytes,
    scope: Scope = label.scope,
  ): void {
    const bare: Subject = { device, label, scope };
    const planned = isWrite(bare)
      ? find(this.#admitted, device.name, request, requestOf)
      : [];
    const undo = planned.length === 0 && isWrite(bare) && label.allowed &&
      find(this.#undos, device.name, request, undoOf).some(({ sent }) => sent);
    if (undo) return;
    // Steps with the very same bytes may say different things of them.
    const found = (planned.length > 0 ? planned : [undefined]).flatMap((each) =>
      judge({ ...bare, intent: each?.intent }, this.policy, this.#world)
    );
    const write = isWrite(bare);
    if (write && !this.#written.has(device.name)) {
      found.push(...tooManyDevices(this.#written.size + 1, this.policy));
    }
    if (found.length > 0) {
      throw refused(found, this.policy, {
        device: device.name,
        request: labelName(label),
      });
    }
    if (!write) return;
    this.#written.add(device.name);
    for (const each of planned) each.sent = true;
  }

  /**
   * Seals the devices of a plan that was applied, where the policy wants it.
   *
   * @throws when a seal cannot be kept
   */
  seal(plan: Plan): void {
    const { seals, inventory } = this.#world ?? {};
    if (!sealing(this.policy) || !seals || !inventory) return;
    const at = (this.#world?.now() ?? new Date()).toISOString();
    for (const name of new Set(plan.steps.map(({ device }) => device))) {
      const address = deviceOf(plan, name, inventory).addresses?.[0];
      if (address === undefined) continue;
      seals.seal(address, inventory.bootId, {
        at,
        breakable: this.policy.seal === "boot",
        recipe: plan.recipe.name,
      });
    }
  }

  /** Better no change than one that should have closed the device and did not. */
  #readySeals(): void {
    const { seals } = this.#world ?? {};
    if (seals) return seals.ready();
    throw refused([{
      rule: "seal",
      text: "The policy seals what was changed, and no seal could be kept",
      advice: "Name a folder with --state-dir",
    }], this.policy);
  }

  #register(plan: Plan, step: PlannedStep, sent: boolean): void {
    const admitted = { step, intent: intentOf(plan, step), sent };
    // An undo alone does not open the way for the write.
    if (!sent) add(this.#admitted, step.device, requestOf(step), admitted);
    if (step.type === "write") {
      add(this.#undos, step.device, undoRequest(step), admitted);
    }
  }
}

function sealing({ seal = "none" }: Policy): boolean {
  return seal !== "none";
}

function undoOf(step: PlannedStep): Bytes | undefined {
  return step.type === "write" ? undoRequest(step as PlannedWrite) : undefined;
}

function add(
  to: Map<string, Admitted[]>,
  device: string,
  request: Bytes,
  admitted: Admitted,
): void {
  const key = keyOf(device, request);
  const before = to.get(key);
  if (before) before.push(admitted);
  else to.set(key, [admitted]);
}

/** The steps whose request these very bytes are. */
function find(
  among: ReadonlyMap<string, readonly Admitted[]>,
  device: string,
  request: Bytes,
  bytesOf: (step: PlannedStep) => Bytes | undefined,
): readonly Admitted[] {
  if (among.size === 0) return [];
  const near = among.get(keyOf(device, request)) ?? [];
  return near.filter(({ step }) => {
    const bytes = bytesOf(step);
    return step.device === device && bytes !== undefined &&
      equalBytes(bytes, request);
  });
}

/** A short key: images of thousands of functions need not be kept twice. FNV-1a. */
function keyOf(device: string, bytes: Bytes): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) {
    hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  }
  return `${device} ${bytes.length} ${hash >>> 0}`;
}
