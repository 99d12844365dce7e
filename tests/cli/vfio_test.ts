/**
 * `fwctl vfio` on modelled hosts whose functions are in every state that a real
 * one has been seen in: one test a row of the table of bad paths, and the ways
 * through.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Served } from "../model/served/served.ts";
import { Lab, SET, VF } from "../vfio/vm.ts";
import { Folder, fwctl } from "./fwctl.ts";

/** Every request fails: whoever sends one is told EIO and not what was expected. */
const NOTHING_IS_SENT = {
  faults: [{ request: "*", repeat: true, errno: "EIO" }],
};

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
  const second = await lab.prepare();
  assertEquals(second.code, 0);
  assertStringIncludes(second.out, "Prepared already.");
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

Deno.test("row 1: a VF bound to mlx5_core is refused, the driver named, and nothing is sent", async () => {
  using lab = new Lab({
    firmware: NOTHING_IS_SENT,
    vfs: { enabled: 4, drivers: "mlx5_core" },
  });
  const { code, err } = await lab.prepare();
  assertEquals(code, 1);
  assertStringIncludes(err, `VF 0 ${VF} is bound to mlx5_core`);
  assertStringIncludes(err, "sriov_drivers_autoprobe");
});

Deno.test("row 2: a VF that is idle at vfio-pci gets capabilities but no MSI-X vectors", async () => {
  using lab = new Lab({ vfs: { enabled: 4, drivers: ["vfio-pci"] } });
  assertEquals((await lab.prepare()).code, 0);
  const { code, err } = await lab.prepare(
    [VF],
    "--set",
    "dynamic_msix_table_size=8",
  );
  assertEquals(code, 1);
  assertStringIncludes(err, "cannot change under a driver");
});

for (
  const [through, node] of [
    ["its group", "/dev/vfio/40"],
    ["its device node", "/dev/vfio/devices/vfio3"],
  ] as const
) {
  Deno.test(`row 3: a VF that a VM holds through ${through} is refused, the process named, and nothing is sent`, async () => {
    using lab = new Lab({
      firmware: NOTHING_IS_SENT,
      vfs: {
        enabled: 4,
        drivers: ["vfio-pci"],
        heldBy: [`qemu-system-x86[4711] through ${node}`],
      },
    });
    for (const command of ["prepare", "release"]) {
      const set = command === "prepare" ? SET : [];
      const { code, err } = await lab.run(
        ["vfio", command, VF, ...set, "--yes"],
      );
      assertEquals(code, 1);
      assertStringIncludes(
        err,
        `is in use: held by qemu-system-x86[4711] through ${node}`,
      );
    }
  });
}

/** A firmware or kernel that says no at the first SET_HCA_CAP of GENERAL_2, after GENERAL was written. */
const second = (fault: Record<string, unknown>) => ({
  faults: [{ request: "SET_HCA_CAP", nth: 2, ...fault }],
});

/** What was written is taken back, nothing is on record, and the message says why. */
async function undone(
  fault: Record<string, unknown>,
  code: number,
  ...words: string[]
): Promise<void> {
  using lab = new Lab({ firmware: second(fault) });
  const ended = await lab.prepare();
  assertEquals(ended.code, code, ended.out + ended.err);
  for (const word of words) assertStringIncludes(ended.out + ended.err, word);
  assertEquals(await lab.value("log_max_qp"), 17);
  assertEquals(await lab.value("migratable", "GENERAL_2"), 0);
  const status = await lab.run(["vfio", "status", VF]);
  assertStringIncludes(status.out, "no profile");
}

Deno.test("row 4: EBADMSG, the kernel's filter, names the request and the scope", () =>
  undone({ errno: "EBADMSG" }, 5, "EBADMSG", "SET_HCA_CAP"));

Deno.test("row 5: who may not open the device is told so, and which permission it takes", async () => {
  using lab = new Lab({ host: { uid: 1000 } });
  const { code, err } = await lab.prepare();
  assertEquals(code, 1);
  assertStringIncludes(err, "EACCES");
});

for (const errno of ["EIO", "ETIMEDOUT"]) {
  Deno.test(`row 6: ${errno} after the firmware did it is looked at and taken back`, () =>
    undone({ errno, executes: true }, 5, errno));
}

Deno.test("row 6: a device that goes away in the middle is not said to be undone", async () => {
  using lab = new Lab({ firmware: second({ unplug: true }) });
  const { code } = await lab.prepare();
  assertEquals(code, 6);
});

Deno.test("row 7: BAD_PARAM names the values it can be about and takes back what was written", () =>
  undone(
    { status: 3, syndrome: 0x537801 },
    5,
    "BAD_PARAM",
    "most likely first: migratable 0 → 1",
  ));

for (const [status, name] of [[4, "BAD_SYS_STATE"], [9, "BAD_RES_STATE"]]) {
  Deno.test(`row 8: ${name} says to unbind or to create the function again`, () =>
    undone({ status }, 5, String(name), "unbind it"));
}

Deno.test("row 9: a firmware that gives no tools resources is told by name", async () => {
  using lab = new Lab({ firmware: { tools: false } });
  const { code, out, err } = await lab.prepare();
  assertEquals(code, 1);
  assertStringIncludes(out + err, "BAD_OP");
  assertStringIncludes(out, "TOOLS_RESOURCES");
});

for (const [status, name] of [[6, "RES_BUSY"], [7, "NOT_READY"]]) {
  Deno.test(`row 10: ${name} is tried again and works`, async () => {
    using lab = new Lab({ firmware: second({ status }) });
    const { code, out, err } = await lab.prepare();
    assertEquals(code, 0, out + err);
    assertEquals(await lab.value("migratable", "GENERAL_2"), 1);
  });
}

Deno.test("row 10: a firmware that stays busy is given up after a bounded time, with nothing on the device", async () => {
  using lab = new Lab({
    firmware: {
      faults: [{ request: "SET_HCA_CAP", repeat: true, status: 6 }],
    },
  });
  const { code, out } = await lab.prepare();
  assertEquals(code, 1);
  assertStringIncludes(out, "RES_BUSY");
  // The first try and four more, each on record.
  assertEquals(lab.journals().length, 5);
  assertEquals(await lab.value("log_max_qp"), 17);
});

for (const status of [5, 0xa]) {
  Deno.test(`row 11: status ${status} on the function says to check that it is enabled`, async () => {
    using lab = new Lab({
      firmware: {
        faults: [{
          request: "QUERY_HCA_CAP",
          function: 1,
          repeat: true,
          status,
        }],
      },
    });
    const { code, err } = await lab.prepare();
    assertEquals(code, 1);
    assertStringIncludes(err, "index of the virtual function plus 1");
  });
}

for (const [status, name] of [[0x50, "BAD_INP_LEN"], [0x51, "BAD_OUTP_LEN"]]) {
  Deno.test(`row 12: ${name} is shown by name and what was written is taken back`, () =>
    undone({ status }, 5, String(name)));
}

Deno.test("row 13: an address that is no VF of a known device is never guessed at", async () => {
  using lab = new Lab({ firmware: NOTHING_IS_SENT });
  for (
    const [pci, words] of [
      ["0000:3b:00.0", "is the physical function of fwctl0"],
      ["0000:3b:07.7", "There is no PCI device"],
      ["fwctl0", "is not a PCI address"],
    ] as const
  ) {
    const { code, err } = await lab.prepare([pci]);
    assertEquals(code, 1);
    assertStringIncludes(err, words);
  }
  const other = await fwctl(
    ["vfio", "prepare", "0000:86:00.2", ...SET, "--yes", "--model", "mixed"],
  );
  assertEquals(other.code, 1);
});

Deno.test("row 14: a plan for functions that were made anew since is stale", async () => {
  using lab = new Lab();
  const plan = `${lab.folder.path}/plan.json`;
  const planned = await lab.run(
    [
      "plan",
      "recipes/vfio_child.ts",
      "-p",
      `vf=${VF}`,
      "-p",
      "set=roce=0",
      "-o",
      plan,
    ],
  );
  assertEquals(planned.code, 0, planned.err);
  using fewer = new Lab({ vfs: 0 });
  const { code, err } = await fewer.run(["apply", plan, "--yes"]);
  assertEquals(code, 3);
  assertStringIncludes(err, "is not there");
});

/** As a run that was killed before it could say how it ended. */
function cutEnd(path: string, lines: number): void {
  const text = Deno.readTextFileSync(path).trimEnd().split("\n");
  Deno.writeTextFileSync(path, `${text.slice(0, -lines).join("\n")}\n`);
}

for (const lines of [1, 2, 3]) {
  Deno.test(`row 15: a prepare that was killed ${lines} records before its end is taken back by the next`, async () => {
    using lab = new Lab();
    assertEquals((await lab.prepare()).code, 0);
    const [journal = ""] = lab.journals();
    cutEnd(journal, lines);
    const next = await lab.prepare([VF], "--set", "log_max_cq=10");
    assertEquals(next.code, 0, next.out + next.err);
    assertStringIncludes(
      next.out,
      "was killed in the middle; it was taken back",
    );
    assertEquals(await lab.value("log_max_qp"), 17);
    assertEquals(await lab.value("log_max_cq"), 10);
    const verified = await lab.run(["journal", "verify"]);
    assertEquals(verified.code, 0, verified.out);
  });
}

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
