/** Ctrl-C on the real command, while it writes to a served model that takes its time. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { cards, cardVfs } from "../../lib/model/scenarios/fleet.ts";
import { isPlainObject, type PlainData } from "../../lib/plain.ts";
import { Machine } from "../crash/machine.ts";
import { Served } from "../model/served/served.ts";
import { ROOT } from "../paths.ts";
import { Folder } from "./fwctl.ts";
import { Told } from "./told.ts";
import { fwctlHere } from "./in_process.ts";

const COUNT = 10;
const FLAGS = ["--unstable-worker-options", "-A"];

interface Interrupted {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Applies, and sends so many SIGINTs once the journal has three writes verified. */
async function interrupted(
  folder: Folder,
  model: string,
  options: readonly string[],
  { signals = 1, command = ["apply", "recipes/vf_caps.ts"], after = 3 } = {},
): Promise<Interrupted> {
  const params = folder.file("params.json", {
    vf: cardVfs(COUNT),
    set: { roce: 0 },
  });
  const before = journals(folder).length;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      ...FLAGS,
      "lib/cli/main.ts",
      ...command,
      ...(command[0] === "apply" ? ["--params", params] : []),
      "--yes",
      "--model",
      model,
      "--state-dir",
      `${folder.path}/state`,
      ...options,
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [out, err] = [new Told(child.stdout), new Told(child.stderr)];
  // The journal says how far it is.
  for (;;) {
    const own = journals(folder)[before];
    const text = own ? Deno.readTextFileSync(own) : "";
    if (text.split('"type":"verified"').length > after) break;
    await new Promise((done) => setTimeout(done, 5));
  }
  child.kill("SIGINT");
  if (signals > 1) {
    await err.until(/interrupted/);
    child.kill("SIGINT");
  }
  const { code } = await child.status;
  await Promise.all([out.done, err.done]);
  assert(
    !/^\s+at .*:\d+:\d+|internal error/m.test(out.text + err.text),
    err.text,
  );
  return { code, out: out.text, err: err.text };
}

function journals(folder: Folder): string[] {
  const path = `${folder.path}/state/journal`;
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => `${path}/${name}`)
      .sort();
  } catch {
    return [];
  }
}

/** How many cards of the machine hold what was declared: only those hold anything that was set. */
function applied(machine: Machine): number {
  return changed(machine.copy().devices);
}

function changed(devices: PlainData | undefined): number {
  const all = isPlainObject(devices) ? Object.values(devices) : [];
  return all.filter((device) => {
    const caps = isPlainObject(device) ? device.caps : undefined;
    return isPlainObject(caps) && Object.keys(caps).length > 0;
  }).length;
}

/** Ten cards behind a socket of this process, each request of which takes its time. */
async function serve(folder: Folder): Promise<Machine> {
  return await Machine.start(
    cards(COUNT),
    `${folder.path}/socket`,
    undefined,
    15,
  );
}

/** What a run that was stopped comes to on a copy of the machine, and its exit code. */
async function ended(
  folder: Folder,
  machine: Machine,
  end: string,
  run: string,
): Promise<{ readonly code: number; readonly applied: number }> {
  const model = folder.file("cards.json", cards(COUNT));
  const state = folder.file(`${end}.state`, machine.copy());
  const dir = `${folder.path}/${end}`;
  copyFolder(`${folder.path}/state`, dir);
  const { code, out, err } = await fwctlHere([
    ...[end, run, "--yes", "--model", model, "--model-state", state],
    ...["--state-dir", dir],
  ]);
  assert(code === 0, out + err);
  const after = JSON.parse(Deno.readTextFileSync(state));
  return { code, applied: changed(after.devices) };
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

for (const lanes of [[], ["--parallel", "3"]]) {
  const how = lanes.length === 0 ? "one after another" : "in three lanes";

  Deno.test(`Ctrl-C ${how}: no further write, all is undone, and the exit code says so`, async () => {
    using folder = new Folder();
    await using machine = await serve(folder);
    const { code, out, err } = await interrupted(folder, machine.model, lanes);
    assertEquals(code, 5);
    assertMatch(
      err,
      /^interrupted: the request in flight ends, then what was applied is undone$/m,
    );
    assertMatch(out, /Interrupted and undone: \d+ steps/);
    assertMatch(out, /not reached/);
    assertEquals(applied(machine), 0);
    const { json } = await journal(folder);
    assertEquals(json.runs.map((run: { outcome: string }) => run.outcome), [
      "undone",
    ]);
  });

  Deno.test(`a second Ctrl-C ${how} changes nothing and says what goes on`, async () => {
    using folder = new Folder();
    await using machine = await serve(folder);
    const { code, err } = await interrupted(folder, machine.model, lanes, {
      signals: 2,
    });
    assertEquals(code, 5);
    assertMatch(err, /^it is being undone already; that goes on to its end$/m);
    assertEquals(applied(machine), 0);
  });

  Deno.test(`--on-interrupt stop ${how}: what was applied stays; resume finishes it, undo takes it back`, async () => {
    using folder = new Folder();
    await using machine = await serve(folder);
    const stop = [...lanes, "--on-interrupt", "stop"];
    const { code, out } = await interrupted(folder, machine.model, stop);
    assertEquals(code, 6);
    assertMatch(
      out,
      /Stopped as told: \d+ steps applied and left so, \d+ not begun/,
    );
    const run = /fwctl resume (\S+?)`/.exec(out)?.[1] ?? "";
    assertMatch(out, new RegExp(`journal: run ${run}`));
    const { json } = await journal(folder);
    assertEquals(json.runs[0].outcome, "stopped");
    const some = applied(machine);
    assert(some >= 3 && some < COUNT, `${some} are applied`);
    assertEquals(await ended(folder, machine, "resume", run), {
      code: 0,
      applied: COUNT,
    });
    assertEquals(await ended(folder, machine, "undo", run), {
      code: 0,
      applied: 0,
    });
  });
}

Deno.test("Ctrl-C while a run is taken back changes nothing and says so", async () => {
  using folder = new Folder();
  await using machine = await serve(folder);
  const stop = ["--parallel", "3", "--on-interrupt", "stop"];
  const { out } = await interrupted(folder, machine.model, stop, { after: 6 });
  const run = /fwctl undo (\S+?)`/.exec(out)?.[1] ?? "";
  const undo = await interrupted(folder, machine.model, [], {
    command: ["undo", run],
    after: 1,
  });
  assertEquals(undo.code, 0, undo.out + undo.err);
  assertMatch(
    undo.err,
    /^interrupted: it is being undone; that goes on to its end$/m,
  );
  assertEquals(applied(machine), 0);
});

Deno.test("--parallel on a model of this process says that there is one lane, and does the same", async () => {
  const plan = [
    "plan",
    "recipes/vf_caps.ts",
    "-p",
    "vf=0000:3b:00.2",
    "-p",
    "set=roce=0",
    "--model",
    "connectx",
  ];
  const one = await fwctlHere(plan);
  const many = await fwctlHere([...plan, "--parallel", "4"]);
  assertEquals([many.code, many.out], [one.code, one.out]);
  assertMatch(many.err, /warning: A model in this process has one lane/);
  const absurd = await fwctlHere([...plan, "--parallel", "0"]);
  assertEquals(absurd.code, 1);
  assertMatch(absurd.err, /from 1 to 256/);
});

Deno.test("--parallel prints what the command prints without it, also for a stale plan and a refusal", async () => {
  using folder = new Folder();
  await using served = await Served.start(
    folder.file("cards.json", cards(COUNT)),
  );
  const params = folder.file("params.json", {
    vf: cardVfs(COUNT),
    set: { roce: 0 },
  });
  const run = (args: readonly string[]) =>
    fwctlHere([...args, "--model", served.model]);
  const recipe = ["recipes/vf_caps.ts", "--params", params];
  const file = `${folder.path}/plan.json`;
  assertEquals((await run(["plan", ...recipe, "-o", file])).code, 0);
  const policy = folder.file("policy.json", {
    format: "fwctl-policy/1",
    max: { devices: 3 },
  });
  const applies = [
    ["apply", file, "--yes", "--policy", policy],
    ["apply", file, "--yes"],
    ["apply", file, "--yes"],
  ];
  const seen: unknown[] = [];
  for (const args of applies) {
    seen.push(await run([...args, "--parallel", "4"]));
  }
  // The same on a machine that is as it was.
  await using other = await Served.start(`${folder.path}/cards.json`);
  for (const [index, args] of applies.entries()) {
    assertEquals(
      seen[index],
      await fwctlHere([...args, "--model", other.model]),
    );
  }
  assertEquals(seen.map((each) => (each as { code: number }).code), [4, 0, 3]);
});

Deno.test("a lane whose machine is gone is an error with a next step", async () => {
  using folder = new Folder();
  const { code, err } = await fwctlHere([
    "plan",
    "recipes/vf_caps.ts",
    "-p",
    "vf=0000:3b:00.2",
    "-p",
    "set=roce=0",
    "--parallel",
    "4",
    "--model",
    `unix:${folder.path}/none`,
  ]);
  assertEquals(code, 1);
  assertMatch(err, /No model is served at[^]*next: /);
});

async function journal(folder: Folder) {
  const { out } = await fwctlHere([
    ...["journal", "list", "--model", "connectx", "--json"],
    ...["--state-dir", `${folder.path}/state`],
  ]);
  return { json: JSON.parse(out) };
}
