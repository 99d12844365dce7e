/**
 * The checks around a write: does the world still look as it did when the plan
 * was made, and did the write do what it should.
 *
 * @module
 */
import type { Channel } from "../../drivers/driver.ts";
import type { Bytes } from "../bytes.ts";
import { functionState } from "../device/functions.ts";
import type { Inventory, InventoryFunction } from "../device/inventory.ts";
import { DecodeError, DeviceError, PlanError } from "../errors.ts";
import {
  afterImage,
  firstDifference,
  sameField,
  stepChanges,
} from "../plan/step.ts";
import { valueNow } from "./values.ts";
import type { PlanSession } from "../plan/input.ts";
import type { Plan, PlannedDevice, PlannedWrite } from "../plan/types.ts";

/** Reads a step's image. @throws {DecodeError} when the response is too short */
export function readImage(channel: Channel, step: PlannedWrite): Bytes {
  const { request, capacity } = step.read;
  return imageOf(step, channel.send(request, capacity));
}

/** A step's image in what its read answered. @throws {DecodeError} when it is too short */
export function imageOf(step: PlannedWrite, response: Bytes): Bytes {
  const { offset, length } = step.read;
  if (response.length < offset + length) {
    throw new DecodeError(
      `The image is ${
        Math.max(0, response.length - offset)
      } bytes long, not ${length}`,
      { device: step.device, hint: "The response was short; nothing was kept" },
    );
  }
  return response.slice(offset, offset + length);
}

/** What moved in a step's unit since the plan was made: a line each, none when nothing did. */
export function moved(plan: Plan, step: PlannedWrite, now: Bytes): string[] {
  const at = firstDifference(step.before, now);
  if (at < 0) return [];
  const resource = plan.resources[step.resource];
  const where = `${step.device} ${resource?.title ?? ""}`.trim();
  const after = afterImage(step);
  const fields = stepChanges(plan, step)
    .filter((change) => !sameField(step.before, now, change))
    .map((change) =>
      `${where}: ${change.field} was ${change.before}, is ${
        valueNow(change, step.before, after, now)
      }`
    );
  if (fields.length > 0) return fields;
  const [was, is] = [step.before[at], now[at]].map((byte = 0) =>
    `0x${byte.toString(16).padStart(2, "0")}`
  );
  return [
    `${where}: byte ${at} of the image was ${was}, is ${is}, outside the declared fields`,
  ];
}

/** How a device differs from the one planned for; none when it is the same. */
export function strangers(
  planned: PlannedDevice,
  now: PlannedDevice,
): string[] {
  const found: string[] = [];
  const compare = (what: string, before: string, after: string): void => {
    if (before !== after) {
      found.push(`${planned.name}: ${what} was ${before}, is ${after}`);
    }
  };
  compare("address", planned.address, now.address);
  compare("driver", planned.driver, now.driver);
  compare("firmware", planned.identity.firmware, now.identity.firmware);
  if (
    planned.instance !== undefined && now.instance !== undefined &&
    planned.instance !== now.instance
  ) {
    found.push(
      `${planned.name}: was node ${planned.instance}, is node ${now.instance}: it was plugged in or its driver was loaded again`,
    );
  }
  const names = new Set([
    ...Object.keys(planned.identity.facts),
    ...Object.keys(now.identity.facts),
  ]);
  for (const name of names) {
    compare(
      name,
      planned.identity.facts[name] ?? "unknown",
      now.identity.facts[name] ?? "unknown",
    );
  }
  return found;
}

/** How the virtual functions that will be written to changed hands; none when they did not. */
export function takenFunctions(plan: Plan, now: Inventory): string[] {
  const current = new Map(
    now.devices.flatMap(({ virtfns }) =>
      virtfns.map((vf): [string, InventoryFunction] => [vf.pci, vf])
    ),
  );
  const found: string[] = [];
  for (const step of plan.steps) {
    const { vf = null, title = "" } = plan.resources[step.resource] ?? {};
    if (vf === null) continue;
    const other = current.get(vf.pci);
    const was = functionState(vf);
    const is = other ? functionState(other) : "not there";
    if (was !== is || other?.index !== vf.index) {
      found.push(`${step.device} ${title} ${vf.pci}: was ${was}, is ${is}`);
    }
  }
  return found;
}

/**
 * Virtual functions of a device that were removed and made again since the
 * plan was made, whatever their addresses: what was set went with the old ones.
 */
export function remadeFunctions(
  plan: Plan,
  { name }: PlannedDevice,
  session: Pick<PlanSession, "functionInstance">,
): string[] {
  const found = new Set<string>();
  for (const { device, title, vf } of plan.resources) {
    if (device !== name || vf?.instance === undefined) continue;
    const now = session.functionInstance?.(vf.pci);
    if (now === undefined || now === vf.instance) continue;
    found.add(
      `${device} ${title} ${vf.pci}: was node ${vf.instance}, is node ${now}: it was removed and made again`,
    );
  }
  return [...found];
}

/** Throws the error of a plan that no longer fits. @throws {PlanError} */
export function refuseStale(findings: readonly string[]): void {
  if (findings.length === 0) return;
  throw new PlanError(
    `The plan is stale: ${findings[0]}${
      findings.length > 1 ? ` (and ${findings.length - 1} more)` : ""
    }`,
    "stale",
    findings,
    { hint: "Nothing was written; plan again and look at what moved" },
  );
}

/**
 * Checks what was read back after a write: the declared fields must hold what
 * they should. `wanted` is the image that was written.
 *
 * @throws {DeviceError} naming the fields the firmware did not take
 */
export function verify(
  plan: Plan,
  step: PlannedWrite,
  wanted: Bytes,
  now: Bytes,
): void {
  const wrong = stepChanges(plan, step)
    .filter((change) => !sameField(wanted, now, change))
    .map((change) => change.field);
  if (wrong.length === 0) return;
  throw new DeviceError(
    `The firmware accepted the write but did not keep ${wrong.join(", ")}`,
    { status: -1, statusName: "NOT_KEPT" },
    {
      device: step.device,
      request: step.label.name,
      hint:
        "What was written is taken back; read the unit again before another try",
    },
  );
}
