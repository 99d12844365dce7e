/** `fwctl drift`, as a process on modelled hosts. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";

const WISH = ["-p", "vf=0000:3b:00.2,0000:3b:00.3", "-p", "set=roce=0"];

Deno.test("drift is 2 before an apply, 0 after it, and writes nothing itself", async () => {
  using folder = new Folder();
  const model = [
    "--model",
    "connectx",
    "--model-state",
    `${folder.path}/state.json`,
  ];
  const drift = ["drift", "recipes/vf_caps.ts", ...WISH, ...model];
  for (let run = 0; run < 2; run++) {
    const { code, out } = await fwctlHere(drift);
    assertEquals(code, 2);
    assertMatch(out, /^~ vf-caps: 2 drifted, 0 pending, 0 as declared$/m);
    assertMatch(out, /^ {6}roce +declared 0 +is 1$/m);
  }
  const apply = ["apply", "recipes/vf_caps.ts", ...WISH, ...model, "--yes"];
  assertEquals((await fwctlHere(apply)).code, 0);
  const { code, out } = await fwctlHere(drift);
  assertEquals([code, out], [0, "✓ vf-caps: 2 resources as declared\n"]);
});

Deno.test("a recipe that cannot be compared does not hide the others", async () => {
  const args = [
    "drift",
    "recipes/none.ts",
    "recipes/vf_caps.ts",
    ...WISH,
    "--model",
    "connectx",
  ];
  const { code, json } = await fwctlHereJson(args);
  assertEquals(code, 1);
  assertEquals(json.schema, "fwctl/drift");
  const [lost, found] = json.recipes;
  assertEquals(lost.error.code, "RecipeError");
  assertEquals(found.error, null);
  assertEquals(found.count, { "as-declared": 0, pending: 0, drifted: 2 });
  assertEquals(found.resources[0].fields[0].field, "roce");
});

Deno.test("the figures for Prometheus are one file, written whole", async () => {
  using folder = new Folder();
  const file = `${folder.path}/fwctl.prom`;
  const { code } = await fwctlHere([
    "drift",
    "recipes/vf_caps.ts",
    ...WISH,
    "--prometheus",
    file,
    "--model",
    "connectx",
  ]);
  assertEquals(code, 2);
  const text = Deno.readTextFileSync(file);
  assertMatch(
    text,
    /^fwctl_drift_resources\{recipe="vf-caps",source="recipes\/vf_caps\.ts",device="fwctl0",state="drifted"\} 2$/m,
  );
  // Every line is a comment or a sample, as the format has it.
  for (const line of text.trimEnd().split("\n")) {
    assertMatch(
      line,
      /^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? \d+)$/,
    );
  }
  assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o644);
  assert([...Deno.readDirSync(folder.path)].length === 1);
});
