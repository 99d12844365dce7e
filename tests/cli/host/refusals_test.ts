/** What `fwctl host install` and `uninstall` leave alone. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { everyPath } from "../../../lib/install/files.ts";
import { Folder } from "../fwctl.ts";
import { APPLY, Root } from "./root.ts";

Deno.test("nothing is written unless somebody says yes", async () => {
  using root = new Root();
  const { code, err } = await root.run("install");
  assertEquals(code, 1);
  assertStringIncludes(err, "Nobody can be asked; nothing was written");
  assertStringIncludes(err, "fwctl-apply.service");
  assertEquals(root.all(), []);
});

Deno.test("a file that was edited is refused by install and kept by uninstall, unless forced", async () => {
  using root = new Root();
  await root.install("--enable");
  const path = `${root.path}/${APPLY}`;
  const edited = `${Deno.readTextFileSync(path)}# mine\n`;
  Deno.writeTextFileSync(path, edited);
  const { code, err } = await root.run("install", "--yes", "--keep-days", "7");
  assertEquals(code, 1);
  assertStringIncludes(err, "was edited since");
  assertStringIncludes(err, "nothing was written");
  const dry = await root.run("install", "--dry-run", "--keep-days", "7");
  assertEquals(dry.code, 1, "a dry run ends as the real one would");
  assertMatch(dry.out, /refused +\S+fwctl-apply\.service/);
  assertStringIncludes(
    Deno.readTextFileSync(
      `${root.path}/etc/systemd/system/fwctl-prune.service`,
    ),
    "--older-than 90d",
  );
  assertMatch(await root.ok("status"), /edited since +\S+fwctl-apply\.service/);
  const out = await root.ok("uninstall", "--yes");
  assertMatch(out, /left alone +\S+fwctl-apply\.service/);
  assertEquals(Deno.readTextFileSync(path), edited);
  const link =
    `${root.path}/etc/systemd/system/multi-user.target.wants/fwctl-apply.service`;
  assertEquals(Deno.readLinkSync(link), `/${APPLY}`, "and it stays enabled");
  await root.install("--force");
  assert(!Deno.readTextFileSync(path).includes("# mine"));
});

Deno.test("somebody else's file is never touched, and nothing else is written", async () => {
  for (const path of everyPath().slice(0, 3)) {
    using root = new Root();
    const file = `${root.path}${path}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(file, "# theirs\n");
    const before = root.all();
    for (const more of [[], ["--force"]]) {
      const { code, err } = await root.run(
        "install",
        "--yes",
        "--seal",
        ...more,
      );
      assertEquals(code, 1);
      assertStringIncludes(err, `${file} is somebody else's`);
    }
    await root.ok("uninstall", "--yes", "--force");
    assertEquals(root.all(), before);
  }
});

Deno.test("a masked unit stays masked", async () => {
  using root = new Root();
  const file = `${root.path}/${APPLY}`;
  Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  Deno.symlinkSync("/dev/null", file);
  const { code, err } = await root.run("install", "--yes", "--force");
  assertEquals(code, 1);
  assertStringIncludes(err, "is somebody else's");
  assertEquals(Deno.readLinkSync(file), "/dev/null");
});

Deno.test("a link in the root leads nothing out of it", async () => {
  for (
    const place of ["etc", "etc/systemd", "etc/systemd/system", "etc/fwctl"]
  ) {
    using root = new Root();
    using outside = new Folder();
    const link = `${root.path}/${place}`;
    Deno.mkdirSync(link.slice(0, link.lastIndexOf("/")), { recursive: true });
    Deno.symlinkSync(outside.path, link);
    for (const verb of ["install", "uninstall"]) {
      const { code, err } = await root.run(verb, "--yes");
      assertEquals(code, 1, place);
      assertStringIncludes(err, `${link} is a symbolic link`);
    }
    assertEquals([...Deno.readDirSync(outside.path)], []);
  }
});

Deno.test("a folder that cannot be made is an error that says so", async () => {
  using root = new Root();
  Deno.writeTextFileSync(`${root.path}/etc`, "no folder\n");
  const { code, err } = await root.run("install", "--yes");
  assertEquals(code, 1);
  assertStringIncludes(err, "/etc is no folder");
});
