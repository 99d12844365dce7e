import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { planText } from "../../lib/view/plan.ts";
import { ansiStyle, plainStyle } from "../../lib/view/style.ts";
import { changed, plan, step, unchanged } from "./make.ts";

Deno.test("plan: someone who never saw the tool can read what will happen", () => {
  assertEquals(
    planText(plan([changed(0), unchanged(1)], [step(0)]), plainStyle),
    `\
fwctl0  mlx5  0000:3b:00.0  ConnectX-6 Dx  firmware 22.41.1000  uid 3, tools resources

  ~ VF 0  0000:3b:00.2  function 1, vhca_id 0x0012  (no driver bound)  live at once
      log_max_qp            17 → 12       at most 17
      roce                   1 → 0
      SET_HCA_CAP GENERAL, function 1 · scope configuration · effect runtime · no taint
  = VF 1  0000:3b:00.3  function 2, vhca_id 0x0013                     as declared

Plan: 1 function to change, 1 as declared; 2 fields, 1 request. Needs scope configuration. Nothing taints, nothing resets.
`,
  );
});

Deno.test("plan: nothing to do says so", () => {
  const text = planText(plan([unchanged(0)], []), plainStyle);
  assertStringIncludes(text, "Plan: nothing to do. 1 function as declared.\n");
  assertStringIncludes(
    planText(plan([], []), plainStyle),
    "Plan: nothing is declared.",
  );
});

Deno.test("plan: taint, next reset and disruption are in the summary", () => {
  const text = planText(
    plan([changed(0), changed(1)], [
      step(0, { scope: "debug-write", effect: "disruptive" }),
      { ...step(1), live: "next-reset" },
    ]),
    plainStyle,
  );
  assertStringIncludes(
    text,
    "Needs scope debug-write. 1 request taints the kernel, 1 request can be disruptive, 1 change waits for the next reset.",
  );
  assertStringIncludes(
    text,
    "scope debug-write · effect disruptive · taints the kernel",
  );
  assertStringIncludes(text, "live after the next reset");
});

Deno.test("plan: thousands of functions are counted after the first twenty", () => {
  const resources = Array.from({ length: 4000 }, (_, i) => changed(i));
  const many = plan(resources, resources.map((_, i) => step(i)));
  const lines = planText(many, plainStyle).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("  ~ VF")).length, 20);
  assertStringIncludes(
    lines.join("\n"),
    "  ~ … 3,980 more functions to change\n",
  );
  assertStringIncludes(
    lines.join("\n"),
    "Plan: 4,000 functions to change, 0 as declared; 8,000 fields, 4,000 requests.",
  );
  const all = planText(many, plainStyle, { all: true });
  assertEquals(
    all.split("\n").filter((line) => line.startsWith("  ~ VF")).length,
    4000,
  );
});

Deno.test("plan: a warning that many resources have is shown once", () => {
  const notes = ["No TOOLS_RESOURCES"];
  const text = planText(
    plan([{ ...changed(0), notes }, { ...changed(1), notes }], [
      step(0),
      step(1),
    ]),
    plainStyle,
  );
  assertEquals(text.split("No TOOLS_RESOURCES").length, 2);
});

Deno.test("plan: texts of a recipe or a device cannot steer the terminal", () => {
  const evil = {
    ...changed(0),
    title: "VF 0\x1b[2J",
    notes: ["a\nPlan: nothing to do\u202e"],
  };
  for (const style of [plainStyle, ansiStyle]) {
    const text = planText(plan([evil], [step(0)]), style);
    assert(!text.includes("\x1b[2J"));
    assertStringIncludes(text, "VF 0\\x1b[2J");
    assertStringIncludes(text, "a\\nPlan: nothing to do\\u202e");
  }
});

Deno.test("plan: colour changes the look and not the text", () => {
  const example = plan([changed(0), unchanged(1)], [step(0)]);
  const coloured = planText(example, ansiStyle);
  assert(coloured.includes("\x1b["));
  // deno-lint-ignore no-control-regex -- these are the codes that are taken out
  const bare = coloured.replace(/\x1b\[\d+m/g, "");
  assertEquals(bare, planText(example, plainStyle));
});
