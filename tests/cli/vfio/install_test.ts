/** Installing and removing libvirt's hook: what is made, and what is left alone. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Libvirtd } from "../../vfio/libvirtd.ts";

const VMS = { web: { set: { log_max_qp: 12 } } };
const HOOK = "etc/libvirt/hooks/qemu.d/50-fwctl-vfio";

/** Everything below a folder, sorted. */
function below(folder: string): string[] {
  const found: string[] = [];
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      found.push(path, ...(isDirectory ? below(path) : []));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

Deno.test("install, show and remove leave alone what is not theirs", async () => {
  using libvirt = await Libvirtd.install();
  const { lab } = libvirt;
  const file = `${libvirt.root}/${HOOK}`;
  const mode = Deno.statSync(file).mode ?? 0;
  assertEquals(mode & 0o777, 0o755);
  const shown = await libvirt.command("show");
  assertStringIncludes(shown.out, "50-fwctl-vfio: installed");
  Deno.writeTextFileSync(file, `${Deno.readTextFileSync(file)}# mine\n`);
  const edited = await libvirt.command("remove");
  assertEquals(edited.code, 1);
  assertStringIncludes(edited.err, "was edited since");
  assertEquals((await libvirt.command("remove", "--force")).code, 0);
  assertEquals((await libvirt.command("remove")).code, 0);
  Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(file, "#!/bin/sh\necho mine\n");
  for (const verb of ["remove", "install"]) {
    const more = verb === "install"
      ? ["--profile", `${lab.folder.path}/vms.json`]
      : [];
    const { code, err } = await libvirt.command(verb, "--force", ...more);
    assertEquals(code, 1);
    assertStringIncludes(err, "is not ours");
  }
  assertEquals(Deno.readTextFileSync(file), "#!/bin/sh\necho mine\n");
});

Deno.test("a profile that cannot be read is refused when the hook is installed, not when a VM starts", async () => {
  using libvirt = new Libvirtd();
  const bad = libvirt.lab.folder.file("bad.json", { format: "x" });
  const { code, err } = await libvirt.command("install", "--profile", bad);
  assertEquals(code, 1);
  assertStringIncludes(err, "format is");
});

Deno.test("remove leaves nothing behind that install or a start has made", async () => {
  using libvirt = new Libvirtd();
  Deno.mkdirSync(`${libvirt.root}/etc/libvirt`, { recursive: true });
  const before = below(libvirt.root);
  assertEquals((await libvirt.install(VMS)).code, 0);
  // As the first start makes it.
  Deno.mkdirSync(`${libvirt.root}/var/cache/fwctl/gen`, { recursive: true });
  Deno.mkdirSync(`${libvirt.root}/var/cache`, { recursive: true });
  // Installed anew, with what was made the first time still known.
  assertEquals((await libvirt.install(VMS, "--networks")).code, 0);
  assertEquals((await libvirt.command("remove")).code, 0);
  Deno.removeSync(`${libvirt.root}/var`, { recursive: true });
  assertEquals(below(libvirt.root), before);
});

Deno.test("remove leaves folders that were there, and those that others use by now", async () => {
  using libvirt = new Libvirtd();
  const hooks = `${libvirt.root}/etc/libvirt/hooks`;
  Deno.mkdirSync(hooks, { recursive: true });
  assertEquals((await libvirt.install(VMS)).code, 0);
  assertEquals((await libvirt.command("remove")).code, 0);
  assertEquals(below(`${libvirt.root}/etc/libvirt`), [hooks]);
  assertEquals((await libvirt.install(VMS)).code, 0);
  Deno.writeTextFileSync(`${hooks}/qemu.d/10-site`, "#!/bin/sh\n");
  assertEquals((await libvirt.command("remove")).code, 0);
  assertEquals(below(`${hooks}/qemu.d`), [`${hooks}/qemu.d/10-site`]);
});

Deno.test("--main is for a libvirt that knows no folder; a main script of somebody else is never touched", async () => {
  using libvirt = new Libvirtd();
  const main = `${libvirt.root}/etc/libvirt/hooks/qemu`;
  assertEquals((await libvirt.install(VMS, "--main")).code, 0);
  assertEquals(libvirt.files(), [main]);
  const twice = await libvirt.install(VMS);
  assertEquals(twice.code, 1);
  assertStringIncludes(twice.err, `is installed already, as ${main}`);
  assertStringIncludes((await libvirt.command("show")).out, "qemu: installed");
  assertEquals((await libvirt.command("remove")).code, 0);
  assertEquals(libvirt.files(), []);
  Deno.mkdirSync(main.slice(0, main.lastIndexOf("/")), { recursive: true });
  const own = "#!/bin/sh\nexit 0\n";
  Deno.writeTextFileSync(main, own);
  for (const more of [[], ["--force"]]) {
    const { code, err } = await libvirt.install(VMS, "--main", ...more);
    assertEquals(code, 1);
    assertStringIncludes(err, "is not ours; it is not replaced");
    assertStringIncludes(err, "Install without --main");
  }
  // Beside it ours has a file of its own.
  assertEquals((await libvirt.install(VMS)).code, 0);
  assertEquals((await libvirt.command("remove")).code, 0);
  assertEquals(Deno.readTextFileSync(main), own);
});

Deno.test("remove names the functions that are prepared still", async () => {
  using libvirt = await Libvirtd.install();
  assertEquals((await libvirt.lab.prepare()).code, 0);
  const { out } = await libvirt.command("remove");
  assert(out.includes("1 function prepared before, on record still"), out);
  assertStringIncludes(out, "fwctl vfio release 0000:3b:00.2");
});
