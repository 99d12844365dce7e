/** The recipe vfio_child, and the QEMU wrapper beside it. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RecipeError } from "../../lib/errors.ts";
import { parseParams } from "../../lib/recipe/params.ts";
import type { Declaration } from "../../lib/recipe/types.ts";
import { ROOT } from "../paths.ts";
import { Lab, VF } from "../vfio/vm.ts";
import { inventoryOf, machine, recipe } from "./run.ts";

async function declared(...texts: string[]): Promise<Declaration[]> {
  using host = await machine("connectx");
  using session = await recipe("vfio_child");
  const params = parseParams(session.params, { texts });
  return await session.desired({ params, inventory: inventoryOf(host) });
}

Deno.test("vfio_child declares each type of each function, GENERAL first", async () => {
  assertEquals(
    await declared(
      "vf=3b:00.2,3b:00.3",
      "set=GENERAL_2.migratable=1,roce=0,ATOMIC.log_max_x=3,GENERAL.log_max_qp=12",
    ),
    ["0000:3b:00.2", "0000:3b:00.3"].flatMap((vf) =>
      [
        { vf, cap_type: "GENERAL", set: { roce: 0, log_max_qp: 12 } },
        { vf, cap_type: "ATOMIC", set: { log_max_x: 3 } },
        { vf, cap_type: "GENERAL_2", set: { migratable: 1 } },
      ].map((body) => ({ kind: "mlx5.hca_cap", body }))
    ),
  );
});

Deno.test("vfio_child says what is missing", async () => {
  for (
    const [texts, words] of [
      [["set=roce=0"], "parameter vf is required"],
      [["vf=3b:00.2"], "parameter set is required"],
      [["vf=", "set=roce=0"], "no function is named"],
    ] as const
  ) {
    await assertRejects(() => declared(...texts), RecipeError, words);
  }
});

/** Runs the wrapper with a QEMU that says what the function holds, and ends with `code`. */
async function wrapper(lab: Lab, code: number): Promise<Deno.CommandOutput> {
  const profiles = lab.folder.file("vms.json", {
    format: "fwctl-vfio-profile/1",
    vms: { web: { set: { log_max_qp: 12 } } },
  });
  const main = `${ROOT}lib/cli/main.ts`;
  const deno = `${Deno.execPath()} run --no-prompt --quiet -A ${main}`;
  const fwctl = lab.folder.file(
    "fwctl",
    `#!/bin/sh\nexec ${deno} "$@" ${lab.globals.join(" ")}\n`,
  );
  const qemu = lab.folder.file(
    "qemu",
    `#!/bin/sh\necho "QEMU $*"\n${fwctl} vfio status ${VF}\nexit ${code}\n`,
  );
  for (const file of [fwctl, qemu]) Deno.chmodSync(file, 0o755);
  return await new Deno.Command(`${ROOT}recipes/qemu_vfio.sh`, {
    args: [profiles, "web", VF, qemu, "-device", `vfio-pci,host=${VF}`],
    env: { FWCTL: fwctl },
    stdin: "null",
  }).output();
}

Deno.test("the QEMU wrapper prepares, runs QEMU, releases, and ends as QEMU did", async () => {
  using lab = new Lab();
  const { code, stdout } = await wrapper(lab, 7);
  const out = new TextDecoder().decode(stdout);
  assertEquals(code, 7, out);
  assertStringIncludes(out, `QEMU -device vfio-pci,host=${VF}`);
  assertStringIncludes(out, "web  as its profile");
  assertEquals(await lab.value("log_max_qp"), 17);
});

Deno.test("the QEMU wrapper does not start QEMU when the function is in use", async () => {
  using lab = new Lab({
    vfs: { enabled: 4, drivers: ["vfio-pci"], heldBy: ["qemu-kvm[9]"] },
  });
  const { code, stdout, stderr } = await wrapper(lab, 0);
  assertEquals(code, 1);
  assertEquals(new TextDecoder().decode(stdout), "");
  assertStringIncludes(new TextDecoder().decode(stderr), "held by qemu-kvm[9]");
});
