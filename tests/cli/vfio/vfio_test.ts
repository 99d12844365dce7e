/** `fwctl vfio` on modelled hosts: the ways through; tests/cli/vfio/paths_test.ts has the bad ones. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Served } from "../../model/served/served.ts";
import { Lab, NOTHING_IS_SENT, SET, VF } from "../../vfio/vm.ts";
import { Folder, fwctl } from "../fwctl.ts";

const HELD = { drivers: ["vfio-pci"], heldBy: ["qemu-system-x86[4711]"] };

Deno.test("prepare sets, verifies, and a second one changes nothing; release gives it all back", async () => {
  using lab = new Lab();
  const first = await lab.prepare();
  assertEquals(first.code, 0, first.err);
  assertStringIncludes(
    first.out,
    "vhca_id 0x0012  checked by virtfn link, capabilities, VUID",
  );
  assertEquals(await lab.value("log_max_qp"), 12);
  const { sets } = lab.sent();
  assertEquals(sets, 2);
  const second = await lab.prepare();
  assertEquals(second.code, 0);
  assertStringIncludes(second.out, "Prepared already.");
  assertEquals(lab.sent().sets, sets);
  assertEquals(lab.journals().length, 1);
  const released = await lab.run(["vfio", "release", VF, "--yes"]);
  assertEquals(released.code, 0, released.err);
  assertEquals(await lab.value("log_max_qp"), 17);
  assertEquals(await lab.value("migratable", "GENERAL_2"), 0);
  const again = await lab.run(["vfio", "release", VF, "--yes"]);
  assertEquals(again.code, 0);
  assertStringIncludes(again.out, "was not prepared");
});

Deno.test("another profile takes the place of the first, and release goes back before both", async () => {
  using lab = new Lab();
  assertEquals((await lab.prepare([VF], "--set", "log_max_qp=12")).code, 0);
  assertEquals((await lab.prepare([VF], "--set", "log_max_cq=10")).code, 0);
  assertEquals(await lab.value("log_max_qp"), 17);
  assertEquals(await lab.value("log_max_cq"), 10);
  const was = new Lab();
  try {
    const cq = await was.value("log_max_cq");
    assertEquals((await lab.run(["vfio", "release", VF, "--yes"])).code, 0);
    assertEquals(await lab.value("log_max_cq"), cq);
    assertEquals(await lab.value("log_max_qp"), 17);
  } finally {
    was[Symbol.dispose]();
  }
});

Deno.test("status shows driver, holder, and what differs from the profile", async () => {
  using lab = new Lab({
    vfs: {
      enabled: 4,
      drivers: [null, "mlx5_core", null, "vfio-pci"],
      heldBy: [null, null, null, "qemu-kvm[77]"],
    },
  });
  assertEquals((await lab.prepare([VF], ...SET, "--vm", "web")).code, 0);
  const same = await lab.run(["vfio", "status"]);
  assertEquals(same.code, 0);
  assertStringIncludes(same.out, "web  as its profile");
  assertStringIncludes(same.out, "held by qemu-kvm[77] through /dev/vfio/");
  // Somebody else changes it behind our back.
  const other = await lab.run(
    [
      "apply",
      "recipes/vf_caps.ts",
      "-p",
      `vf=${VF}`,
      "-p",
      "set=log_max_qp=9",
      "--yes",
    ],
  );
  assertEquals(other.code, 0, other.err);
  const off = await lab.run(["vfio", "status", VF]);
  assertEquals(off.code, 2);
  assertStringIncludes(off.out, "GENERAL.log_max_qp is 9, its profile has 12");
});

Deno.test("a crash between prepare and the VM's start leaves what release gives back", async () => {
  using lab = new Lab();
  assertEquals((await lab.prepare()).code, 0);
  // The host's daemon died; the VM is started again, or never.
  assertEquals((await lab.prepare()).code, 0);
  assertEquals((await lab.run(["vfio", "release", VF, "--yes"])).code, 0);
  assertEquals(await lab.value("log_max_qp"), 17);
});

Deno.test("a record that somebody changed is refused before anything is sent", async () => {
  using lab = new Lab();
  assertEquals((await lab.prepare()).code, 0);
  const record = `${lab.folder.path}/state/vfio/${VF}.json`;
  const data = JSON.parse(Deno.readTextFileSync(record));
  Deno.writeTextFileSync(record, JSON.stringify({ ...data, before: 5 }));
  const { code, err } = await lab.run(["vfio", "release", VF, "--yes"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "before must be an object");
  assertEquals(await lab.value("log_max_qp"), 12);
});

Deno.test("vectors beyond what all functions share are refused with the sum", async () => {
  using lab = new Lab({
    firmware: {
      caps: { GENERAL: { num_total_dynamic_vf_msix: 40 } },
      vfCaps: { GENERAL: { dynamic_msix_table_size: 10 } },
    },
  });
  const over = await lab.prepare([VF], "--set", "dynamic_msix_table_size=11");
  assertEquals(over.code, 1);
  assertStringIncludes(over.err, "would have 41 vectors, and fwctl0 has 40");
  const two = await lab.prepare(
    [VF, "0000:3b:00.3"],
    "--set",
    "dynamic_msix_table_size=9",
  );
  assertEquals(two.code, 0, two.err);
});

Deno.test("a value above the PF's limit is refused before anything is written", async () => {
  using lab = new Lab();
  const { code, err } = await lab.prepare([VF], "--set", "log_max_qp=30");
  assertEquals(code, 1);
  assertStringIncludes(err, "log_max_qp 30 is refused");
  assertEquals(lab.journals(), []);
});

Deno.test("a value from before that is above the PF's limit is offered back to the firmware, which decides", async () => {
  using lab = new Lab({
    firmware: { vfs: { "0": { GENERAL: { log_max_qp: 20 } } } },
  });
  assertEquals(await lab.value("log_max_qp"), 20);
  assertEquals((await lab.prepare()).code, 0);
  const asked = await lab.prepare([VF], "--set", "log_max_qp=19");
  assertEquals(asked.code, 1);
  assertStringIncludes(asked.err, "log_max_qp 19 is refused");
  const { out, err } = await lab.run(["vfio", "release", VF, "--yes"]);
  // The engine asks the firmware, and this one keeps to its limits.
  assertStringIncludes(out + err, "log_max_qp            12 → 20");
  assertStringIncludes(out + err, "BAD_PARAM");
});

Deno.test("a policy that forbids it is exit code 4, and nothing is on record", async () => {
  using lab = new Lab();
  const policy = lab.folder.file("policy.json", {
    format: "fwctl-policy/1",
    deny: [{ field: "migratable", reason: "not here" }],
  });
  const { code, err } = await lab.run(
    ["vfio", "prepare", VF, ...SET, "--yes", "--policy", policy],
  );
  assertEquals(code, 4);
  assertStringIncludes(err, "not here");
  assertEquals(lab.journals(), []);
});

Deno.test("two prepares of one card at once wait for each other, and both are done", async () => {
  using folder = new Folder();
  await using served = await Served.start("connectx");
  const run = (vf: string) =>
    fwctl([
      ...["vfio", "prepare", vf, ...SET, "--yes", "--lock-timeout", "30"],
      ...["--model", served.model, "--state-dir", folder.path],
    ], { flags: ["-A"] });
  const ended = await Promise.all([run(VF), run("0000:3b:00.3"), run(VF)]);
  assertEquals(ended.map(({ code }) => code), [0, 0, 0], JSON.stringify(ended));
});

Deno.test("the profile of a VM says which functions it may have", async () => {
  using lab = new Lab();
  const profile = lab.folder.file("vms.json", {
    format: "fwctl-vfio-profile/1",
    vms: { web: { vfs: [VF], set: { log_max_qp: 12 } } },
  });
  const by = (...args: string[]) =>
    lab.run(["vfio", "prepare", ...args, "--profile", profile, "--yes"]);
  assertEquals((await by("--vm", "web")).code, 0);
  assertEquals(await lab.value("log_max_qp"), 12);
  for (
    const [args, words] of [
      [["0000:3b:00.3", "--vm", "web"], "is none of the functions"],
      [["--vm", "db"], "has no profile for the VM"],
      [[VF], "--profile is given without --vm"],
    ] as const
  ) {
    const { code, err } = await by(...args);
    assertEquals(code, 1);
    assertStringIncludes(err, words);
  }
});

Deno.test("a held VF among several stops all of them", async () => {
  using lab = new Lab({
    firmware: NOTHING_IS_SENT,
    vfs: { enabled: 4, ...HELD },
  });
  const { code, err } = await lab.prepare(["0000:3b:00.3", VF]);
  assertEquals(code, 1);
  assertStringIncludes(err, "VF 0 0000:3b:00.2 is in use");
});

Deno.test("--dry-run shows the plan, asks nothing, and writes nothing, on record neither", async () => {
  using lab = new Lab();
  for (const verb of ["prepare", "release"]) {
    const set = verb === "prepare" ? SET : [];
    const before = { held: lab.held(), records: lab.records() };
    const { code, out, err } = await lab.run(
      ["vfio", verb, VF, ...set, "--dry-run"],
    );
    assertEquals(code, 0, err);
    assertStringIncludes(out, verb === "prepare" ? "17 → 12" : "12 → 17");
    assertStringIncludes(out, "Dry run: nothing was written.");
    assertEquals({ held: lab.held(), records: lab.records() }, before);
    assertEquals(lab.journals().length, verb === "prepare" ? 0 : 1);
    if (verb === "prepare") assertEquals((await lab.prepare()).code, 0);
  }
});

Deno.test("--dry-run leaves a run that was killed to be taken back, and says so", async () => {
  using lab = new Lab();
  assertEquals((await lab.prepare()).code, 0);
  const [journal = ""] = lab.journals();
  const text = Deno.readTextFileSync(journal).trimEnd().split("\n");
  Deno.writeTextFileSync(journal, `${text.slice(0, -1).join("\n")}\n`);
  const held = lab.held();
  const { code, out } = await lab.run(
    ["vfio", "prepare", VF, "--set", "log_max_cq=10", "--dry-run"],
  );
  assertEquals(code, 0);
  assertStringIncludes(out, "without --dry-run it is taken back first");
  assertEquals([lab.held(), lab.journals().length], [held, 1]);
});

for (
  const [what, firmware, code] of [
    ["stays busy", { request: "SET_HCA_CAP", repeat: true, status: 6 }, 1],
    ["refuses the second write", {
      request: "SET_HCA_CAP",
      nth: 2,
      status: 4,
    }, 5],
  ] as const
) {
  Deno.test(`a prepare that fails because the firmware ${what} leaves the record as it was`, async () => {
    using none = new Lab({ firmware: { faults: [firmware] } });
    assertEquals((await none.prepare()).code, code);
    assertEquals(none.records(), []);
    using one = new Lab({
      firmware: {
        faults: [{ ...firmware, nth: 2 + ("nth" in firmware ? 2 : 1) }],
      },
    });
    assertEquals((await one.prepare([VF], ...SET, "--vm", "web")).code, 0);
    const file = `${one.stateDir}/vfio/${VF}.json`;
    const before = Deno.readTextFileSync(file);
    const failed = await one.prepare(
      [VF],
      "--set",
      "log_max_qp=11,GENERAL_2.migratable=0",
      "--vm",
      "db",
    );
    assertEquals(failed.code, code, failed.out);
    assertEquals(Deno.readTextFileSync(file), before);
  });
}

Deno.test("the kernel's own way to a field is told beside the plan, before anybody is asked", async () => {
  const path =
    "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2/sriov_vf_msix_count";
  using lab = new Lab({ host: { files: { [path]: "" } } });
  const { code, out, err } = await lab.run(
    ["vfio", "prepare", VF, "--set", "dynamic_msix_table_size=8"],
  );
  assertEquals(code, 1);
  assertStringIncludes(err, "Nobody can be asked; nothing was sent");
  assertStringIncludes(out, "better its own way: echo 8 > /sys/bus/pci");
});

Deno.test("what is no PCI function is told from what is none of its virtual ones", async () => {
  using lab = new Lab({ firmware: NOTHING_IS_SENT });
  for (
    const [name, words] of [
      ["pci/0000:3b:00.0/32768", "is a devlink port"],
      ["mlx5_core.sf.4", "is a subfunction"],
      ["ens1f0np0", "is not a PCI address"],
      ["0000:3b:00.0", "is the physical function of fwctl0"],
      ["0000:3b:1f.7", "There is no PCI device"],
    ] as const
  ) {
    for (const verb of ["prepare", "release", "status"]) {
      const more = verb === "prepare" ? [...SET, "--yes"] : [];
      const { code, err } = await lab.run(["vfio", verb, name, ...more]);
      assertEquals(code, 1);
      assertStringIncludes(err, words);
      assertStringIncludes(err, "next: ");
    }
  }
  assertEquals(lab.sent().all, 0);
});

Deno.test("what is one function with two capability types is not counted as two, and a result says which of them", async () => {
  using lab = new Lab({
    firmware: { faults: [{ request: "SET_HCA_CAP", nth: 2, status: 4 }] },
  });
  const { out } = await lab.prepare();
  assertStringIncludes(out, "Plan: 2 capability groups to change");
  assertStringIncludes(out, "↶  fwctl0  VF 0 GENERAL    0000:3b:00.2  undone");
  assertStringIncludes(out, "✗  fwctl0  VF 0 GENERAL_2  0000:3b:00.2  failed");
});
