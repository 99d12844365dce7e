import { assert, assertEquals, assertThrows } from "@std/assert";
import { applyPlan } from "../../lib/apply/apply.ts";
import type { ApplyHooks, ApplyResult } from "../../lib/apply/types.ts";
import { RecipeError, SyscallError, UsageError } from "../../lib/errors.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { Plan } from "../../lib/plan/types.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import {
  TOY_INVENTORY,
  ToyDevice,
  toyInput,
  toySession,
  toyUnits,
} from "../toy_driver.ts";

function poke(unit: number, value: number): Declaration {
  return { kind: "toy.poke", body: { unit, value }, action: true };
}

function late(unit: number, value: number): Declaration {
  return { kind: "toy.late", body: { unit, value } };
}

function plan(device: ToyDevice, ...declared: Declaration[]): Plan {
  return makePlan(toyInput(device, declared));
}

function apply(
  device: ToyDevice,
  plan: Plan,
  hooks?: ApplyHooks,
): ApplyResult {
  return applyPlan({
    plan,
    policy: DEFAULT_POLICY,
    inventory: TOY_INVENTORY,
    session: toySession(device),
    ...(hooks ? { hooks } : {}),
  });
}

function statuses(result: ApplyResult): string[] {
  return result.steps.map((step) => step.status);
}

function fails(errnoName: string, errno: number): () => never {
  return () => {
    throw new SyscallError("it failed", {
      errno,
      errnoName,
      call: "ioctl(FWCTL_RPC)",
    });
  };
}

Deno.test("an action is sent once at every apply and its answer is kept", () => {
  const device = new ToyDevice();
  const made = plan(device, poke(1, 5));
  assertEquals(made.resources[0]?.arguments, [{ name: "value", value: 5 }]);
  const result = apply(device, made);
  assertEquals([result.outcome, ...statuses(result)], ["applied", "done"]);
  assertEquals(result.steps[0]?.answer, { doubled: 10 });
  assertEquals(plan(device, poke(1, 5)).steps.length, 1);
  assertEquals(device.writes.length, 1);
});

Deno.test("the same action twice is two actions, not a conflict", () => {
  const device = new ToyDevice();
  const result = apply(device, plan(device, poke(1, 5), poke(1, 5)));
  assertEquals(statuses(result), ["done", "done"]);
});

Deno.test("an action is never mistaken for a resource, nor the other way round", () => {
  const device = new ToyDevice();
  assertThrows(
    () => plan(device, { kind: "toy.poke", body: { unit: 1, value: 1 } }),
    RecipeError,
    "toy.poke is an action, not a resource",
  );
  const [unit] = toyUnits([1, 1]);
  assert(unit);
  assertThrows(
    () => plan(device, { ...unit, action: true }),
    RecipeError,
    "toy.unit is a resource, not an action",
  );
});

Deno.test("an action the firmware refuses leaves nothing behind; what was written before is taken back", () => {
  const device = new ToyDevice();
  const made = plan(device, ...toyUnits([1, 5]), poke(2, 6));
  device.failures.set(2, () => new Uint8Array([9]));
  const result = apply(device, made);
  assertEquals(result.outcome, "undone");
  assertEquals(statuses(result), ["undone", "failed"]);
  assertEquals(device.unit(1)[3], 1);
});

Deno.test("an action whose answer does not come is not known to be done, and never sent again", () => {
  const device = new ToyDevice();
  device.failures.set(1, fails("ETIMEDOUT", 110));
  const result = apply(device, plan(device, poke(2, 6)));
  assertEquals(result.outcome, "not-undone");
  assertEquals(statuses(result), ["unknown"]);
  assertEquals(device.writes.length, 1);
});

Deno.test("an action the kernel did not send is failed, not unknown", () => {
  const device = new ToyDevice();
  device.failures.set(1, fails("EPERM", 1));
  const result = apply(device, plan(device, poke(2, 6)));
  assertEquals([result.outcome, ...statuses(result)], ["failed", "failed"]);
});

Deno.test("a failure after an action was done is not called undone", () => {
  const device = new ToyDevice();
  const made = plan(device, poke(1, 1), ...toyUnits([2, 7]));
  device.failures.set(2, () => new Uint8Array([9]));
  const result = apply(device, made);
  assertEquals(result.outcome, "not-undone");
  assertEquals(statuses(result), ["done", "failed"]);
});

Deno.test("a hook that cannot record an action keeps it from being sent", () => {
  const device = new ToyDevice();
  const result = apply(device, plan(device, poke(1, 1)), {
    beforeWrite: () => {
      throw new Error("disk full");
    },
  });
  assertEquals([result.outcome, ...statuses(result)], ["failed", "failed"]);
  assertEquals(device.writes.length, 0);
});

Deno.test("a write that shows after a reset only is sent in its own form and not read back", () => {
  const device = new ToyDevice();
  const made = plan(device, late(1, 9));
  const result = apply(device, made);
  assertEquals([result.outcome, ...statuses(result)], ["applied", "applied"]);
  assertEquals(device.writes[0], new Uint8Array([6, 1, 9]));
  assertEquals(device.later.get(1), 9);
  assertEquals(device.unit(1)[3], 1, "what it holds now is as before");
});

Deno.test("the undo of such a write has its own form too", () => {
  const device = new ToyDevice();
  const made = plan(device, late(1, 9), ...toyUnits([2, 7]));
  device.failures.set(2, () => new Uint8Array([9]));
  const result = apply(device, made);
  assertEquals(result.outcome, "undone");
  assertEquals(device.writes.at(-1), new Uint8Array([6, 1, 1]));
});

Deno.test("such a write with an outcome nobody knows is sent its undo", () => {
  const device = new ToyDevice();
  device.failures.set(1, fails("ETIMEDOUT", 110));
  const result = apply(device, plan(device, late(1, 9)));
  assertEquals([result.outcome, ...statuses(result)], ["undone", "undone"]);
  assertEquals(device.later.get(1), 1);
});

Deno.test("an errno that a driver found in an answer does not say that nothing was sent", () => {
  const device = new ToyDevice();
  device.failures.set(1, () => {
    throw new SyscallError("the firmware did not answer the driver", {
      errno: 19,
      errnoName: "ENODEV",
      call: "bnxt_send_msg",
    });
  });
  const result = apply(device, plan(device, poke(2, 6)));
  assertEquals([result.outcome, ...statuses(result)], [
    "not-undone",
    "unknown",
  ]);
});

Deno.test("such a write whose good answer could not be recorded is taken back", () => {
  const device = new ToyDevice();
  let full = false;
  const result = apply(device, plan(device, late(1, 9)), {
    afterWrite: () => {
      if (full) return;
      full = true;
      throw new UsageError("No space left on device");
    },
  });
  assertEquals([result.outcome, ...statuses(result)], ["undone", "undone"]);
  assertEquals(device.later.get(1), 1);
});
