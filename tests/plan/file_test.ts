import {
  assert,
  assertEquals,
  assertLess,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { PlanError } from "../../lib/errors.ts";
import { isFwctlError } from "../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { canonicalJson, digestOf, sha256 } from "../../lib/plan/digest.ts";
import { planDocument, planFileText } from "../../lib/plan/file.ts";
import { readPlanDocument, readPlanFile } from "../../lib/plan/file_read.ts";
import { makePlan } from "../../lib/plan/make.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { ToyDevice, toyInput, toyUnits } from "../toy_driver.ts";

/** A plan with everything: writes, one with a payload, an action, a unit as declared. */
function richPlan(): Plan {
  return makePlan({
    ...toyInput(new ToyDevice(), [
      ...toyUnits([1, 5], [2, 2], [3, 7]),
      { kind: "toy.late", body: { unit: 4, value: 9 } },
      { kind: "toy.poke", body: { unit: 5, value: 9 }, action: true },
    ]),
    definitions: [{ driver: "toy", source: "toy.json", data: { a: [1] } }],
  });
}

/** The document with a right digest after `change`. */
// deno-lint-ignore no-explicit-any -- a test changes any member
function forged(change: (body: any) => void): PlainObject {
  const body = JSON.parse(planFileText(richPlan()));
  delete body.digest;
  change(body);
  return { ...body, digest: digestOf(body) };
}

Deno.test("a plan survives its file, byte for byte", () => {
  const plan = richPlan();
  const text = planFileText(plan);
  const file = readPlanFile(text, "p.json");
  assertEquals(file.plan, plan);
  assertEquals(file.digest, JSON.parse(text).digest);
  assertEquals(planFileText(file.plan), text);
});

Deno.test("what only some fields say survives too: a value in force until a reset, a default", () => {
  const plan = richPlan();
  const resources = plan.resources.map((resource) => ({
    ...resource,
    changes: resource.changes.map((change) => ({
      ...change,
      inForce: 3,
      default: "OFF",
    })),
  }));
  const rich = { ...plan, resources };
  assertEquals(readPlanFile(planFileText(rich), "p").plan, rich);
});

Deno.test("the digest does not depend on how the file is laid out", () => {
  const text = planFileText(richPlan());
  const pretty = JSON.stringify(JSON.parse(text), null, 2);
  assertEquals(readPlanFile(pretty, "p").plan, readPlanFile(text, "p").plan);
});

Deno.test("a plan that would do nothing says so", () => {
  const plan = makePlan(toyInput(new ToyDevice(), toyUnits([2, 2])));
  assertEquals(planDocument(plan).changes, false);
  assertEquals(planDocument(richPlan()).changes, true);
});

Deno.test("a file that was cut anywhere is refused", () => {
  const text = planFileText(richPlan());
  for (let length = 0; length < text.length - 1; length += 7) {
    const error = assertThrows(
      () => readPlanFile(text.slice(0, length), "p"),
      PlanError,
    );
    assertEquals(error.reason, "tampered");
  }
});

Deno.test("no character of a file can be changed to another plan", () => {
  const plan = richPlan();
  const text = planFileText(plan);
  fc.assert(
    fc.property(
      fc.nat(text.length - 2),
      fc.constantFrom("0", "1", "9", "f", '"', "x", "}", ","),
      (at, other) => {
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        let read: Plan;
        try {
          read = readPlanFile(changed, "p").plan;
        } catch (error) {
          assert(isFwctlError(error) && error.code === "PlanError");
          return;
        }
        assertEquals(read, plan);
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("what a forged file may not say, although its digest is right", () => {
  // deno-lint-ignore no-explicit-any -- a test changes any member
  const cases: [string, (body: any) => void, string][] = [
    ["unknown key", (b) => b.recipie = {}, "did you mean"],
    ["unknown key of a step", (b) => b.steps[0].foo = 1, "steps[0].foo"],
    ["missing key", (b) => delete b.bootId, "bootId"],
    ["other version", (b) => b.version = "2.0", "version"],
    ["changes", (b) => b.changes = false, "changes"],
    ["offset", (b) => b.steps[0].patch = [[15, "0000"]], "within the 16 bytes"],
    ["negative", (b) => b.steps[0].patch = [[-1, "00"]], "within"],
    ["fraction", (b) => b.steps[0].patch = [[0.5, "00"]], "within"],
    ["order", (b) => b.steps[0].patch = [[3, "05"], [3, "06"]], "within"],
    ["hidden write", (b) => b.steps[0].patch = [[9, "ff"]], "no declared"],
    ["odd hex", (b) => b.steps[0].writeHeader = "0", "hex digits"],
    ["scope", (b) => b.steps[0].label.scope = "all", "one of"],
    ["effect", (b) => b.steps[0].label.effect = "none", "one of"],
    ["resource", (b) => b.steps[0].resource = 99, "resource"],
    ["same resource", (b) => b.steps[1].resource = 0, "twice"],
    ["device", (b) => b.steps[0].device = "fwctl9", "must be toy0"],
    ["unknown device", (b) => b.resources[0].device = "x", "no device"],
    ["kind of step", (b) => b.resources[0].arguments = [], "is not what"],
    ["image", (b) => b.steps[0].before = 77, "steps[0].before"],
    ["image length", (b) => b.steps[0].read.length = 8, "no image"],
    ["image loop", (b) => b.images[0] = { like: 0, patch: [] }, "before this"],
    ["field", (b) => b.resources[0].changes[0].bit = 999, "outside the image"],
    ["capacity", (b) => b.steps[0].writeCapacity = 1e12, "from 0 to"],
    ["text", (b) => b.recipe.name = 7, "must be text"],
  ];
  for (const [name, change, message] of cases) {
    const error = assertThrows(
      () => readPlanDocument(forged(change), "p.json"),
      PlanError,
      undefined,
      name,
    );
    assertStringIncludes(error.message, message, name);
  }
});

Deno.test("a forged file that is told in few bytes cannot fill the memory", () => {
  const document = forged((body) => {
    body.images = [
      { bytes: "00".repeat(2 << 20) },
      ...Array.from({ length: 400 }, () => ({ like: 0, patch: [] })),
    ];
  });
  const error = assertThrows(() => readPlanDocument(document, "p"), PlanError);
  assertStringIncludes(error.message, "more than all images may be");
});

Deno.test("any data is read or refused, never a crash", () => {
  const pick = fc.constantFrom(
    ...["steps", "images", "resources", "devices", "recipe", "definitions"],
  );
  fc.assert(
    fc.property(pick, fc.json(), (key, json) => {
      const document = forged((body) => {
        const value = JSON.parse(json);
        if (Array.isArray(body[key]) && !Array.isArray(value)) {
          body[key][0] = value;
        } else body[key] = value;
      });
      try {
        readPlanDocument(document, "p");
      } catch (error) {
        assert(isFwctlError(error) && error.code === "PlanError", `${error}`);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("data nested too deep is refused, not a stack overflow", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const text = `{"schema":"fwctl/plan-file","version":"1.0","x":${deep}}`;
  const error = assertThrows(() => readPlanFile(text, "p"), PlanError);
  assertEquals(error.reason, "malformed");
});

Deno.test("canonical JSON sorts keys and hashes like sha256", () => {
  const data: PlainData = { b: [1, { d: null, c: "é" }], a: true };
  assertEquals(canonicalJson(data), '{"a":true,"b":[1,{"c":"é","d":null}]}');
  assertEquals(
    sha256("abc"),
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

Deno.test("images that are nearly alike take a few bytes each", () => {
  const device = new ToyDevice();
  for (let unit = 0; unit < 100; unit++) {
    device.units.set(unit, new Uint8Array(16).fill(7));
    device.unit(unit)[12] = unit;
  }
  const pairs = Array.from({ length: 100 }, (_, i): [number, number] => [i, 5]);
  const document = planDocument(makePlan(toyInput(device, toyUnits(...pairs))));
  const { images } = document;
  assert(Array.isArray(images));
  assertEquals(images.length, 100);
  assertLess(JSON.stringify(images).length, 100 * 40);
});
