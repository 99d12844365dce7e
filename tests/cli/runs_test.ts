/** Runs on record: journal, resume, undo and locks, as processes on modelled hosts. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ROOT } from "../paths.ts";
import { Folder, fwctl, MODEL_FLAGS } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";
import { Told } from "./told.ts";

const VF = "0000:3b:00.2";
const RECIPE = [
  "recipes/vf_caps.ts",
  "-p",
  `vf=${VF},0000:3b:00.3`,
  "-p",
  "set=log_max_qp=12,roce=0",
];

function host(folder: Folder): string[] {
  return [
    "--model",
    "connectx",
    "--model-state",
    `${folder.path}/state.json`,
    "--state-dir",
    `${folder.path}/lib`,
  ];
}

/** What VF 0's log_max_qp is now. */
async function held(on: readonly string[]): Promise<number> {
  const args = ["caps", "fwctl0", "--vf", VF, "--type", "GENERAL", ...on];
  const { json } = await fwctlHereJson(args);
  const fields: { field: string; current: number }[] = json.types[0].fields;
  return fields.find(({ field }) => field === "log_max_qp")?.current ?? -1;
}

/** An apply that ended, and its journal's path and name. */
async function applied(folder: Folder): Promise<{ run: string; path: string }> {
  const { json } = await fwctlHereJson([
    "apply",
    ...RECIPE,
    "--yes",
    ...host(folder),
  ]);
  assertEquals(json.result.outcome, "applied");
  return {
    run: json.run,
    path: `${folder.path}/lib/journal/${json.run}.jsonl`,
  };
}

/** The same, as if its process had been killed before it wrote the last `lines` lines. */
async function killed(
  folder: Folder,
  lines: number,
): Promise<{ run: string; path: string }> {
  const found = await applied(folder);
  const all = Deno.readTextFileSync(found.path).trimEnd().split("\n");
  Deno.writeTextFileSync(
    found.path,
    `${all.slice(0, -lines).join("\n")}\n{"seq":`,
  );
  return found;
}

Deno.test("an apply is on record and can be taken back", async () => {
  using folder = new Folder();
  const on = host(folder);
  const { run } = await applied(folder);
  assertEquals(await held(on), 12);
  const list = await fwctlHereJson(["journal", "list", ...on]);
  assertEquals(list.json.runs.length, 1);
  assertEquals(list.json.runs[0].outcome, "applied");
  const show = await fwctlHere(["journal", "show", run, ...on]);
  assertEquals(show.code, 0);
  assertMatch(show.out, /step 1 +verified/);
  const undo = await fwctlHere(["undo", run, "--yes", ...on]);
  assertEquals(undo.code, 0, undo.err);
  assertStringIncludes(undo.out, "Undone: 2 steps taken back.");
  assertEquals(await held(on), 17);
  const again = await fwctlHere(["undo", run, "--yes", ...on]);
  assertEquals(again.code, 0);
  assertStringIncludes(again.out, "Nothing to take back");
});

Deno.test("a run that was killed blocks the device until it is finished or taken back", async () => {
  for (const want of ["resume", "undo"] as const) {
    using folder = new Folder();
    const on = host(folder);
    const { run } = await killed(folder, 2);
    const blocked = await fwctlHere([
      "apply",
      ...RECIPE.slice(0, 4),
      "set=log_max_qp=11",
      "--yes",
      ...on,
    ]);
    assertEquals(blocked.code, 1);
    assertStringIncludes(blocked.err, `Run ${run} on this device never ended`);
    assertStringIncludes(blocked.err, `fwctl resume ${run}`);
    const verify = await fwctlHere(["journal", "verify", ...on]);
    assertEquals(verify.code, 0);
    assertStringIncludes(verify.out, "a crash cut the last line");
    const { code, json } = await fwctlHereJson([want, run, "--yes", ...on]);
    assertEquals(code, 0);
    assertEquals(json.result.outcome, want === "resume" ? "applied" : "undone");
    assertEquals(await held(on), want === "resume" ? 12 : 17);
    const free = await fwctlHere([
      "apply",
      ...RECIPE.slice(0, 4),
      "set=log_max_qp=11",
      "--yes",
      ...on,
    ]);
    assertEquals(free.code, 0, free.err);
  }
});

Deno.test("what an unfinished run did can be left as it is, on record", async () => {
  using folder = new Folder();
  const on = host(folder);
  const { run } = await killed(folder, 2);
  const { code } = await fwctlHere(["journal", "close", run, "--yes", ...on]);
  assertEquals(code, 0);
  assertEquals(await held(on), 12);
  const list = await fwctlHereJson(["journal", "list", ...on]);
  assertEquals(
    list.json.runs.map(({ outcome }: { outcome: string }) => outcome),
    [
      "unfinished",
      "closed",
    ],
  );
  assertEquals((await fwctlHere(["apply", ...RECIPE, "--yes", ...on])).code, 0);
});

Deno.test("a journal that was changed is named by verify and not used by undo", async () => {
  using folder = new Folder();
  const on = host(folder);
  const { run, path } = await applied(folder);
  const text = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(
    path,
    text.replace('"step":0,"undo":false', '"step":1,"undo":false'),
  );
  const verify = await fwctlHere(["journal", "verify", ...on]);
  assertEquals(verify.code, 1);
  assertStringIncludes(verify.out, "1 journal changed after writing");
  const undo = await fwctlHere(["undo", run, "--yes", ...on]);
  assertEquals(undo.code, 1);
  assertStringIncludes(undo.err, `The journal of ${run} was changed`);
  assertEquals(await held(on), 12);
});

Deno.test("a device that another process has is refused at once, or waited for", async () => {
  using folder = new Folder();
  const on = host(folder);
  Deno.mkdirSync(`${folder.path}/lib/locks`, { recursive: true });
  const path = `${folder.path}/lib/locks/0000:3b:00.0.lock`;
  const file = Deno.openSync(path, { create: true, write: true });
  file.lockSync(true);
  const { code, err } = await fwctl(["apply", ...RECIPE, "--yes", ...on]);
  assertEquals(code, 1);
  assertStringIncludes(err, "0000:3b:00.0 is locked by another process");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--quiet", ...MODEL_FLAGS],
      ...["lib/cli/main.ts", "apply", ...RECIPE, "--yes"],
      ...["--lock-timeout", "20", ...on],
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [out, told] = [new Told(child.stdout), new Told(child.stderr)];
  await Promise.race([told.until(/waiting for 0000:3b:00\.0/), told.done]);
  assertStringIncludes(told.text, "waiting for 0000:3b:00.0");
  file.close();
  const { code: waited } = await child.status;
  await Promise.all([out.done, told.done]);
  assertEquals(waited, 0, told.text);
});

Deno.test("two applies at once on one state file: none loses what the other did", async () => {
  using folder = new Folder();
  const on = host(folder).slice(0, 4);
  const ended = await Promise.all([2, 3, 4].map((vf) =>
    fwctl([
      "apply",
      "recipes/vf_caps.ts",
      "-p",
      `vf=0000:3b:00.${vf}`,
      "-p",
      "set=log_max_qp=12",
      "--yes",
      ...on,
    ])
  ));
  for (const { code, err } of ended) assertEquals(code, 0, err);
  for (const vf of [2, 3, 4]) {
    const { out } = await fwctl([
      "plan",
      "recipes/vf_caps.ts",
      "-p",
      `vf=0000:3b:00.${vf}`,
      "-p",
      "set=log_max_qp=12",
      ...on,
    ]);
    assertStringIncludes(out, "nothing to do", `VF ${vf}`);
  }
});

Deno.test("--no-journal is said, and keeps none", async () => {
  using folder = new Folder();
  const on = host(folder);
  const { code, err } = await fwctlHere([
    "apply",
    ...RECIPE,
    "--yes",
    "--no-journal",
    ...on,
  ]);
  assertEquals(code, 0);
  assertStringIncludes(err, "No journal is kept");
  const { json } = await fwctlHereJson(["journal", "list", ...on]);
  assertEquals(json.runs, []);
});

Deno.test("a modelled host has no state directory unless it is named", async () => {
  const { code, err } = await fwctlHere([
    "journal",
    "list",
    "--model",
    "connectx",
  ]);
  assertEquals(code, 1);
  assertStringIncludes(err, "--state-dir");
  assert(err.includes("next:"));
});
