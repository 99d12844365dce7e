/** fwctl record, and record show and close. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Folder, fwctl, MODEL_FLAGS } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { recorded } from "./fixture.ts";

const RECORD = ["--model", "connectx", "record"];

Deno.test("a file that is there stays, unless --force says to replace it", async () => {
  using folder = new Folder();
  const file = folder.file("a.jsonl", "mine");
  const kept = await fwctlHere([...RECORD, file, "--", "list"]);
  assertEquals(kept.code, 1);
  assertStringIncludes(kept.err, "is there already");
  assertEquals(Deno.readTextFileSync(file), "mine");
  Deno.chmodSync(file, 0o644);
  const forced = await fwctlHere([...RECORD, "--force", file, "--", "list"]);
  assertEquals(forced.code, 0, forced.err);
  assertEquals((await fwctlHere(["--replay", file, "list"])).code, 0);
  assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a command that says nothing to a machine leaves no file", async () => {
  using folder = new Folder();
  const file = `${folder.path}/a.jsonl`;
  for (const command of [["lst"], ["scope", "--list"]]) {
    const { err } = await fwctlHere([...RECORD, file, "--", ...command]);
    assertStringIncludes(err, "is not written");
    assertEquals([...Deno.readDirSync(folder.path)], []);
  }
  for (const command of [[], ["record", "b", "--", "list"], ["serve"]]) {
    assertEquals(
      (await fwctlHere([...RECORD, file, "--", ...command])).code,
      1,
    );
  }
});

Deno.test("a command that fails is recorded, and keeps its exit code", async () => {
  using folder = new Folder();
  const args = [
    ..."apply recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0".split(" "),
    "--max-effect",
    "read",
    "--yes",
  ];
  const refused = await recorded(folder, "connectx", args);
  assertEquals(refused.code, 4);
  const replayed = await fwctlHere(["--replay", refused.file, ...args]);
  assertEquals(replayed.code, 4, replayed.err);
});

Deno.test("show lists requests with scope and result, and everything with --all", async () => {
  using folder = new Folder();
  const rpc = "rpc fwctl0 --scope configuration --out 64".split(" ")
    .concat("04020000000000000000000000000000");
  const { file } = await recorded(folder, "connectx", rpc);
  const { out } = await fwctlHere(["record", "show", file]);
  assert(/fwctl0 +QUERY_CQ.* configuration +EBADMSG/.test(out), out);
  assert(/command: fwctl rpc fwctl0/.test(out), out);
  assert(!out.includes("readFile"), out);
  const all = await fwctlHere(["record", "show", file, "--all"]);
  assert(/list \/sys\/class\/fwctl +\d+ names/.test(all.out), all.out);
  const json = JSON.parse(
    (await fwctlHere(["record", "show", file, "--json"])).out,
  );
  assertEquals([json.schema, json.end.exit], ["fwctl/recording", 1]);
  assertEquals(json.exchanges.at(-2).result, "EBADMSG");
});

Deno.test("a recording without its end is shown, and closed before it is replayed", async () => {
  using folder = new Folder();
  const { text } = await recorded(folder, "connectx", ["info", "fwctl0"]);
  const lines = text.trimEnd().split("\n").slice(0, -3);
  const file = folder.file("cut.jsonl", `${lines.join("\n")}\n{"op":"io`);
  const refused = await fwctlHere(["--replay", file, "info", "fwctl0"]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, `fwctl record close ${file}`);
  assertStringIncludes(
    (await fwctlHere(["record", "show", file])).out,
    "It has no end",
  );
  const closed = await fwctlHere(["record", "close", file]);
  assertEquals(closed.code, 0, closed.err);
  assertStringIncludes(closed.out, "its last line was not whole");
  const replayed = await fwctlHere(["--replay", file, "info", "fwctl0"]);
  assertEquals(replayed.code, 1);
  assertStringIncludes(replayed.err, "it was cut (its command was killed)");
  assertEquals((await fwctlHere(["--replay", file, "list"])).code, 1);
  const list = ["--replay", file, "--replay-mode", "lookup", "list"];
  assertEquals((await fwctlHere(list)).code, 0);
  assertEquals((await fwctlHere(["record", "close", file])).code, 1);
});

Deno.test("a killed command leaves what happened until then, in whole lines", async () => {
  using folder = new Folder();
  const socket = `${folder.path}/s`;
  const file = `${folder.path}/a.jsonl`;
  const run = (args: readonly string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--unstable-worker-options", "--quiet"].concat(
        `${ROOT}lib/cli/main.ts`,
        args,
      ),
      cwd: ROOT,
      stdout: "null",
      stderr: "null",
    }).spawn();
  const server = run(
    ["serve", "--model", "connectx", "--socket", socket, "--latency", "400"],
  );
  try {
    await until(() => Deno.statSync(socket).isSocket === true);
    const command = run(
      ["--model", `unix:${socket}`, "record", file, "--", "bundle", "-o"]
        .concat(`${folder.path}/b.tar.gz`),
    );
    await until(() => Deno.readTextFileSync(file).includes('"op":"ioctl"'));
    command.kill("SIGKILL");
    await command.status;
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
  const { out, code } = await fwctlHere(["record", "show", file]);
  assertEquals(code, 0);
  assert(out.includes("FWCTL_INFO") && out.includes("It has no end"), out);
});

/** Waits until it is true; what throws is not yet. */
async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    try {
      if (holds()) return;
    } catch {
      // Not there yet.
    }
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error("It never came");
}

Deno.test("the real command records and replays with files alone, no ffi", async () => {
  using folder = new Folder();
  const file = `${folder.path}/a.jsonl`;
  const made = await fwctl([...RECORD, file, "--", "list"]);
  assertEquals(made.code, 0, made.err);
  const replayed = await fwctl(["--replay", file, "list"], {
    flags: MODEL_FLAGS.filter((flag) => flag !== "--allow-write"),
  });
  assertEquals(replayed.out, made.out, replayed.err);
});
