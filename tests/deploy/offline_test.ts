/** What is in the offline bundle, and that it runs from where it is. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath, pathToFileURL } from "node:url";
import { contents, FOLDER } from "../../deploy/offline/contents.ts";
import { archive } from "../../deploy/offline/write.ts";
import { VERSION } from "../../lib/cli/version.ts";
import { Folder, fwctl } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { run, Staged } from "./staged.ts";

/** Files below a folder, sorted. */
function files(folder: string, at = ""): string[] {
  return [...Deno.readDirSync(`${folder}/${at}`)].flatMap((entry) => {
    const path = `${at}${entry.name}`;
    return entry.isDirectory ? files(folder, `${path}/`) : [path];
  }).sort();
}

/** The modules that Deno finds from one, and what it says is wrong. */
async function reached(entry: string): Promise<Set<string>> {
  const { out } = await run([
    Deno.execPath(),
    "info",
    "--json",
    "--no-config",
    "--no-remote",
    "--no-npm",
    pathToFileURL(entry).href,
  ], { env: { DENO_DIR: "/dev/null/none" } });
  const { modules } = JSON.parse(out);
  const found = new Set<string>();
  for (const { specifier, kind, error } of modules) {
    // Recipes are read as text; they import types, which nobody loads.
    if (kind === "node" || /\/recipes\/|\/mod\.ts$/.test(specifier)) continue;
    assertEquals(error, undefined);
    assert(specifier.startsWith("file:"), specifier);
    found.add(fileURLToPath(specifier));
  }
  return found;
}

Deno.test("the offline bundle", async (test) => {
  using staged = await Staged.make();
  const { path, folder } = staged;

  await test.step("its manifest names every file, with its digest", async () => {
    const { code, out, err } = await run(
      ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST"],
      { cwd: path },
    );
    assertEquals([code, out, err], [0, "", ""]);
    const named = Deno.readTextFileSync(`${path}/MANIFEST`).trim().split("\n")
      .map((line) => line.slice(66));
    assertEquals(["MANIFEST", ...named].sort(), files(path));
  });

  await test.step("everything that it imports is in it, workers too, and no more", async () => {
    const all = new Set<string>();
    const entries = ["lib/cli/main.js", "lib/cli/recipe_main.ts", "mod.js"];
    for (let entry = entries.pop(); entry; entry = entries.pop()) {
      for (const module of await reached(`${path}/${entry}`)) {
        if (all.has(module)) continue;
        all.add(module);
        const workers = Deno.readTextFileSync(module)
          .matchAll(/new Worker\(\s*new URL\("(.+?)"/g);
        for (const [, worker = ""] of workers) {
          const at = fileURLToPath(new URL(worker, pathToFileURL(module)));
          entries.push(at.slice(path.length + 1));
        }
      }
    }
    const code = files(path).filter((file) =>
      /\.[jt]s$/.test(file) && !file.startsWith("recipes/")
    );
    assertEquals(
      [...all].map((file) => file.slice(path.length + 1)).sort(),
      code,
    );
    assert(code.length > 300, `${code.length} modules`);
    for (const one of ["parallel/worker", "device/async_worker"]) {
      assert(code.includes(`lib/${one}.js`), one);
    }
  });

  await test.step("nothing in it is named by a place it has not", () => {
    for (const { path: at } of staged.entries) {
      if (!at.endsWith(".js")) continue;
      const text = Deno.readTextFileSync(`${path}/${at}`);
      const named = text.matchAll(
        /(?:new URL|import\.meta\.resolve)\(\s*"(\.[^"]+)"/g,
      );
      for (const [, name = ""] of named) {
        // The bundle's own Deno is looked for in a checkout too.
        const target = new URL(name, `file:///${at}`).pathname;
        assert(Deno.statSync(`${path}${target}`).isFile, `${at}: ${name}`);
      }
    }
  });

  await test.step("its recipes are those of the checkout: their digests are in plans", () => {
    const recipes = files(`${ROOT}recipes`);
    assertEquals(files(`${path}/recipes`), recipes);
    for (const recipe of recipes) {
      assertEquals(
        Deno.readTextFileSync(`${path}/recipes/${recipe}`),
        Deno.readTextFileSync(`${ROOT}recipes/${recipe}`),
      );
    }
  });

  await test.step("it brings the licences of all that is in it", () => {
    const vendors = new Set(
      staged.entries.map(({ path }) =>
        /^vendor\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]
      ),
    );
    vendors.delete(undefined);
    assertEquals(vendors.size, 3);
    for (const vendor of ["", ...vendors]) {
      assertStringIncludes(
        Deno.readTextFileSync(`${path}/${vendor}/LICENSE`),
        "Permission is hereby granted",
      );
    }
  });

  await test.step("it says what the command of the checkout says", async () => {
    assertEquals((await staged.fwctl("--version")).out, `${VERSION}\n`);
    for (
      const args of [
        ["--help"],
        ["list", "--model", "mixed", "--json"],
        ["plan", "recipes/inventory.ts", "--model", "mixed", "--parallel", "2"],
        ["decode", "pds"],
      ]
    ) {
      const there = await staged.fwctl(
        ...args.map((arg) => arg.replace(/^recipes/, `${path}/recipes`)),
      );
      const here = await fwctl(args);
      assertEquals([there.code, there.err], [here.code, here.err]);
      assertEquals(there.out, here.out);
    }
  });

  await test.step("a recipe that is run by itself finds it", async () => {
    const { code, out, err } = await run([
      `${path}/bin/deno`,
      "run",
      "-A",
      "--unstable-worker-options",
      "--no-config",
      `${path}/recipes/vf_caps.ts`,
    ], { env: { DENO_DIR: "/dev/null/none" } });
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, "vf");
  });

  await test.step("a libvirt hook made by it runs it, by the way it was called", async () => {
    const profile = folder.file("vms.json", {
      format: "fwctl-vfio-profile/1",
      vms: { web: { set: { log_max_qp: 12 } } },
    });
    const current = `${folder.path}/current`;
    Deno.symlinkSync(path, current);
    const root = `${folder.path}/root`;
    const made = await run(
      [`${current}/bin/fwctl`, "vfio", "hook", "install"]
        .concat("--root", root, "--profile", profile, "--model", "connectx")
        .concat("--model-state", folder.file("state.json", "")),
    );
    Deno.removeSync(`${folder.path}/state.json`);
    assertEquals(made.code, 0, made.err);
    const hook = `${root}/etc/libvirt/hooks/qemu.d/50-fwctl-vfio`;
    const text = Deno.readTextFileSync(hook);
    assertStringIncludes(text, `exec ${current}/bin/deno run `);
    assertStringIncludes(text, ` ${current}/lib/cli/main.js vfio hook run `);
    assert(!text.includes(path));
    // A version goes, the next one comes: the hook stays.
    Deno.renameSync(path, `${folder.path}/next`);
    Deno.removeSync(current);
    Deno.symlinkSync("next", current);
    const ran = await run(
      [
        "/bin/sh",
        "-c",
        `echo '<domain><name>other</name></domain>' | "$0" "$@"`,
      ]
        .concat(hook, "other", "prepare", "begin", "-"),
    );
    assertEquals([ran.code, ran.err], [0, ""]);
  });
});

Deno.test("the same files make the same archive, as tar and sha256sum read it", async () => {
  using folder = new Folder();
  const deno = folder.file("deno", "no Deno");
  const entries = await contents(deno);
  const [one, two] = ["one", "two"].map((name) => `${folder.path}/${name}.gz`);
  assert(one && two);
  const { sha256, bytes } = await archive(entries, one, 1_000_000_000);
  await archive([...entries].reverse().toReversed(), two, 1_000_000_000);
  assertEquals(Deno.readFileSync(one), Deno.readFileSync(two));
  assertEquals(Deno.statSync(one).size, bytes);
  const summed = await run(["sha256sum", one]);
  assertEquals(summed.out.slice(0, 64), sha256);
  const { out, err } = await run(["tar", "-tvzf", one]);
  assertEquals(err, "");
  const lines = out.trim().split("\n");
  for (const line of lines) {
    assert(
      /^(-rwxr-xr-x|-rw-r--r--|drwxr-xr-x) 0\/0 .* 2001-09-09 /.test(line),
      line,
    );
    assertStringIncludes(line, ` ${FOLDER}/`);
  }
  const names = lines.filter((line) => line.startsWith("-rwx"))
    .map((line) => line.slice(line.indexOf(FOLDER)));
  assertEquals(names, [`${FOLDER}/bin/deno`, `${FOLDER}/bin/fwctl`]);
  assertEquals(
    lines.filter((line) => line.startsWith("-")).length,
    entries.length,
  );
});
