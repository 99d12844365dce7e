import { assertEquals } from "@std/assert";
import { takenFunctions } from "../../lib/apply/guard.ts";
import type {
  Inventory,
  InventoryFunction,
} from "../../lib/device/inventory.ts";
import { changed, inventory, plan, step } from "../view/make.ts";

/** The machine with VF 0 as `change` says. */
function withVf0(
  change: Partial<InventoryFunction> | undefined,
): Inventory {
  const now = inventory(6);
  return {
    ...now,
    devices: now.devices.map((device) => ({
      ...device,
      virtfns: device.virtfns.flatMap((vf) =>
        vf.index !== 0 ? [vf] : change ? [{ ...vf, ...change }] : []
      ),
    })),
  };
}

const PLAN = plan([changed(0)], [step(0)]);

Deno.test("functions that are as they were do not make a plan stale", () => {
  assertEquals(takenFunctions(PLAN, withVf0({})), []);
});

Deno.test("a function that a VM took, that went, or that has another index now is named", () => {
  const taken = withVf0({ kernelDriver: "vfio-pci", enabled: true });
  assertEquals(takenFunctions(PLAN, taken), [
    "fwctl0 VF 0 0000:3b:00.2: was no driver, is vfio-pci, in use",
  ]);
  assertEquals(takenFunctions(PLAN, withVf0(undefined)), [
    "fwctl0 VF 0 0000:3b:00.2: was no driver, is not there",
  ]);
  assertEquals(takenFunctions(PLAN, withVf0({ index: 4 })).length, 1);
});

Deno.test("functions the plan does not write to may change", () => {
  const other = plan([changed(1)], [step(0)]);
  const taken = withVf0({ kernelDriver: "vfio-pci", enabled: true });
  assertEquals(takenFunctions(other, taken), []);
});
