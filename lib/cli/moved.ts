/**
 * Whether the functions a plan is about are still as they were when it was
 * made: somebody may have started a VM while the plan was read.
 *
 * @module
 */
import type { Inventory, InventoryFunction } from "../device/inventory.ts";
import { PlanError } from "../errors.ts";
import type { Plan } from "../plan/types.ts";
import { functionState } from "../view/inventory.ts";

/**
 * Compares driver and use of every function that will be written to.
 *
 * @throws {PlanError} with reason `stale`; nothing was sent
 */
export function refuseMovedFunctions(
  plan: Plan,
  before: Inventory,
  now: Inventory,
): void {
  const then = functionsOf(before);
  const current = functionsOf(now);
  const findings: string[] = [];
  for (const step of plan.steps) {
    const { title = "", address = "" } = plan.resources[step.resource] ?? {};
    const was = stateOf(then.get(address));
    const is = stateOf(current.get(address));
    if (was !== is) {
      findings.push(
        `${step.device} ${title} ${address}: was ${was}, is ${is}`,
      );
    }
  }
  const [first] = findings;
  if (first === undefined) return;
  throw new PlanError(
    `The plan is stale: ${first}${
      findings.length > 1 ? ` (and ${findings.length - 1} more)` : ""
    }`,
    "stale",
    findings,
    { hint: "Nothing was written; plan again and look at what moved" },
  );
}

function functionsOf(inventory: Inventory): Map<string, InventoryFunction> {
  return new Map(
    inventory.devices.flatMap(({ virtfns }) =>
      virtfns.map((vf): [string, InventoryFunction] => [vf.pci, vf])
    ),
  );
}

function stateOf(vf: InventoryFunction | undefined): string {
  return vf ? functionState(vf) : "not there";
}
