import { assertEquals, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { driftOf } from "../../lib/plan/drift.ts";
import type { PlannedResource } from "../../lib/plan/types.ts";
import { driftMetrics, driftText } from "../../lib/view/drift.ts";
import { planText } from "../../lib/view/plan.ts";
import { plainStyle } from "../../lib/view/style.ts";
import { changed, plan, step } from "./make.ts";

/** A resource that holds what is declared and waits for a reset. */
const PENDING: PlannedResource = {
  ...changed(1),
  changes: [],
  same: [{
    field: "mode",
    before: 2,
    after: 2,
    inForce: 1,
    default: 0,
    limit: "",
    bit: 0,
    width: 8,
  }],
};

Deno.test("pending: written and not in force is neither drifted nor as declared", () => {
  const made = plan([changed(0), PENDING], [step(0)]);
  const { count, resources } = driftOf(made);
  assertEquals(count, { "as-declared": 0, pending: 1, drifted: 1 });
  assertEquals(resources[1]?.fields[0]?.inForce, 1);
  const text = driftText(
    [{ source: "r.ts", recipe: "r", drift: driftOf(made) }],
    plainStyle,
  );
  assertStringIncludes(text, "~ r: 1 drifted, 1 pending, 0 as declared");
  assertStringIncludes(text, "in force 1 until a reset");
});

Deno.test("pending: a plan shows what is in force and the default, and writes nothing", () => {
  const text = planText(plan([PENDING], []), plainStyle);
  assertStringIncludes(text, "as declared, waits for a reset");
  assertStringIncludes(text, "pending, in force 1, default 0");
  assertStringIncludes(text, "Plan: nothing to do.");
});

Deno.test("metrics: labels are escaped, a recipe that failed is an error", () => {
  const text = driftMetrics([{
    source: 'a"b\\c\nd',
    recipe: "",
    error: new UsageError("no"),
  }], 7);
  assertStringIncludes(
    text,
    'fwctl_drift_error{recipe="",source="a\\"b\\\\c\\nd"} 1',
  );
  assertStringIncludes(text, "fwctl_drift_last_run_timestamp_seconds 7\n");
});
