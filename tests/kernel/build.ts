// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task kernel:build [SERIES]`: the newest Linux that Debian has source of
 * (or the newest of a series, such as 7.2), with the upstream fwctl drivers on
 * this folder's stand-ins. What was built before from the same package, config,
 * stand-ins and init is kept.
 *
 * It runs on Debian as root (it installs compilers where they are missing) and
 * needs no other right: no module is loaded here, nothing is written outside
 * the cache.
 *
 * @module
 */
import { join } from "@std/path";
import { cacheFolder, kernels, recipeDigest } from "./cache.ts";
import { run, text } from "./shell.ts";
import { Apt, type Source } from "./source.ts";

const HERE = import.meta.dirname ?? ".";

/** What compiles a kernel, and what boots it. */
const PACKAGES = [
  ...[
    "gcc",
    "libc6-dev",
    "make",
    "flex",
    "bison",
    "bc",
    "libelf-dev",
    "libssl-dev",
    "openssl",
  ],
  ...["xz-utils", "cpio", "gzip", "dpkg", "kmod", "qemu-system-x86"],
];

/** Modules of the source, in any order. The device cores are not among them. */
const UPSTREAM = [
  "drivers/fwctl/fwctl",
  "drivers/fwctl/mlx5/mlx5_fwctl",
  "drivers/fwctl/pds/pds_fwctl",
  "drivers/fwctl/bnxt/bnxt_fwctl",
  "fs/fuse/cuse",
];

const began = Date.now();

function say(what: string): void {
  const seconds = Math.round((Date.now() - began) / 1000);
  const clock = `${Math.floor(seconds / 60)}:${
    String(seconds % 60).padStart(2, "0")
  }`;
  console.log(`${clock.padStart(6)}  ${what}`);
}

async function installed(name: string): Promise<boolean> {
  try {
    return (await text(["dpkg-query", "-W", "-f", "${Status}", name]))
      .startsWith("install ok");
  } catch {
    return false;
  }
}

async function packages(): Promise<void> {
  const missing: string[] = [];
  for (const name of PACKAGES) if (!await installed(name)) missing.push(name);
  if (missing.length === 0) return;
  const install = ["apt-get", "install", "-y", "--no-install-recommends"];
  if (Deno.uid() !== 0) {
    throw new Error(`needs, as root: ${[...install, ...missing].join(" ")}`);
  }
  say(`installing ${missing.join(" ")}`);
  await run(["apt-get", "-qq", "update"]);
  await run([...install, ...missing], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Downloads and unpacks the source, unless it is there. */
async function unpacked(apt: Apt, source: Source): Promise<string> {
  const folder = join(cacheFolder(), "src", source.debianVersion);
  const tree = join(folder, source.package);
  if (await exists(join(tree, ".unpacked"))) return tree;
  say(`${source.package} ${source.debianVersion}: fetching`);
  await Deno.mkdir(folder, { recursive: true });
  await apt.unpack(source.package, folder);
  say("unpacking");
  const archive = join(folder, "usr/src", `${source.package}.tar.xz`);
  await run(["tar", "-xf", archive, "-C", folder]);
  await Deno.remove(join(folder, "usr"), { recursive: true });
  await Deno.writeTextFile(join(tree, ".unpacked"), "");
  return tree;
}

/** Configures the kernel, and checks that it took every word of `config`. */
async function configure(tree: string): Promise<void> {
  const wanted = join(HERE, "config");
  await run(["make", "-s", "allnoconfig"], {
    cwd: tree,
    env: { KCONFIG_ALLCONFIG: wanted },
  });
  const took = new Set(
    (await Deno.readTextFile(join(tree, ".config"))).split("\n"),
  );
  const refused = (await Deno.readTextFile(wanted)).split("\n").filter((line) =>
    /^CONFIG_\w+=[^n]/.test(line) && !took.has(line)
  );
  if (refused.length > 0) {
    throw new Error(
      `this kernel does not take: ${
        refused.join(" ")
      }; what they depend on has changed`,
    );
  }
}

async function compile(tree: string, folder: string): Promise<void> {
  const log = join(folder, "build.log");
  const make = async (what: string, ...args: string[]): Promise<void> => {
    say(what);
    await run(["make", "-s", `-j${navigator.hardwareConcurrency}`, ...args], {
      cwd: tree,
      log,
      // The device cores are not built: what fwctl's drivers call in them is in the stand-ins.
      env: { KBUILD_MODPOST_WARN: "1" },
    });
  };
  await make("compiling the kernel (the long part)", "bzImage");
  await make("compiling fwctl", ...UPSTREAM.map((name) => `${name}.ko`));
  await make("compiling the CXL test modules", "M=tools/testing/cxl");
  const stubs = join(tree, "standin");
  await run(["rm", "-rf", stubs]);
  await run(["cp", "-r", join(HERE, "stubs"), stubs]);
  await make("compiling the stand-ins", "M=standin");
}

/** The first file system: busybox, init and the modules. */
async function pack(apt: Apt, tree: string, folder: string): Promise<void> {
  say("packing");
  const root = join(folder, "root");
  await run(["rm", "-rf", root]);
  for (
    const name of [
      "bin",
      "modules",
      "proc",
      "sys",
      "dev",
      "host",
      "job",
      "over",
      "root",
    ]
  ) {
    await Deno.mkdir(join(root, name), { recursive: true });
  }
  const busybox = join(folder, "busybox");
  await Deno.mkdir(busybox, { recursive: true });
  await apt.unpack("busybox-static", busybox);
  const binary =
    (await text(["find", busybox, "-path", "*/bin/busybox", "-type", "f"]))
      .split("\n")[0] ?? "";
  await Deno.copyFile(binary, join(root, "bin/busybox"));
  await Deno.copyFile(join(HERE, "init"), join(root, "init"));
  await Deno.chmod(join(root, "init"), 0o755);
  const cxl = (await text([
    "find",
    join(tree, "tools/testing/cxl"),
    join(tree, "standin"),
    "-name",
    "*.ko",
  ])).trim().split("\n");
  for (
    const file of [...UPSTREAM.map((name) => join(tree, `${name}.ko`)), ...cxl]
  ) {
    await run([
      "strip",
      "--strip-debug",
      "-o",
      join(root, "modules", file.split("/").at(-1) ?? ""),
      file,
    ]);
  }
  await run([
    "sh",
    "-c",
    `cd '${root}' && find . | cpio -o -H newc --quiet | gzip -9 > ../initrd.gz`,
  ]);
  await run(["rm", "-rf", root, busybox]);
}

await packages();
const apt = await Apt.open(join(cacheFolder(), "apt"));
const source = await apt.newest(Deno.args[0]);
const recipe = recipeDigest();
const label = `${source.package} ${source.debianVersion}`;
const kept = kernels().find((one) =>
  one.recipe === recipe && one.source === label
);
if (kept) {
  say(`${label} is built already: ${kept.path}`);
  Deno.exit(0);
}
const tree = await unpacked(apt, source);
const folder = join(
  cacheFolder(),
  `${source.debianVersion}-${recipe.slice(0, 12)}`,
);
await Deno.mkdir(folder, { recursive: true });
await configure(tree);
await compile(tree, folder);
await pack(apt, tree, folder);
await Deno.copyFile(
  join(tree, "arch/x86/boot/bzImage"),
  join(folder, "bzImage"),
);
await Deno.copyFile(join(tree, ".config"), join(folder, "config"));
await Deno.writeTextFile(
  join(folder, "kernel.json"),
  JSON.stringify(
    {
      version: source.version,
      source: label,
      recipe,
      built: new Date().toISOString(),
    },
    null,
    2,
  ),
);
say(`Linux ${source.version} with fwctl: ${folder}`);
