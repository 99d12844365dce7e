/** The guard: what a plan's requests are for, undo, windows, seals; on the toy. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { applyPlan } from "../../../lib/apply/apply.ts";
import type { ApplyResult } from "../../../lib/apply/types.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import { isFwctlError, PolicyError } from "../../../lib/errors.ts";
import { makePlan, type PlanSession } from "../../../lib/plan/make.ts";
import {
  DEFAULT_POLICY,
  enforcePlan,
  Guard,
  planRefusals,
  type Policy,
  type PolicyWorld,
  type Seal,
} from "../../../lib/plan/policy.ts";
import { requestOf, undoRequest } from "../../../lib/plan/step.ts";
import type { Plan, PlannedWrite } from "../../../lib/plan/types.ts";
import {
  TOY_INVENTORY,
  ToyDevice,
  toyDriver,
  toyInput,
  toySession,
  toyUnits,
} from "../../toy_driver.ts";
import { mayBeSent, policies } from "./naive.ts";

const NOON = new Date("2026-03-04T12:00:00Z");

function world(more: Partial<PolicyWorld> = {}): PolicyWorld {
  return { inventory: TOY_INVENTORY, now: () => NOON, ...more };
}

/** A toy behind the guard that it returns. */
function guarded(
  device: ToyDevice,
  guard: Guard,
): (name: string) => PlanSession {
  const [entry] = TOY_INVENTORY.devices;
  const channel = openChannel(device, toyDriver, guard, { entry });
  const plain = toySession(device)("toy0");
  return () => ({ ...plain, channel, guard });
}

function apply(device: ToyDevice, plan: Plan, guard: Guard): ApplyResult {
  return applyPlan({
    plan,
    policy: DEFAULT_POLICY,
    inventory: TOY_INVENTORY,
    session: guarded(device, guard),
  });
}

function write(plan: Plan, index = 0): PlannedWrite {
  const step = plan.steps[index];
  assert(step?.type === "write");
  return step;
}

Deno.test("a plan is admitted exactly when each value it sets is allowed, and then its requests pass", () => {
  const policy = policies({
    drivers: ["toy", "mlx5"],
    devices: ["toy0", "toy"],
    requests: ["WRITE", "WRITE unit 1", "POKE"],
    kinds: ["toy.unit", "toy.poke"],
    targets: ["Unit 1", "Unit 2"],
    fields: ["value"],
  }).filter(({ devices, windows }) => devices !== 0 && !windows);
  let admitted = 0;
  fc.assert(
    fc.property(
      policy,
      fc.constantFrom<readonly number[][]>([[1, 5]], [[1, 50], [2, 99]]),
      fc.boolean(),
      (policy, pairs, pokes) => {
        const device = new ToyDevice();
        const declarations = toyUnits(
          ...pairs.map(([unit = 0, value = 0]): [number, number] => [
            unit,
            value,
          ]),
        );
        if (pokes) {
          declarations.push({
            kind: "toy.poke",
            body: { unit: 1, value: 50 },
            action: true,
          });
        }
        const plan = makePlan(toyInput(device, declarations));
        const may = plan.steps.every((step) => {
          const resource = plan.resources[step.resource];
          assert(resource);
          const sets = step.type === "action"
            ? (resource.arguments ?? []).map(({ name, value }) => ({
              field: name,
              value: Number(value),
            }))
            : resource.changes.map(({ field, after }) => ({
              field,
              value: Number(after),
            }));
          return mayBeSent(policy, {
            label: step.label,
            scope: step.label.scope,
            driver: "toy",
            names: ["toy0", "toy"],
            lockdown: "none",
            now: NOON,
            seal: undefined,
            writtenBefore: 0,
            plan: {
              kind: resource.kind,
              targets: [resource.title, resource.unit],
              sets,
            },
          });
        });
        assertEquals(planRefusals(plan, policy, world()).length === 0, may);
        const guard = new Guard(policy, world());
        const { channel } = guarded(device, guard)("toy0");
        let passed = true;
        try {
          guard.admit(plan);
          for (const step of plan.steps) channel.send(requestOf(step), 2);
        } catch (error) {
          assert(isFwctlError(error) && error.code === "PolicyError");
          passed = false;
        }
        assertEquals(passed, may);
        assertEquals(device.writes.length, may ? plan.steps.length : 0);
        if (may) admitted++;
      },
    ),
    { numRuns: 3000 },
  );
  assert(admitted > 100, `${admitted}`);
});

const FIELDS: Policy = {
  ...DEFAULT_POLICY,
  allow: [{ kind: ["toy.unit"], field: ["value"], value: { max: 10n } }],
  source: "site.json",
};

Deno.test("a write passes by its plan alone: the same request without it, or with another byte, does not", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([20, 5])));
  const request = requestOf(write(plan));
  const guard = new Guard(FIELDS, world());
  const { channel } = guarded(device, guard)("toy0");
  const error = assertThrows(() => channel.send(request, 1), PolicyError);
  assert(error.message.includes("without a plan nobody can tell"));
  guard.admit(plan);
  const other = request.slice();
  other[10] = 1;
  assertThrows(() => channel.send(other, 1), PolicyError);
  assertEquals(device.writes.length, 0);
  channel.send(request, 1);
  assertEquals(device.writes.length, 1);
});

Deno.test("an undo passes when its write has passed, and not before", () => {
  const device = new ToyDevice();
  // What was there is above what may be set.
  const plan = makePlan(toyInput(device, toyUnits([20, 5])));
  const guard = new Guard(FIELDS, world());
  const { channel } = guarded(device, guard)("toy0");
  guard.admit(plan);
  const undo = undoRequest(write(plan));
  assertThrows(() => channel.send(undo, 1), PolicyError);
  channel.send(requestOf(write(plan)), 1);
  channel.send(undo, 1);
  assertEquals(device.unit(20)[3], 20);
});

Deno.test("a window that closes on the way stops the run, and what was written is taken back", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([1, 5], [2, 6])));
  let minutes = 0;
  const guard = new Guard(
    {
      ...DEFAULT_POLICY,
      windows: [{ from: 720, to: 722, zone: "UTC" }],
    },
    // A minute goes by with each look at the clock: on admission, at each write.
    world({ now: () => new Date(NOON.getTime() + 60_000 * minutes) }),
  );
  const result = applyPlan({
    plan,
    policy: DEFAULT_POLICY,
    inventory: TOY_INVENTORY,
    session: guarded(device, guard),
    hooks: { verified: () => void (minutes += 5) },
  });
  assertEquals(result.outcome, "undone");
  assert(result.error?.message.includes("rule: windows"));
  assertEquals([device.unit(1)[3], device.unit(2)[3]], [1, 2]);
});

Deno.test("what an earlier run has written is taken back under the ceilings alone", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([1, 5])));
  const strict: Policy = {
    ...DEFAULT_POLICY,
    deny: [{}],
    windows: [{ from: 0, to: 1, zone: "UTC" }],
    lockdown: ["confidentiality"],
    devices: 0,
  };
  const guard = new Guard(strict, world());
  const { channel } = guarded(device, guard)("toy0");
  const undo = undoRequest(write(plan));
  assertThrows(() => channel.send(undo, 1), PolicyError);
  guard.admitUndo(plan);
  channel.send(undo, 1);
  // The write itself it does not let pass.
  assertThrows(() => channel.send(requestOf(write(plan)), 1), PolicyError);
  assertEquals(device.writes.length, 1);
  assertThrows(
    () => new Guard({ ...strict, effect: "read" }, world()).admitUndo(plan),
    PolicyError,
    "rule: effect",
  );
});

Deno.test("a successful apply seals its devices; the next is refused until the seal is broken or the machine boots", () => {
  const seals = new Map<string, Seal>();
  const store = {
    sealed: (address: string, boot: string) => seals.get(`${address} ${boot}`),
    seal: (address: string, boot: string, seal: Seal) =>
      void seals.set(`${address} ${boot}`, seal),
    ready: () => {},
  };
  const device = new ToyDevice();
  const guard = (policy: Policy, bootId = "boot-1"): Guard =>
    new Guard(
      policy,
      world({ inventory: { ...TOY_INVENTORY, bootId }, seals: store }),
    );
  const plan = (value: number): Plan =>
    makePlan(toyInput(device, toyUnits([1, value])));
  const sealing: Policy = { ...DEFAULT_POLICY, seal: "boot" };
  assertEquals(apply(device, plan(5), guard(sealing)).outcome, "applied");
  assertEquals([...seals.keys()], ["toy boot-1"]);
  // Whoever comes next, whatever their policy.
  const error = assertThrows(
    () => apply(device, plan(6), guard(DEFAULT_POLICY)),
    PolicyError,
    "toy0 toy was changed at 2026-03-04T12:00:00.000Z by toy and is sealed until the next boot (rule: seal)",
  );
  assert(error.hint?.includes("--break-seal"));
  apply(device, plan(6), guard(DEFAULT_POLICY, "boot-2"));
  apply(
    device,
    plan(7),
    guard({ ...sealing, breakSeal: true, seal: "boot-strict" }),
  );
  assertThrows(
    () => apply(device, plan(8), guard({ ...DEFAULT_POLICY, breakSeal: true })),
    PolicyError,
    "sealed",
  );
  assertEquals(device.unit(1)[3], 7);
});

Deno.test("a run that is undone seals nothing, and one that could not seal writes nothing", () => {
  const sealed: string[] = [];
  const store = {
    sealed: () => undefined,
    seal: (address: string) => void sealed.push(address),
    ready: () => {},
  };
  const device = new ToyDevice();
  device.failures.set(2, () => new Uint8Array([5]));
  const plan = makePlan(toyInput(device, toyUnits([1, 5], [2, 6])));
  const policy: Policy = { ...DEFAULT_POLICY, seal: "boot" };
  const result = apply(
    device,
    plan,
    new Guard(policy, world({ seals: store })),
  );
  assertEquals([result.outcome, sealed], ["undone", []]);
  const writes = device.writes.length;
  assertThrows(
    () => apply(device, plan, new Guard(policy, world())),
    PolicyError,
    "no seal could be kept",
  );
  assertEquals(device.writes.length, writes);
});

Deno.test("a seal that cannot be kept after all is told, and what was applied stays", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([1, 5])));
  const guard = new Guard(
    { ...DEFAULT_POLICY, seal: "boot" },
    world({
      seals: {
        sealed: () => undefined,
        ready: () => {},
        seal: () => {
          throw new PolicyError("the disk is full", []);
        },
      },
    }),
  );
  const result = apply(device, plan, guard);
  assertEquals(result.outcome, "applied");
  assertEquals(result.error?.message, "the disk is full");
});

Deno.test("lockdown and the number of devices are held against the whole plan", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([1, 5], [2, 6])));
  const strict: Policy = {
    ...DEFAULT_POLICY,
    lockdown: ["integrity"],
    devices: 0,
    source: "site.json",
  };
  assertEquals(planRefusals(plan, strict, world()), [
    "The kernel's lockdown is none; the policy wants integrity (rule: lockdown)",
    "1 devices would be written to; the policy allows 0 (rule: devices)",
  ]);
  // Without a machine to look at, what asks for one is refused.
  assert(planRefusals(plan, { ...strict, devices: 9 }).length > 0);
  const error = assertThrows(
    () => enforcePlan(plan, strict, world()),
    PolicyError,
  );
  assertEquals(
    error.hint,
    "Boot with lockdown=integrity. Take fewer devices at once, or change max.devices in site.json; nothing was sent",
  );
});

Deno.test("a plan that changes more than it declares is refused where rules go by fields", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([20, 5])));
  const step = write(plan);
  const forged: Plan = {
    ...plan,
    steps: [{
      ...step,
      patch: [...step.patch, { at: 9, bytes: new Uint8Array([0xff]) }],
    }],
  };
  assertEquals(planRefusals(plan, FIELDS, world()), []);
  assertEquals(planRefusals(forged, FIELDS, world()), [
    "toy0: WRITE unit 20 changes bits of no declared field (rule: fields)",
  ]);
});

Deno.test("a refusal names list, index, reason and the file to change", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([1, 50])));
  const policy: Policy = {
    ...FIELDS,
    deny: [{ device: ["other"] }, {
      target: ["Unit 1"],
      field: ["val*"],
      reason: "unit 1 is the customer's",
    }],
  };
  const error = assertThrows(
    () => enforcePlan(plan, policy, world()),
    PolicyError,
  );
  assertEquals(error.refusals, [
    "toy0: WRITE unit 1, value = 50 is on the deny list: target Unit 1, field val* (rule: deny[1]: unit 1 is the customer's)",
    "toy0: WRITE unit 1, value = 50 is not what the allow list has: kind toy.unit, field value, with value at most 10 (rule: allow[0])",
  ]);
  assertEquals(
    error.hint,
    "Leave it out, or change deny[1] in site.json. Choose another value, or change allow[0] in site.json; nothing was sent",
  );
});
