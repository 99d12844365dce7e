/**
 * `fwctl vfio` on modelled hosts whose functions are in every state that a real
 * one has been seen in: one test a row of the table of bad paths.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Lab, NOTHING_IS_SENT, SET, VF } from "../../vfio/vm.ts";
import { fwctlHere } from "../in_process.ts";

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
    assertEquals(lab.sent().all, 0);
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
  const other = await fwctlHere(
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
