/** `plan` and `apply` on modelled hosts, every exit code as that of a process. */
import {
  assertEquals,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Folder, fwctl, scenario } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";

const RECIPE = "recipes/vf_caps.ts";
const VF = "0000:3b:00.2";
const TWO = [
  RECIPE,
  "-p",
  `vf=${VF},0000:3b:00.3`,
  "-p",
  "set=log_max_qp=12,roce=0",
];
const MODEL = ["--model", "connectx"];

/** The model with its state, and the journals, in a folder. */
function connectx(folder: Folder): string[] {
  return [
    ...MODEL,
    "--model-state",
    `${folder.path}/state.json`,
    "--state-dir",
    `${folder.path}/journals`,
  ];
}

/** The same with a model of its own. */
function model(folder: Folder, content: object): string[] {
  const file = folder.file("scenario.json", content);
  return [
    "--model",
    file,
    "--model-state",
    `${folder.path}/state.json`,
    "--state-dir",
    `${folder.path}/journals`,
  ];
}

/** What VF 0 has now. */
async function held(
  on: readonly string[],
  field = "log_max_qp",
): Promise<number> {
  const { json } = await fwctlHereJson([
    "caps",
    "fwctl0",
    "--vf",
    VF,
    "--type",
    "GENERAL",
    ...on,
  ]);
  const fields: { field: string; current: number }[] = json.types[0].fields;
  return fields.find((each) => each.field === field)?.current ?? -1;
}

Deno.test("plan shows what would change and writes nothing", async () => {
  using folder = new Folder();
  const on = connectx(folder);
  const { code, out, err } = await fwctl(["plan", ...TWO, ...on]);
  assertEquals({ code, err }, { code: 0, err: "" });
  assertEquals(
    out,
    Deno.readTextFileSync(
      new URL("../fixtures/view/plan.txt", import.meta.url),
    ),
  );
  assertEquals(await held(on), 17);
});

Deno.test("plan --detailed-exitcode is 2 with changes and 0 without", async () => {
  assertEquals(
    (await fwctlHere(["plan", ...TWO, "--detailed-exitcode", ...MODEL])).code,
    2,
  );
  const same = [RECIPE, "-p", `vf=${VF}`, "-p", "set=log_max_qp=17"];
  const { code, out } = await fwctlHere([
    "plan",
    ...same,
    "--detailed-exitcode",
    ...MODEL,
  ]);
  assertEquals(code, 0);
  assertStringIncludes(out, "Plan: nothing to do.");
});

Deno.test("plan --json has requests, images and labels", async () => {
  const { code, json } = await fwctlHereJson(["plan", ...TWO, ...MODEL]);
  assertEquals(code, 0);
  assertEquals(json.schema, "fwctl/plan");
  assertEquals(json.changes, true);
  assertEquals(json.refusals, []);
  const [step] = json.plan.steps;
  assertMatch(step.request, /^0109/);
  assertEquals(step.request.length, 2 * (16 + 4096));
  assertEquals(step.before.length, 2 * 4096);
  assertEquals(step.label.scope, "configuration");
  assertMatch(json.plan.recipe.digest, /^[0-9a-f]{64}$/);
});

Deno.test("apply writes, reads back, and the second time changes nothing", async () => {
  using folder = new Folder();
  const on = connectx(folder);
  const first = await fwctl(["apply", ...TWO, "--yes", ...on]);
  assertEquals(first.code, 0, first.err);
  assertStringIncludes(
    first.out,
    "Applied: 2 functions changed, read back and right.",
  );
  assertEquals(await held(on), 12);
  assertEquals(await held(on, "roce"), 0);
  const state = Deno.readTextFileSync(`${folder.path}/state.json`);
  const second = await fwctlHere(["apply", ...TWO, ...on]);
  assertEquals(second.code, 0);
  assertStringIncludes(
    second.out,
    "Plan: nothing to do. 2 functions as declared.",
  );
  const json = (await fwctlHereJson(["apply", ...TWO, ...on])).json;
  assertEquals(json.schema, "fwctl/apply");
  assertEquals(json.result.outcome, "nothing");
  assertEquals(
    JSON.parse(Deno.readTextFileSync(`${folder.path}/state.json`)).devices,
    JSON.parse(state).devices,
  );
});

Deno.test("apply without a terminal needs --yes and sends nothing otherwise", async () => {
  using folder = new Folder();
  const on = connectx(folder);
  const { code, err } = await fwctl(["apply", ...TWO, ...on], { input: "y\n" });
  assertEquals(code, 1);
  assertStringIncludes(err, "Add --yes");
  assertEquals(await held(on), 17);
  const json = await fwctlHereJson(["apply", ...TWO, ...on]);
  assertEquals(json.code, 1);
  assertEquals(json.json.error.code, "UsageError");
});

Deno.test("exit 3: a plan that another tool overtakes is stale, nothing is written", async () => {
  using folder = new Folder();
  // Somebody changes the function between the plan's read and the apply's.
  const on = model(
    folder,
    scenario({
      faults: [{
        request: "QUERY_HCA_CAP",
        function: 1,
        nth: 3,
        drift: { function: 1, field: "log_max_qp", value: 15 },
      }],
    }),
  );
  const { code, err } = await fwctl(["apply", ...TWO, "--yes", ...on]);
  assertEquals(code, 3, err);
  assertMatch(err, /error: The plan is stale: .*log_max_qp was 17, is \d+/);
  assertEquals(await held(on), 15);
});

Deno.test("exit 4: the policy refuses before anything is sent, and says by which rule", async () => {
  using folder = new Folder();
  const on = connectx(folder);
  for (const command of ["plan", "apply"]) {
    const { code, out, err } = await fwctl([
      command,
      ...TWO,
      "--max-effect",
      "read",
      ...on,
    ]);
    assertEquals(code, 4);
    assertStringIncludes(out, "Plan: 2 functions to change");
    assertStringIncludes(err, "(rule: effect)");
  }
  const plan = await fwctlHereJson([
    "plan",
    ...TWO,
    "--max-effect",
    "read",
    ...on,
  ]);
  assertEquals(plan.code, 4);
  assertEquals(plan.json.refusals.length, 2);
  const apply = await fwctlHereJson([
    "apply",
    ...TWO,
    "--max-effect",
    "read",
    "--yes",
    ...on,
  ]);
  assertEquals(apply.code, 4);
  assertEquals(apply.json.error.code, "PolicyError");
  assertEquals(await held(on), 17);
});

/** The second function refuses its write. */
const SECOND_REFUSED = {
  request: "SET_HCA_CAP",
  function: 2,
  status: 3,
  syndrome: 0x537801,
};

Deno.test("exit 5: a failure half way is undone, and the output says what and why", async () => {
  using folder = new Folder();
  const on = model(folder, scenario({ faults: [SECOND_REFUSED] }));
  const { code, out } = await fwctl(["apply", ...TWO, "--yes", ...on]);
  assertEquals(code, 5);
  assertMatch(out, /↶ {2}fwctl0 {2}VF 0 .*undone, read back and as before/);
  assertMatch(out, /BAD_PARAM .*syndrome 0x537801/);
  assertStringIncludes(out, "Failed and undone: 1 step");
  assertEquals(await held(on), 17);
});

Deno.test("exit 6: what cannot be undone is named, function and field", async () => {
  using folder = new Folder();
  const on = model(
    folder,
    scenario({
      faults: [SECOND_REFUSED, {
        request: "SET_HCA_CAP",
        function: 1,
        nth: 2,
        status: 1,
      }],
    }),
  );
  const { code, out } = await fwctl(["apply", ...TWO, "--yes", ...on]);
  assertEquals(code, 6);
  assertStringIncludes(
    out,
    "FAILED AND NOT UNDONE: 1 step may still hold new values.",
  );
  assertMatch(out, /fwctl0 {2}VF 0 {2}log_max_qp {2}was 17, may be 12/);
  assertEquals(await held(on), 12);
  const other = new Folder();
  using _ = other;
  const again = model(
    other,
    scenario({
      faults: [SECOND_REFUSED, {
        request: "SET_HCA_CAP",
        function: 1,
        nth: 2,
        status: 1,
      }],
    }),
  );
  const { code: same, json } = await fwctlHereJson([
    "apply",
    ...TWO,
    "--yes",
    ...again,
  ]);
  assertEquals(same, 6);
  assertEquals(json.result.outcome, "not-undone");
  assertEquals(
    json.result.steps.map((each: { status: string }) => each.status),
    ["not-undone", "failed"],
  );
});

Deno.test("exit 1: a write that fails alone leaves nothing behind", async () => {
  using folder = new Folder();
  const on = model(
    folder,
    scenario({ faults: [{ ...SECOND_REFUSED, function: 1 }] }),
  );
  const { code, out } = await fwctl(["apply", ...TWO, "--yes", ...on]);
  assertEquals(code, 1);
  assertStringIncludes(out, "Failed: nothing on any device is changed.");
  assertEquals(await held(on), 17);
});

Deno.test("a device that is unplugged on the way: typed, exit code says what is left", async () => {
  using folder = new Folder();
  const on = model(
    folder,
    scenario({
      faults: [{ request: "SET_HCA_CAP", function: 2, unplug: true }],
    }),
  );
  const { code, out } = await fwctl(["apply", ...TWO, "--yes", ...on]);
  assertEquals(code, 6);
  assertStringIncludes(out, "ENODEV");
});

Deno.test("a function that a VM has open is not planned for", async () => {
  const { code, err } = await fwctlHere([
    "plan",
    RECIPE,
    "-p",
    "vf=0000:3b:01.0",
    "-p",
    "set=roce=0",
    ...MODEL,
  ]);
  assertEquals(code, 1);
  assertMatch(err, /VF 6 0000:3b:01\.0 is in use/);
});

Deno.test("a value above the maximum is refused before anything is sent", async () => {
  const { code, json } = await fwctlHereJson([
    "plan",
    RECIPE,
    "-p",
    `vf=${VF}`,
    "-p",
    "set=log_max_qp=31",
    ...MODEL,
  ]);
  assertEquals(code, 1);
  assertEquals(json.error.reason, "refused-value");
  assertMatch(json.error.message, /log_max_qp 31 .*at most 17/);
});

Deno.test("firmware without TOOLS_RESOURCES: the plan warns", async () => {
  const { out } = await fwctlHere([
    "plan",
    RECIPE,
    "-p",
    `vf=${VF}`,
    "-p",
    "set=roce=0",
    "--model",
    "no-tools",
  ]);
  assertStringIncludes(out, "no tools resources");
  assertEquals(out.split("it will refuse SET_HCA_CAP").length, 2);
});

Deno.test("thousands of functions: planned and applied in seconds, shown in a screen", async () => {
  using folder = new Folder();
  const recipe = folder.file(
    "all.ts",
    `export default {
      name: "all",
      description: "Every function",
      desired: ({ inventory, resource }) => inventory.devices[0].virtfns.map(
        ({ pci }) => resource("mlx5.hca_cap", { vf: pci, set: { roce: 0 } })),
    };`,
  );
  const { code, out, err } = await fwctl([
    "apply",
    recipe,
    "--yes",
    "--model",
    "fleet",
  ]);
  assertEquals({ code, err }, { code: 0, err: "" });
  assertStringIncludes(out, "Plan: 4,000 functions to change");
  assertStringIncludes(out, "Applied: 4,000 functions changed");
  assertLess(out.split("\n").length, 120);
});

Deno.test("a recipe that only reads: its report is shown, and in JSON", async () => {
  const { code, out } = await fwctlHere(
    ["plan", "recipes/inventory.ts", ...MODEL],
  );
  assertEquals(code, 0);
  assertStringIncludes(out, "ConnectX-6 Dx");
  const { json } = await fwctlHereJson([
    "plan",
    "recipes/inventory.ts",
    ...MODEL,
  ]);
  assertEquals(json.changes, false);
  assertStringIncludes(JSON.stringify(json.report), "ConnectX-6 Dx");
});

Deno.test("plan --params-help shows what a recipe takes, without any device", async () => {
  const { code, out } = await fwctlHere(["plan", RECIPE, "--params-help"]);
  assertEquals(code, 0);
  assertMatch(out, /^ {2}-p set=/m);
  const { json } = await fwctlHereJson(["plan", RECIPE, "--params-help"]);
  assertEquals(json.schema, "fwctl/params");
  assertEquals(json.params.set.type, "fields");
});
