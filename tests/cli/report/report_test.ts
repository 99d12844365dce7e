/** `fwctl report`, `plan --html` and `show --html` write one page, and nothing else. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../../lib/plan/digest.ts";
import { ROOT } from "../../paths.ts";
import { readable, standsAlone } from "../../view/page/pages.ts";
import { Folder, fwctl, scenario } from "../fwctl.ts";
import { fwctlHere } from "../in_process.ts";
import { journalScenes } from "./scenes.ts";

const CAPS = `${ROOT}recipes/vf_caps.ts`;
const NVCONFIG = `${ROOT}recipes/nvconfig_profile.ts`;
const VF = ["-p", "vf=0000:3b:00.2", "-p", "set=log_max_qp=12,roce=0"];

Deno.test("plan --html writes a page of the plan, with the picture of what changes and the bytes as sent", async () => {
  using folder = new Folder();
  const html = `${folder.path}/plan.html`;
  const args = ["plan", CAPS, "--model", "connectx", ...VF];
  const { code, out } = await fwctl([...args, "--html", html, "--json"]);
  assertEquals(code, 0);
  const { page, plan } = JSON.parse(out);
  const text = Deno.readTextFileSync(html);
  assertEquals(page, {
    file: html,
    bytes: new TextEncoder().encode(text).length,
    sha256: sha256(text),
  });
  await standsAlone(text);
  const read = readable(text);
  assertStringIncludes(read, "modelled host connectx");
  assertStringIncludes(
    read,
    "VF 0 0000:3b:00.2 no driver ~ 2 fields to change",
  );
  // The fields of the structure around those that change, with their values.
  assertStringIncludes(read, "log_max_qp 17 → 12 , bits 4 to 0, changes");
  assertStringIncludes(read, "log_max_srq_sz 15 , bits 31 to 24");
  const [, first = ""] = /0{6} {2}([0-9a-f ]+?) {2}/.exec(text) ?? [];
  assert(plan.steps[0].request.startsWith(first.replaceAll(" ", "")));
  assertEquals((Deno.statSync(html).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a refused plan has its page too, and exits as without one", async () => {
  using folder = new Folder();
  const html = `${folder.path}/plan.html`;
  const args = ["plan", NVCONFIG, "--model", "connectx", "-p", "device=fwctl0"];
  const { code, err } = await fwctlHere([
    ...args,
    ...["-p", "set=NUM_OF_VFS=8", "--html", html],
  ]);
  assertEquals(code, 4, err);
  const read = readable(Deno.readTextFileSync(html));
  assertStringIncludes(read, "Refused by policy: nothing may be sent.");
  assertStringIncludes(read, "(rule: effect)");
  assertStringIncludes(read, "NUM_OF_VFS 16 → 8 , bits 15 to 0, changes");
});

Deno.test("show --html writes the page of a plan file, with its digest, and opens no device", async () => {
  using folder = new Folder();
  const [file, html] = [`${folder.path}/p.json`, `${folder.path}/p.html`];
  const made = await fwctlHere([
    "plan",
    CAPS,
    "--model",
    "connectx",
    ...VF,
    "-o",
    file,
  ]);
  assertEquals(made.code, 0);
  const { code, out } = await fwctlHere(["show", file, "--html", html]);
  assertEquals(code, 0);
  assertStringIncludes(out, `Page in ${html}`);
  const text = Deno.readTextFileSync(html);
  await standsAlone(text);
  assertStringIncludes(text, JSON.parse(Deno.readTextFileSync(file)).digest);
  assertStringIncludes(readable(text), "no device was asked");
});

Deno.test("a page replaces no file unless told to, and is no other file of the command", async () => {
  using folder = new Folder();
  const html = folder.file("there.html", "mine");
  const file = folder.file("p.json", "{}");
  const plan = ["plan", CAPS, "--model", "connectx", ...VF];
  const report = ["report", "--model", "connectx", "-o", html];
  for (
    const [args, said] of [
      [[...plan, "--html", html], "is there already"],
      [["show", file, "--html", html], "is there already"],
      [report, "is there already"],
      [[...plan, "--html", "x", "-o", "x"], "is to be two files"],
      [["show", file, "--html", file, "--force"], "is to be two files"],
    ] as const
  ) {
    const { code, err } = await fwctlHere(args);
    assertEquals(code, 1, args.join(" "));
    assertStringIncludes(err, said);
  }
  assertEquals(Deno.readTextFileSync(html), "mine");
  assertEquals((await fwctlHere([...report, "--force"])).code, 0);
  await standsAlone(Deno.readTextFileSync(html));
});

Deno.test("a report has devices, holders, plans, what is stale, and the runs on record", async () => {
  using folder = new Folder();
  const saved = `${folder.path}/p.json`;
  const html = `${folder.path}/r.html`;
  const made = await fwctlHere([
    ...["plan", CAPS, "--model", "connectx", "-o", saved],
    ...["-p", "vf=0000:3b:00.4", "-p", "set=log_max_qp=12"],
  ]);
  assertEquals(made.code, 0);
  const args = await journalScenes(folder);
  const { code, out, err } = await fwctlHere([
    ...["report", CAPS, saved, ...args, "-o", html, "--json"],
    ...["-p", "vf=0000:3b:00.2", "-p", "set=roce=0"],
  ]);
  assertEquals(code, 0, err);
  const { schema, counts, bytes } = JSON.parse(out);
  assertEquals(schema, "fwctl/report");
  assertEquals(counts, {
    devices: 2,
    functions: 8,
    plans: 2,
    errors: 0,
    refused: 0,
    stale: 1,
    resources: { "as-declared": 0, pending: 0, drifted: 2 },
    runs: 4,
    unfinished: 1,
  });
  const text = Deno.readTextFileSync(html);
  assertEquals(bytes, new TextEncoder().encode(text).length);
  await standsAlone(text);
  const read = readable(text);
  for (
    const part of [
      "held by qemu-system-x86[4711] through /dev/vfio/47",
      "ConnectX-6 Dx · firmware 22.41.1000",
      "What moved fwctl0 VF 2: log_max_qp was 17, is 10",
      "undone by",
      "takes back",
      "1 plan stale, 1 run never ended.",
    ]
  ) assertStringIncludes(read, part);
  assertEquals(text.match(/It never ended/g)?.length, 1);
});

Deno.test("a recipe that cannot be compared is on the page with the reason, and the exit says so", async () => {
  using folder = new Folder();
  const html = `${folder.path}/r.html`;
  const { code } = await fwctlHere([
    "report",
    CAPS,
    "--model",
    "mixed",
    "-o",
    html,
  ]);
  assertEquals(code, 1);
  const read = readable(Deno.readTextFileSync(html));
  assertStringIncludes(read, "1 plan could not be compared");
  assertStringIncludes(read, "parameter set is required");
  // The rest of the machine is there all the same.
  assertStringIncludes(read, "fwctl3 bnxt");
});

Deno.test("a machine without devices has a report that says so", async () => {
  using folder = new Folder();
  const html = `${folder.path}/r.html`;
  const model = folder.file("empty.json", { ...scenario(), devices: [] });
  const { code, err } = await fwctlHere([
    "report",
    "--model",
    model,
    "-o",
    html,
  ]);
  assertEquals(code, 0, err);
  assertStringIncludes(
    readable(Deno.readTextFileSync(html)),
    "No fwctl device: fwctl doctor says why.",
  );
});
