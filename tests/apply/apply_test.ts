import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { applyPlan } from "../../lib/apply/apply.ts";
import type { ApplyHooks, ApplyResult } from "../../lib/apply/types.ts";
import { PlanError, PolicyError, SyscallError } from "../../lib/errors.ts";
import { planFileText, readPlanFile } from "../../lib/plan/file_read.ts";
import { makePlan } from "../../lib/plan/make.ts";
import {
  DEFAULT_POLICY,
  type Policy,
  READ_POLICY,
} from "../../lib/plan/policy.ts";
import type { Inventory } from "../../lib/device/inventory.ts";
import type { Plan } from "../../lib/plan/types.ts";
import {
  type Failure,
  TOY_INVENTORY,
  ToyDevice,
  toyInput,
  toySession,
  toyUnits,
} from "../toy_driver.ts";

function plan(device: ToyDevice, ...pairs: [number, number][]): Plan {
  return makePlan(toyInput(device, toyUnits(...pairs)));
}

function apply(
  device: ToyDevice,
  plan: Plan,
  options: { hooks?: ApplyHooks; policy?: Policy; inventory?: Inventory } = {},
): ApplyResult {
  const policy = options.policy ?? DEFAULT_POLICY;
  return applyPlan({
    plan,
    policy,
    inventory: options.inventory ?? TOY_INVENTORY,
    session: toySession(device, policy),
    ...(options.hooks ? { hooks: options.hooks } : {}),
  });
}

const refuse: Failure = () => new Uint8Array([5]);
const obeyThenTimeout: Failure = (device, request) => {
  device.unit(request[1] ?? 0).set(request.subarray(2));
  throw timeout();
};
const timeoutOnly: Failure = () => {
  throw timeout();
};
const loseIt: Failure = () => new Uint8Array(1);

function timeout(): SyscallError {
  return new SyscallError("timed out", {
    errno: 110,
    errnoName: "ETIMEDOUT",
    call: "ioctl(FWCTL_RPC)",
  });
}

function statuses(result: ApplyResult): string[] {
  return result.steps.map((step) => step.status);
}

Deno.test("apply writes every step once, in order, and verifies each", () => {
  const device = new ToyDevice();
  const seen: string[] = [];
  const result = apply(device, plan(device, [1, 5], [2, 6]), {
    hooks: {
      beforeWrite: (_step, index) => seen.push(`write ${index}`),
      verified: (_step, index) => seen.push(`verified ${index}`),
    },
  });
  assertEquals(result.outcome, "applied");
  assertEquals(seen, ["write 0", "verified 0", "write 1", "verified 1"]);
  assertEquals(device.writes.length, 2);
  assertEquals(device.unit(1)[3], 5);
});

Deno.test("a second apply has nothing to do and writes nothing", () => {
  const device = new ToyDevice();
  apply(device, plan(device, [1, 5]));
  const second = plan(device, [1, 5]);
  assertEquals(second.steps, []);
  assertEquals(apply(device, second).outcome, "nothing");
  assertEquals(device.writes.length, 1);
});

Deno.test("a plan the policy refuses sends nothing, not even a read", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  const before = device.reads;
  assertThrows(
    () => apply(device, made, { policy: READ_POLICY }),
    PolicyError,
  );
  assertEquals([device.reads, device.writes.length], [before, 0]);
});

Deno.test("a device that moved since planning makes the plan stale and nothing is written", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5], [2, 6]);
  device.unit(2)[3] = 77;
  const error = assertThrows(() => apply(device, made), PlanError);
  assertEquals(error.reason, "stale");
  assertEquals(error.findings, ["toy0 Unit 2: value was 2, is 77"]);
  assertEquals(device.writes.length, 0);
});

Deno.test("a move outside the declared fields is stale too", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  device.unit(1)[9] = 77;
  const error = assertThrows(() => apply(device, made), PlanError);
  assertEquals(error.findings, [
    "toy0 Unit 1: byte 9 of the image was 0x01, is 0x4d, outside the declared fields",
  ]);
});

Deno.test("a plan from another boot is stale", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  const error = assertThrows(
    () =>
      apply(device, made, {
        inventory: { ...TOY_INVENTORY, bootId: "boot-2" },
      }),
    PlanError,
  );
  assertEquals(error.reason, "stale");
  assertEquals(device.writes.length, 0);
});

Deno.test("a plan for another device is stale", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  const [planned] = made.devices;
  assert(planned);
  const other: Plan = {
    ...made,
    devices: [{
      ...planned,
      identity: { ...planned.identity, facts: { serial: "8" } },
    }],
  };
  const error = assertThrows(() => apply(device, other), PlanError);
  assertEquals(error.findings, ["toy0: serial was 8, is 7"]);
});

Deno.test("a device whose driver was loaded again since is stale, all else being the same", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  const [planned] = made.devices;
  assert(planned);
  const old: Plan = { ...made, devices: [{ ...planned, instance: "7" }] };
  const session = toySession(device);
  const applied = (instance: string) =>
    applyPlan({
      plan: old,
      policy: DEFAULT_POLICY,
      inventory: TOY_INVENTORY,
      session: (name) => ({ ...session(name), instance }),
    });
  const error = assertThrows(() => applied("8"), PlanError);
  assertEquals(error.reason, "stale");
  assertStringIncludes(error.message, "was node 7, is node 8");
  assertEquals(device.writes.length, 0);
  assertEquals(applied("7").outcome, "applied");
});

Deno.test("a virtual function that was removed and made again since is stale, all else being the same", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  const vf = {
    index: 0,
    pci: "0000:3b:00.2",
    kernelDriver: null,
    fwctl: null,
    enabled: false,
  };
  const old: Plan = {
    ...made,
    resources: made.resources.map((resource) => ({
      ...resource,
      vf: { ...vf, instance: "7" },
    })),
  };
  const [toy, ...others] = TOY_INVENTORY.devices;
  assert(toy);
  const inventory = {
    ...TOY_INVENTORY,
    devices: [{ ...toy, virtfns: [vf] }, ...others],
  };
  const session = toySession(device);
  const applied = (instance: string) =>
    applyPlan({
      plan: readPlanFile(planFileText(old), "test").plan,
      policy: DEFAULT_POLICY,
      inventory,
      session: (name) => ({
        ...session(name),
        functionInstance: () => instance,
      }),
    });
  const error = assertThrows(() => applied("8"), PlanError);
  assertEquals(error.reason, "stale");
  assertStringIncludes(error.message, "it was removed and made again");
  assertEquals(device.writes.length, 0);
  assertEquals(applied("7").outcome, "applied");
});

Deno.test("a device that is gone is stale, not an error of its own", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  const error = assertThrows(
    () => apply(device, made, { inventory: { ...TOY_INVENTORY, devices: [] } }),
    PlanError,
  );
  assertEquals(error.findings, ["toy0: was toy, is not there"]);
});

Deno.test("a plan that says less of a request than it does is refused before anything is written", () => {
  const device = new ToyDevice();
  const made = plan(device, [1, 5]);
  const [step] = made.steps;
  assert(step?.type === "write");
  const lies: Plan["steps"][number][] = [
    { ...step, label: { ...step.label, name: "READ" } },
    { ...step, label: { ...step.label, effect: "read" } },
    { ...step, label: { ...step.label, groups: ["harmless"] } },
    // A read that writes, and an undo that is something else.
    { ...step, read: { ...step.read, request: new Uint8Array([2, 1, 9]) } },
  ];
  for (const lie of lies) {
    const error = assertThrows(
      () => apply(device, { ...made, steps: [lie] }),
      PlanError,
    );
    assertEquals(error.reason, "mislabelled");
    assertEquals(device.writes.length, 0);
  }
});

Deno.test("a refused first write changes nothing and needs no undo", () => {
  const device = new ToyDevice();
  device.failures.set(1, refuse);
  const result = apply(device, plan(device, [1, 5], [2, 6]));
  assertEquals(result.outcome, "failed");
  assertEquals(statuses(result), ["failed", "not-reached"]);
  assertEquals(device.writes.length, 1);
});

Deno.test("a refused later write takes back what was applied, last first", () => {
  const device = new ToyDevice();
  device.failures.set(3, refuse);
  const result = apply(device, plan(device, [1, 5], [2, 6], [3, 7]));
  assertEquals(result.outcome, "undone");
  assertEquals(statuses(result), ["undone", "undone", "failed"]);
  assertEquals(device.writes.map((write) => write[1]), [1, 2, 3, 2, 1]);
  for (const unit of [1, 2, 3]) assertEquals(device.unit(unit)[3], unit);
  assertEquals(result.error?.code, "DeviceError");
});

Deno.test("a timeout whose write was executed is undone", () => {
  const device = new ToyDevice();
  device.failures.set(1, obeyThenTimeout);
  const result = apply(device, plan(device, [1, 5]));
  assertEquals(result.outcome, "undone");
  assertEquals(device.unit(1)[3], 1);
  assertEquals(device.writes.length, 2);
});

Deno.test("a timeout whose write was not executed is a failure and is not repeated", () => {
  const device = new ToyDevice();
  device.failures.set(1, timeoutOnly);
  const result = apply(device, plan(device, [1, 5]));
  assertEquals(result.outcome, "failed");
  assertEquals(device.writes.length, 1);
});

Deno.test("a write the firmware accepts and does not keep is found and taken back", () => {
  const device = new ToyDevice();
  device.failures.set(2, loseIt);
  const result = apply(device, plan(device, [1, 5], [2, 6]));
  assertEquals(result.outcome, "undone");
  assertEquals(statuses(result), ["undone", "undone"]);
  assertEquals(device.unit(1)[3], 1);
});

Deno.test("an undo that fails is told as such, and the others are still undone", () => {
  const device = new ToyDevice();
  device.failures.set(3, refuse);
  device.failures.set(4, refuse);
  const result = apply(device, plan(device, [1, 5], [2, 6], [3, 7]));
  assertEquals(result.outcome, "not-undone");
  assertEquals(statuses(result), ["undone", "not-undone", "failed"]);
  assertEquals(device.unit(2)[3], 6);
  assertEquals(device.unit(1)[3], 1);
});

Deno.test("an undo whose answer is lost is looked at: one that was carried out is undone", () => {
  const device = new ToyDevice();
  device.failures.set(2, refuse);
  device.failures.set(3, obeyThenTimeout);
  const result = apply(device, plan(device, [1, 5], [2, 6]));
  assertEquals(result.outcome, "undone");
  assertEquals(statuses(result), ["undone", "failed"]);
  assertEquals(result.steps[0]?.errors.map(({ code }) => code), [
    "SyscallError",
  ]);
  assertEquals(device.unit(1)[3], 1);
  assertEquals(device.writes.length, 3);
});

Deno.test("a hook that cannot record a write stops it from being sent", () => {
  const device = new ToyDevice();
  const result = apply(device, plan(device, [1, 5]), {
    hooks: {
      beforeWrite: () => {
        throw new Error("disk full");
      },
    },
  });
  assertEquals(result.outcome, "failed");
  assertEquals(device.writes.length, 0);
});

Deno.test("a hook that fails after a write stops the run, and everything is taken back", () => {
  for (const hook of ["afterWrite", "verified"] as const) {
    const device = new ToyDevice();
    let calls = 0;
    const result = apply(device, plan(device, [1, 5], [2, 6], [3, 7]), {
      hooks: {
        [hook]: () => {
          if (++calls === 2) throw new Error("disk full");
        },
      },
    });
    assertEquals(result.outcome, "undone", hook);
    assertEquals(statuses(result), ["undone", "undone", "not-reached"], hook);
    for (const unit of [1, 2, 3]) assertEquals(device.unit(unit)[3], unit);
  }
});

Deno.test("a unit that moves between two steps stops the run before its write", () => {
  const device = new ToyDevice();
  const result = apply(device, plan(device, [1, 5], [2, 6]), {
    hooks: {
      verified: (_step, index, undo) => {
        if (index === 0 && !undo) device.unit(2)[3] = 50;
      },
    },
  });
  assertEquals(result.outcome, "undone");
  assertEquals(device.unit(2)[3], 50);
  assertEquals(device.unit(1)[3], 1);
});
