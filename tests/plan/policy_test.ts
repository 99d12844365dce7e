import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { EFFECTS, type RequestLabel } from "../../drivers/driver.ts";
import { PolicyError } from "../../lib/errors.ts";
import { makePlan } from "../../lib/plan/make.ts";
import {
  DEFAULT_POLICY,
  enforcePlan,
  type Policy,
  READ_POLICY,
  refusals,
} from "../../lib/plan/policy.ts";
import { SCOPES } from "../../lib/uapi/fwctl.ts";
import { ToyDevice, toyInput, toySession, toyUnits } from "../toy_driver.ts";

const label = fc.record({
  name: fc.constant("X"),
  detail: fc.constant(""),
  allowed: fc.boolean(),
  scope: fc.constantFrom(...SCOPES),
  scopeReason: fc.constant("s"),
  effect: fc.constantFrom(...EFFECTS),
  effectReason: fc.constant("e"),
});
const policy = fc.record({
  scope: fc.constantFrom(...SCOPES),
  effect: fc.constantFrom(...EFFECTS),
  taint: fc.boolean(),
});

/** The rule, written a second time and as plainly as it can be. */
function may(label: RequestLabel, policy: Policy): boolean {
  const scope = SCOPES.indexOf(label.scope);
  return label.allowed && scope <= SCOPES.indexOf(policy.scope) &&
    EFFECTS.indexOf(label.effect) <= EFFECTS.indexOf(policy.effect) &&
    (policy.taint || scope < 2);
}

Deno.test("a request passes exactly when scope, effect and taint are within the policy", () => {
  fc.assert(
    fc.property(label, policy, (label, policy) => {
      assertEquals(refusals(label, policy).length === 0, may(label, policy));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("every refusal names its rule", () => {
  fc.assert(
    fc.property(label, policy, (label, policy) => {
      for (const refusal of refusals(label, policy)) {
        assert(/\(rule: (scope|effect|taint)\)|at no scope/.test(refusal));
      }
    }),
  );
});

Deno.test("a plan is refused as a whole before its first write", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([1, 5])));
  enforcePlan(plan, DEFAULT_POLICY);
  const error = assertThrows(
    () => enforcePlan(plan, READ_POLICY),
    PolicyError,
    "ceiling is read",
  );
  assertEquals(error.refusals.length, 1);
});

Deno.test("the channel refuses what the policy forbids and sends nothing", () => {
  const device = new ToyDevice();
  const sent: string[] = [];
  const { channel } = toySession(
    device,
    READ_POLICY,
    (label) => sent.push(label.name),
  )("toy0");
  channel.send(new Uint8Array([1, 1, 0]), 17);
  assertThrows(
    () => channel.send(new Uint8Array(18).fill(2), 1),
    PolicyError,
  );
  assertThrows(() => channel.send(new Uint8Array([3, 1]), 1), PolicyError);
  assertEquals(device.writes.length, 0);
  assertEquals(sent, ["READ"]);
});
