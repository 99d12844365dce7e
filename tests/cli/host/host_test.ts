/** `fwctl host install | uninstall | status` in a throwaway root. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { APPLY, Root } from "./root.ts";

Deno.test("install writes what a dry run says, and a second one nothing", async () => {
  using root = new Root();
  const dry = await root.ok(
    "install",
    "--dry-run",
    "--seal",
    "--group",
    "fwctl",
  );
  assertEquals(root.all(), []);
  const said = [...dry.matchAll(/^ {2}new +(\S+)/gm)].map(([, path]) =>
    (path ?? "").slice(root.path.length)
  );
  await root.install("--seal", "--group", "fwctl");
  const names = root.names();
  for (const path of said) assert(names.includes(path), path);
  const files = root.all().filter((each) => each.includes(": "));
  assertEquals(files.length, said.length - 1, "all but the recipes' folder");
  const before = root.all();
  const again = await root.install("--seal", "--group", "fwctl");
  assertStringIncludes(again, "nothing to do");
  assertEquals(root.all(), before);
  for (const path of said.filter((each) => names.includes(each))) {
    const { mode, isFile } = Deno.statSync(`${root.path}${path}`);
    assertEquals((mode ?? 0) & 0o777, isFile ? 0o644 : 0o755, path);
  }
});

Deno.test("--detailed-exitcode tells whether anything would be done", async () => {
  using root = new Root();
  const dry = ["--dry-run", "--detailed-exitcode"];
  assertEquals((await root.run("install", ...dry)).code, 2);
  await root.install();
  assertEquals((await root.run("install", ...dry)).code, 0);
  assertEquals((await root.run("install", "--keep-days", "7", ...dry)).code, 2);
  assertEquals((await root.run("uninstall", ...dry)).code, 2);
});

Deno.test("uninstall leaves what was there, and what is not its own", async () => {
  using root = new Root();
  Deno.mkdirSync(`${root.path}/etc/systemd`, { recursive: true });
  Deno.writeTextFileSync(`${root.path}/etc/hosts`, "127.0.0.1 localhost\n");
  const before = root.all();
  await root.install(
    "--seal",
    "--enable",
    "--group",
    "fwctl",
    "--modules",
    "cuse",
  );
  await root.install("--enable");
  await root.ok("uninstall", "--yes");
  assertEquals(root.all(), before);
  assertStringIncludes(
    await root.ok("uninstall", "--yes"),
    "Nothing of ours is there",
  );
  await root.install();
  Deno.writeTextFileSync(`${root.path}/etc/fwctl/policy.json`, "{}\n");
  Deno.writeTextFileSync(`${root.path}/etc/fwctl/recipes/a.ts`, "// mine\n");
  const dropIn = `${root.path}/${APPLY}.d`;
  Deno.mkdirSync(dropIn);
  Deno.writeTextFileSync(`${dropIn}/site.conf`, "[Service]\n");
  await root.ok("uninstall", "--yes");
  assertEquals(
    root.all().filter((each) => /: /.test(each)).map((each) => each.trim()),
    [
      "/etc/fwctl/policy.json: {}",
      "/etc/fwctl/recipes/a.ts: // mine",
      "/etc/hosts: 127.0.0.1 localhost",
      `/${APPLY}.d/site.conf: [Service]`,
    ],
  );
});

Deno.test("other options replace what they change, show how, and remove what is not wanted", async () => {
  using root = new Root();
  await root.install("--group", "fwctl");
  const { out } = await root.run("install", "--dry-run", "--wait", "7");
  assertMatch(out, /changed +\S+fwctl-apply\.service/);
  assertStringIncludes(
    out,
    "-ExecStart=/usr/local/bin/fwctl host apply --yes --wait 60",
  );
  assertStringIncludes(
    out,
    "+ExecStart=/usr/local/bin/fwctl host apply --yes --wait 7 ",
  );
  assertMatch(out, /remove +\S+60-fwctl\.rules/);
  await root.install("--wait", "7");
  assert(!root.names().includes("/etc/udev/rules.d/60-fwctl.rules"));
});

Deno.test("--enable makes systemctl's links, and uninstall takes those away that somebody made", async () => {
  using root = new Root();
  await root.install("--enable", "--seal");
  const links = root.all().filter((each) => each.includes(" -> "));
  assertEquals(
    links,
    [
      "fwctl-apply.service",
      "fwctl-seal.service",
    ].map((unit) =>
      `/etc/systemd/system/multi-user.target.wants/${unit} -> /etc/systemd/system/${unit}`
    ).concat(
      ["fwctl-drift.timer", "fwctl-prune.timer"].map((unit) =>
        `/etc/systemd/system/timers.target.wants/${unit} -> /etc/systemd/system/${unit}`
      ),
    ),
  );
  const status = await root.ok("status");
  assertMatch(status, /enabled +\S+timers\.target\.wants\/fwctl-drift\.timer/);
  // Without --enable links are nobody's business.
  await root.install("--seal");
  assertEquals(root.all().filter((each) => each.includes(" -> ")), links);
  // Without --seal the unit goes, and a link to nothing with it.
  await root.install();
  assertEquals(
    root.all().filter((each) => each.includes(" -> ")).length,
    links.length - 1,
  );
  await root.ok("uninstall", "--yes");
  assertEquals(root.all(), []);
});

Deno.test("a program that is not there is a warning, one that is none", async () => {
  using root = new Root();
  const { err } = await root.run("install", "--dry-run");
  assertStringIncludes(err, `There is no ${root.path}/usr/local/bin/fwctl`);
  Deno.mkdirSync(`${root.path}/opt`);
  Deno.writeTextFileSync(`${root.path}/opt/fwctl`, "#!/bin/sh\n");
  const there = await root.run(
    "install",
    "--dry-run",
    "--program",
    "/opt/fwctl",
  );
  assertEquals(there.err, "");
});

Deno.test("as JSON: every path with what happens to it, and what is left to run", async () => {
  using root = new Root();
  const { out } = await root.run(
    "install",
    "--yes",
    "--json",
    "--group",
    "fwctl",
  );
  const json = JSON.parse(out);
  assertEquals(json.schema, "fwctl/host");
  assertEquals([json.action, json.dryRun], ["install", false]);
  assert(
    json.entries.every(({ action, state }: Record<string, string>) =>
      action === "create" && state === "absent"
    ),
  );
  assertEquals(json.commands, [
    "systemd-sysusers fwctl.conf",
    "systemd-tmpfiles --create fwctl.conf",
    "udevadm control --reload",
    "udevadm trigger --subsystem-match=fwctl",
    "systemctl daemon-reload",
    "systemctl enable fwctl-apply.service",
    "systemctl enable --now fwctl-drift.timer fwctl-prune.timer",
  ]);
  Deno.writeTextFileSync(`${root.path}/etc/fwctl/recipes/a.ts`, "");
  Deno.writeTextFileSync(`${root.path}/etc/fwctl/recipes/a.json`, "{}");
  const status = JSON.parse((await root.run("status", "--json")).out);
  assertEquals(status.recipes.length, 1);
  assertStringIncludes(status.recipes[0].params, "recipes/a.json");
  assertEquals(status.policy, null);
});
