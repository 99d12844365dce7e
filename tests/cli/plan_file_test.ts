/** Plans that are saved, shown and applied later, as processes on modelled hosts. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Folder, fwctl, MODEL_FLAGS } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";

const VF = "0000:3b:00.2";
const RECIPE = [
  "recipes/vf_caps.ts",
  "-p",
  `vf=${VF},0000:3b:00.3`,
  "-p",
  "set=log_max_qp=12,roce=0",
];

/** A modelled host with a state of its own, and a plan for it in a file. */
async function saved(folder: Folder): Promise<{ on: string[]; file: string }> {
  const on = [
    "--model",
    "connectx",
    "--model-state",
    `${folder.path}/state.json`,
    "--state-dir",
    `${folder.path}/lib`,
  ];
  const file = `${folder.path}/plan.json`;
  const { code, err } = await fwctlHere(["plan", ...RECIPE, ...on, "-o", file]);
  assertEquals({ code, err }, { code: 0, err: "" });
  return { on, file };
}

Deno.test("a saved plan shows what the plan showed, and applying it does just that, once", async () => {
  using folder = new Folder();
  const { on, file } = await saved(folder);
  assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
  const shown = await fwctlHere(["show", file]);
  const planned = await fwctlHere(["plan", ...RECIPE, ...on]);
  assertEquals(shown.code, 0);
  assertStringIncludes(shown.out, planned.out);
  const { json } = await fwctlHereJson(["show", file]);
  assertEquals(json.schema, "fwctl/show");
  assertEquals(json.changes, true);
  assertMatch(json.digest, /^sha256:[0-9a-f]{64}$/);
  const applied = await fwctlHere(["apply", file, "--yes", ...on]);
  assertEquals(applied.code, 0, applied.err);
  assertStringIncludes(applied.out, "Applied: 2 functions changed");
  assertMatch(applied.out, /journal: run \d{8}T\d{9}Z-[0-9a-f]{8}/);
  const again = await fwctlHere(["apply", file, "--yes", ...on]);
  assertEquals(again.code, 3);
  assertStringIncludes(again.err, "fwctl0 VF 0: log_max_qp was 17, is 12");
  assertStringIncludes(again.err, "fwctl0 VF 1: roce was 1, is 0");
});

Deno.test("a file that is there is replaced only when told so", async () => {
  using folder = new Folder();
  const { on, file } = await saved(folder);
  const text = Deno.readTextFileSync(file);
  const { code, err } = await fwctlHere(["plan", ...RECIPE, ...on, "-o", file]);
  assertEquals(code, 1);
  assertStringIncludes(err, "is there already");
  assertEquals(Deno.readTextFileSync(file), text);
  const forced = await fwctlHere([
    "plan",
    ...RECIPE,
    ...on,
    "-o",
    file,
    "--force",
  ]);
  assertEquals(forced.code, 0, forced.err);
});

Deno.test("a file that was changed or cut is refused before anything is opened", async () => {
  using folder = new Folder();
  const { on, file } = await saved(folder);
  const text = Deno.readTextFileSync(file);
  for (
    const [other, message] of [
      [text.replace("log_max_qp", "log_max_cq"), "digest does not fit"],
      [text.slice(0, -100), "is cut or is no JSON"],
      ["{}", "is no plan file"],
    ] as const
  ) {
    Deno.writeTextFileSync(file, other);
    const { code, err } = await fwctlHere(["apply", file, "--yes", ...on]);
    assertEquals(code, 1);
    assertStringIncludes(err, message);
  }
  assert(
    !Deno.readDirSync(folder.path).toArray().some(({ name }) => name === "lib"),
  );
});

Deno.test("a plan the policy refuses is not kept, and a saved one is held against the policy of its apply", async () => {
  using folder = new Folder();
  const { on, file } = await saved(folder);
  const strict = ["--max-effect", "read"];
  const other = `${folder.path}/other.json`;
  const refused = await fwctlHere([
    "plan",
    ...RECIPE,
    ...on,
    ...strict,
    "-o",
    other,
  ]);
  assertEquals(refused.code, 4);
  assert(
    !Deno.readDirSync(folder.path).toArray().some(({ name }) =>
      name === "other.json"
    ),
  );
  const { code, err } = await fwctlHere([
    "apply",
    file,
    "--yes",
    ...on,
    ...strict,
  ]);
  assertEquals(code, 4);
  assertStringIncludes(err, "rule: effect");
});

Deno.test("a plan that does nothing can be told from its file alone", async () => {
  using folder = new Folder();
  const file = `${folder.path}/plan.json`;
  const same = [
    "recipes/vf_caps.ts",
    "-p",
    `vf=${VF}`,
    "-p",
    "set=log_max_qp=17",
  ];
  const { code } = await fwctlHere([
    "plan",
    ...same,
    "--model",
    "connectx",
    "-o",
    file,
  ]);
  assertEquals(code, 0);
  assertEquals(JSON.parse(Deno.readTextFileSync(file)).changes, false);
  const { json } = await fwctlHereJson(["apply", file, "--model", "connectx"]);
  assertEquals(json.result.outcome, "nothing");
});

Deno.test("parameters and definitions do not go with a plan file", async () => {
  using folder = new Folder();
  const { on, file } = await saved(folder);
  for (const more of [["-p", "x=1"], ["--definitions", file]]) {
    const { code, err } = await fwctlHere([
      "apply",
      file,
      "--yes",
      ...more,
      ...on,
    ]);
    assertEquals(code, 1);
    assertMatch(err, /takes no parameters|does not go with a plan/);
  }
});

Deno.test("without permission for the state directory nothing is sent, and the flag to add is named", async () => {
  using folder = new Folder();
  const { file } = await saved(folder);
  const flags = MODEL_FLAGS.filter((flag) => flag !== "--allow-write");
  const { code, err } = await fwctl([
    "apply",
    file,
    "--yes",
    "--model",
    "connectx",
    "--state-dir",
    `${folder.path}/lib`,
  ], { flags });
  assertEquals(code, 1);
  assertMatch(err, /--allow-read=.* --allow-write=/);
});
