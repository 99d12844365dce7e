/** Broken machines: the doctor names the cause of each, and nothing else as a problem. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { findingsOf, MACHINES, named, textOf } from "./machine.ts";

/** What is wrong with a machine: the only problems, or else the only warnings, and what is said. */
interface Broken {
  readonly problems?: readonly string[];
  readonly warnings?: readonly string[];
  readonly asked?: readonly string[];
  readonly says: readonly string[];
}

const PF = "0000:3b:00.0";
const BROKEN: Readonly<Record<string, Broken>> = {
  "old-kernel": {
    problems: ["kernel"],
    says: ["6.15", "6.12.41-amd64", "/proc/sys/kernel/osrelease"],
  },
  "not-loaded": {
    problems: ["module mlx5_fwctl"],
    says: [
      "modprobe mlx5_fwctl",
      "no mlx5_fwctl",
      "drivers/fwctl/mlx5/mlx5_fwctl.ko",
    ],
  },
  "blacklisted": {
    problems: ["module mlx5_fwctl"],
    says: [
      "told not to be",
      "/etc/modprobe.d/hardening.conf: install mlx5_fwctl /bin/false",
      "blacklist mlx5-fwctl",
    ],
  },
  "not-built": {
    problems: ["module fwctl"],
    says: ["built without it", "CONFIG_FWCTL=n", "CONFIG_FWCTL=m"],
  },
  "modules-closed": {
    problems: ["module mlx5_fwctl"],
    says: ["no more modules", "/proc/sys/kernel/modules_disabled: 1"],
  },
  "no-node": {
    problems: ["node fwctl0"],
    says: ["mknod /dev/fwctl/fwctl0 c 251 0", "/dev/fwctl/fwctl0: ENOENT"],
  },
  "container": {
    problems: ["node fwctl0"],
    says: ["container", "/.dockerenv", "--device /dev/fwctl/fwctl0"],
  },
  "stale-node": {
    problems: ["node fwctl0"],
    says: ["not the device's", "no character device", "rm /dev/fwctl/fwctl0"],
  },
  "open-node": {
    warnings: ["node-mode fwctl0"],
    says: ["every user", "mode 0666", "chmod o-rwx /dev/fwctl/fwctl0"],
  },
  "user": {
    problems: ["node-mode fwctl0"],
    says: ["user 1000 may not open it", "mode 0600", "udev"],
  },
  "cgroup": {
    problems: ["open fwctl0"],
    says: ["device cgroup", "/run/.containerenv", "--device /dev/fwctl/fwctl0"],
  },
  "exhausted": {
    problems: ["open fwctl0"],
    says: [
      "no room for one more user context",
      "mstreg has it open 2 times",
      "mstreg[77]",
    ],
  },
  "unbound": {
    problems: [`hardware ${PF}`],
    says: [
      "no kernel driver",
      `echo ${PF} > /sys/bus/pci/drivers/mlx5_core/bind`,
    ],
  },
  "passed-through": {
    problems: [`hardware ${PF}`],
    asked: [PF],
    says: [
      "vfio-pci has it",
      "driver_override",
      `echo ${PF} > /sys/bus/pci/drivers/vfio-pci/unbind`,
    ],
  },
  "fwctl-unbound": {
    problems: ["auxiliary mlx5_core.fwctl.0"],
    says: [
      "was unbound",
      "echo mlx5_core.fwctl.0 > /sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl/bind",
    ],
  },
  "no-uctx": {
    problems: [`hardware ${PF}`],
    says: ["made no fwctl device", "uctx_cap", "UCTX_EN"],
  },
  "vf-in-use": {
    problems: [
      "virtual-function 0000:3b:00.3",
      "virtual-function 0000:3b:00.4",
    ],
    asked: ["0000:3b:00.2", "0000:3b:00.3", "3b:00.4", "0000:3b:00.5"],
    says: ["qemu-system-x86[4711] has it open", "/dev/vfio/47"],
  },
  "no-tools": {
    warnings: ["uctx-caps fwctl0"],
    says: ["TOOLS_RESOURCES", "FWCTL_INFO uctx_caps: 0x0"],
  },
  "tainted": {
    warnings: ["taint"],
    says: ["J (bit 19)", "Since when is not known"],
  },
  "locked-down": {
    warnings: ["cap-sys-rawio"],
    says: ["debug-write-full", "CapEff: 0x000001fffffdffff"],
  },
  "no-answer": {
    problems: ["answer fwctl0"],
    says: ["ETIMEDOUT", "did not answer"],
  },
  "no-card": {
    problems: ["hardware"],
    says: ["bnxt, cxl, mlx5, pds", "--model connectx"],
  },
};

Deno.test("every broken machine has its cause written down here", () => {
  assertEquals(Object.keys(BROKEN).concat("healthy").sort(), MACHINES);
});

for (
  const [name, { problems = [], warnings, asked, says }] of Object.entries(
    BROKEN,
  )
) {
  Deno.test(`${name}: the cause is named, and nothing else is a problem`, async () => {
    const findings = await findingsOf(name, asked);
    assertEquals(
      named(findings, "problem"),
      problems,
      JSON.stringify(findings, null, 1),
    );
    if (warnings) assertEquals(named(findings, "warning"), warnings);
    const text = textOf(findings[0]);
    for (const word of says) assertStringIncludes(text, word);
    assert(findings[0]?.todo !== "", "what to do next is said");
  });
}

Deno.test("a healthy machine has no problem, no warning and no note", async () => {
  const findings = await findingsOf("healthy");
  assertEquals(named(findings, "problem"), []);
  assertEquals(named(findings, "warning"), []);
  assertEquals(named(findings, "note"), []);
  assert(named(findings, "ok").includes("open fwctl0"));
});

Deno.test("a card at vfio-pci that nobody asked about is a warning, not a problem", async () => {
  const findings = await findingsOf("passed-through");
  assertEquals(named(findings, "problem"), []);
  assertEquals(named(findings, "warning"), [`hardware ${PF}`]);
});

Deno.test("lockdown and secure boot are told with what they stop, and that fwctl goes on", async () => {
  const findings = await findingsOf("locked-down");
  assertEquals(named(findings, "note"), ["lockdown", "secure-boot"]);
  const note = textOf(findings.find(({ check }) => check === "lockdown"));
  for (const word of ["resource0", "/dev/mem", "fwctl is not restricted"]) {
    assertStringIncludes(note, word);
  }
});

Deno.test("a name of nothing is a problem, with the name that was meant", async () => {
  const findings = await findingsOf("healthy", ["fwctl1"]);
  assertEquals(named(findings, "problem"), ["name fwctl1"]);
  assertStringIncludes(textOf(findings[0]), "Did you mean fwctl0");
});
