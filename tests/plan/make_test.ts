import { assert, assertEquals, assertThrows } from "@std/assert";
import { PlanError, RecipeError } from "../../lib/errors.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { afterImage, requestOf } from "../../lib/plan/step.ts";
import { ToyDevice, toyInput, toyUnits } from "../toy_driver.ts";

Deno.test("a plan has one step for each resource that differs and none for the others", () => {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits([1, 5], [2, 2], [3, 9])));
  assertEquals(plan.resources.length, 3);
  assertEquals(plan.steps.map((step) => step.resource), [0, 2]);
  assertEquals(plan.resources[1]?.changes, []);
  assertEquals(plan.resources[1]?.same.length, 1);
  const [first] = plan.steps;
  assert(first?.type === "write");
  assertEquals(first.patch, [{ at: 3, bytes: Uint8Array.of(5) }]);
  assertEquals(first.before[3], 1);
});

Deno.test("planning writes nothing", () => {
  const device = new ToyDevice();
  makePlan(toyInput(device, toyUnits([1, 5])));
  assertEquals(device.writes.length, 0);
});

Deno.test("bits that are not declared are the same in the image to write", () => {
  const device = new ToyDevice();
  const image = crypto.getRandomValues(device.unit(1));
  image[3] = 7; // never what is declared, or there would be nothing to write
  const plan = makePlan(toyInput(device, toyUnits([1, 5])));
  const expected = image.slice();
  expected[3] = 5;
  const [step] = plan.steps;
  assert(step?.type === "write");
  assertEquals(afterImage(step), expected);
  assertEquals(requestOf(step).subarray(2), expected);
});

Deno.test("every refused value is named before planning fails", () => {
  const error = assertThrows(
    () => makePlan(toyInput(new ToyDevice(), toyUnits([1, 101], [2, 102]))),
    PlanError,
  );
  assertEquals(error.reason, "refused-value");
  assertEquals(error.findings.length, 2);
});

Deno.test("targets are found before any device is opened", () => {
  const input = toyInput(new ToyDevice(), toyUnits([1, 1], [201, 1], [202, 1]));
  const error = assertThrows(
    () =>
      makePlan({
        ...input,
        session: () => {
          throw new Error("opened");
        },
      }),
    PlanError,
  );
  assertEquals(error.reason, "unknown-target");
  assertEquals(error.findings, ["No unit 201", "No unit 202"]);
});

Deno.test("one unit declared twice is a conflict", () => {
  const error = assertThrows(
    () => makePlan(toyInput(new ToyDevice(), toyUnits([1, 1], [1, 2]))),
    PlanError,
    "declared twice",
  );
  assertEquals(error.reason, "conflict");
});

Deno.test("an unknown kind and a bad body are recipe errors that name the declaration", () => {
  const device = new ToyDevice();
  assertThrows(
    () => makePlan(toyInput(device, [{ kind: "toy.house", body: {} }])),
    RecipeError,
    'desired()[0]: unknown resource "toy.house"',
  );
  assertThrows(
    () => makePlan(toyInput(device, [{ kind: "toy.unit", body: {} }])),
    RecipeError,
    "desired()[0]: unit and value",
  );
});
