import { assertEquals, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import type { Policy } from "../../lib/plan/policy.ts";
import { policyText } from "../../lib/view/policy.ts";
import { resultText } from "../../lib/view/result.ts";
import { plainStyle } from "../../lib/view/style.ts";
import { changed, plan, step } from "./make.ts";

Deno.test("a policy is told in sentences, with its reasons", () => {
  const policy: Policy = {
    scope: "debug-write-full",
    effect: "runtime",
    taint: false,
    devices: 2,
    lockdown: ["integrity", "confidentiality"],
    windows: [{ days: ["sat"], from: 1320, to: 240, zone: "UTC" }],
    seal: "boot-strict",
    deny: [{ group: ["memory-access"], reason: "never" }, {}],
    allow: [{ field: ["a", "b*"], value: { min: 1n, in: ["2"] } }],
    source: "site.json",
  };
  assertEquals(
    policyText(
      "site.json",
      policy,
      [{ driver: "pds", requests: [] }],
      plainStyle,
      {
        all: true,
      },
    ),
    `\
site.json is a valid policy.
  Scope up to debug-write-full (all).
  Effect up to runtime.
  No request may taint the kernel.
  At most 2 devices may be written to in one run.
  Writes only with lockdown integrity or confidentiality.
  Writes only sat 22:00 to 04:00 UTC.
  A changed device is sealed until the next boot; nothing opens it.
  Refused by deny[0]: group memory-access (never).
  Refused by deny[1]: everything.
  Allowed to write by allow[0]: field a or b*, with value at least 1 and one of 2.
  Every other write is refused.
  Options may only lower the ceilings.

DRIVER  SENT                               DEPENDS ON THE PLAN  REFUSED
pds     its requests have no public names
`,
  );
});

Deno.test("an apply that could not seal says so beside that all is applied", () => {
  const text = resultText(
    plan([changed(0)], [step(0)]),
    {
      outcome: "applied",
      steps: [{ step: 0, status: "applied", errors: [] }],
      error: new UsageError("A seal cannot be written to /x", {
        hint: "Check the folder",
      }),
    },
    plainStyle,
  );
  assertStringIncludes(text, "But: A seal cannot be written to /x");
  assertStringIncludes(text, "next: Check the folder");
});
