/** What is in the offline bundle, and that it runs from where it is. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FOLDER } from "../../deploy/offline/contents.ts";
import { machineOf } from "../../deploy/offline/main.ts";
import { archive } from "../../deploy/offline/write.ts";
import { Folder } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { ROOT } from "../paths.ts";
import { run, Staged } from "./staged.ts";

/** What the package exports. */
const EXPORTS: readonly string[] = Object.values(
  JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).exports,
).map((path) => String(path).replace("./", ""));

/** Files below a folder, sorted. */
function files(folder: string, at = ""): string[] {
  return [...Deno.readDirSync(`${folder}/${at}`)].flatMap((entry) => {
    const path = `${at}${entry.name}`;
    return entry.isDirectory ? files(folder, `${path}/`) : [path];
  }).sort();
}

/** The modules that Deno finds from some, with their workers. */
async function reached(
  entries: readonly string[],
  folder: Folder,
): Promise<Set<string>> {
  const all = folder.file(
    "all.js",
    entries.map((entry) => `import "${pathToFileURL(entry)}";\n`).join(""),
  );
  const { out } = await run([
    Deno.execPath(),
    "info",
    "--json",
    "--no-config",
    "--no-remote",
    "--no-npm",
    all,
  ], { env: { DENO_DIR: "/dev/null/none" } });
  const { modules } = JSON.parse(out);
  const found = new Set<string>();
  const workers: string[] = [];
  for (const { specifier, kind, error } of modules) {
    // Recipes are read as text.
    if (kind === "node" || specifier.includes("/recipes/")) continue;
    assertEquals(error, undefined);
    assert(specifier.startsWith("file:"), specifier);
    const path = fileURLToPath(specifier);
    if (path === all) continue;
    found.add(path);
    const started = Deno.readTextFileSync(path)
      .matchAll(/new Worker\(\s*new URL\("(.+?)"/g);
    for (const [, worker = ""] of started) {
      workers.push(fileURLToPath(new URL(worker, specifier)));
    }
  }
  const more = workers.filter((worker) => !found.has(worker));
  return more.length === 0
    ? found
    : await reached([...entries, ...more], folder);
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
    const entries = ["lib/cli/main.js", "lib/cli/recipe_main.ts", ...EXPORTS];
    const all = await reached(
      entries.map((entry) => `${path}/${entry}`),
      folder,
    );
    const code = files(path).filter((file) =>
      /\.([jt]s|json)$/.test(file) && !file.startsWith("recipes/")
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
      const text = Deno.readTextFileSync(`${path}/${at}`)
        .replaceAll(/\/\*[^]*?\*\//g, "");
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
    for (
      const args of [
        ["--version"],
        ["schema", "plan"],
        ["plan", "recipes/inventory.ts", "--model", "mixed"],
      ]
    ) {
      const there = await staged.fwctl(
        ...args.map((arg) => arg.replace(/^recipes/, `${path}/recipes`)),
      );
      const here = await fwctlHere(
        args.map((arg) => arg.replace(/^recipes/, `${ROOT}recipes`)),
      );
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
    ], { env: staged.env });
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, "vf");
  });

  await test.step("the same files make the same archive, as tar and sha256sum read it", async () => {
    // All but the Deno, whose 100 MB would say no more.
    const entries = staged.entries.map((entry) =>
      entry.path === "bin/deno" ? { ...entry, data: new Uint8Array(9) } : entry
    );
    const [one, two] = ["one", "two"].map((name) =>
      `${folder.path}/${name}.gz`
    );
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

Deno.test("the machine that a bundle is for is read from its Deno", () => {
  using folder = new Folder();
  const program = (machine: number): string => {
    const head = new Uint8Array(20);
    head.set([0x7f, 0x45, 0x4c, 0x46]);
    head[18] = machine;
    return folder.file(`deno-${machine}`, head);
  };
  assertEquals(machineOf(program(62)), "x86_64");
  assertEquals(machineOf(program(183)), "aarch64");
  for (const other of [program(40), folder.file("script", "#!/bin/sh\n")]) {
    assertThrows(() => machineOf(other), Error, "is no Deno for Linux");
  }
});
