import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { driver } from "../../drivers/mlx5/mod.ts";
import { isFwctlError, SyscallError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import type { PlainObject } from "../../lib/plain.ts";
import { boot, text } from "./drivers_fixture.ts";

/** Every path below `path`, links not followed. */
function* paths(host: ModelHost, path: string): Generator<string> {
  for (const name of host.list(path)) {
    const at = `${path}/${name}`;
    yield at;
    if (isLink(host, at)) continue;
    if (isDir(host, at)) yield* paths(host, at);
  }
}

function isLink(host: ModelHost, path: string): boolean {
  try {
    return host.readLink(path) !== "";
  } catch {
    return false;
  }
}

function isDir(host: ModelHost, path: string): boolean {
  try {
    host.list(path);
    return true;
  } catch {
    return false;
  }
}

// The texts are what Linux 7.2.13 showed on the lab machine.
Deno.test("lab: fwctl's class, links and files read as on the real machine", async () => {
  using host = await boot("lab");
  assertEquals(host.list("/sys/class/fwctl").length, 16);
  assertEquals(
    host.readLink("/sys/class/fwctl/fwctl0"),
    "../../devices/pci0000:00/0000:00:05.0/fwctl/fwctl0",
  );
  const at = "/sys/class/fwctl/fwctl1";
  assertEquals(host.list(at), ["dev", "device", "subsystem", "uevent"]);
  assertEquals(host.readLink(`${at}/device`), "../../../0000:00:06.0");
  assertEquals(host.readLink(`${at}/subsystem`), "../../../../../class/fwctl");
  assertEquals(text(host, `${at}/dev`), "251:1\n");
  assertEquals(
    text(host, `${at}/uevent`),
    "MAJOR=251\nMINOR=1\nDEVNAME=fwctl/fwctl1\n",
  );
  assertEquals(
    host.readLink("/sys/bus/auxiliary/devices/mlx5_core.fwctl.2"),
    "../../../devices/pci0000:00/0000:00:07.0/mlx5_core.fwctl.2",
  );
  assertEquals(
    host.readLink(
      "/sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl/mlx5_core.fwctl.0",
    ),
    "../../../../devices/pci0000:00/0000:00:05.0/mlx5_core.fwctl.0",
  );
  assert(!host.exists("/sys/bus/pci/devices/0000:00:05.0/driver"));
});

Deno.test("lab-sriov: PF and VFs read as on the real machine", async () => {
  using host = await boot("lab-sriov");
  const pf = "/sys/bus/pci/devices/0000:01:00.0";
  assertEquals(
    host.readLink(pf),
    "../../../devices/pci0000:00/0000:00:09.0/0000:01:00.0",
  );
  assertEquals(text(host, `${pf}/sriov_totalvfs`), "8\n");
  assertEquals(text(host, `${pf}/sriov_numvfs`), "4\n");
  assertEquals(text(host, `${pf}/sriov_drivers_autoprobe`), "0\n");
  assertEquals(text(host, `${pf}/driver_override`), "(null)\n");
  assertEquals(
    host.readLink(`${pf}/driver`),
    "../../../../bus/pci/drivers/mlx5_core",
  );
  assertEquals(
    host.readLink(`${pf}/iommu_group`),
    "../../../../kernel/iommu_groups/11",
  );
  assertEquals(host.list(`${pf}/fwctl`), ["fwctl16"]);
  const vfs = [0, 1, 2, 3].map((n) => {
    const vf = `${pf}/virtfn${n}`;
    return {
      link: host.readLink(vf),
      physfn: host.readLink(`${vf}/physfn`),
      driver: host.exists(`${vf}/driver`)
        ? host.readLink(`${vf}/driver`).split("/").at(-1)
        : "-",
      enable: text(host, `${vf}/enable`).trim(),
      override: text(host, `${vf}/driver_override`).trim(),
      group: host.readLink(`${vf}/iommu_group`).split("/").at(-1),
      fwctl: host.exists(`${vf}/fwctl`) ? host.list(`${vf}/fwctl`) : [],
      vfio: host.exists(`${vf}/vfio-dev`) ? host.list(`${vf}/vfio-dev`) : [],
    };
  });
  const physfn = "../0000:01:00.0";
  assertEquals(vfs, [
    {
      link: "../0000:01:00.1",
      physfn,
      driver: "vfio-pci",
      enable: "0",
      override: "vfio-pci",
      group: "12",
      fwctl: [],
      vfio: ["vfio0"],
    },
    {
      link: "../0000:01:00.2",
      physfn,
      driver: "mlx5_core",
      enable: "1",
      override: "mlx5_core",
      group: "13",
      fwctl: ["fwctl17"],
      vfio: [],
    },
    {
      link: "../0000:01:00.3",
      physfn,
      driver: "pci-stub",
      enable: "0",
      override: "pci-stub",
      group: "14",
      fwctl: [],
      vfio: [],
    },
    {
      link: "../0000:01:00.4",
      physfn,
      driver: "-",
      enable: "0",
      override: "(null)",
      group: "15",
      fwctl: [],
      vfio: [],
    },
  ]);
  assertEquals(host.list("/dev/vfio"), ["12", "devices", "vfio"]);
  assertEquals(host.list("/dev/vfio/devices"), ["vfio0"]);
});

for (
  const name of ["connectx", "two-cards", "mixed", "cxl-vendor", "lab-sriov"]
) {
  Deno.test(`${name}: no link of sysfs dangles, and every file can be read`, async () => {
    using host = await boot(name);
    let count = 0;
    for (const path of paths(host, "/sys")) {
      count++;
      if (isLink(host, path)) assert(host.exists(path), path);
      else if (!isDir(host, path)) assert(host.readFile(path).length > 0, path);
    }
    assert(count > 50);
  });
}

Deno.test("a held VF shows in enable, in /proc of the holder, and is busy", async () => {
  using host = await boot("connectx");
  const vf = "/sys/bus/pci/devices/0000:3b:01.0";
  assertEquals(text(host, `${vf}/enable`), "1\n");
  assertEquals(text(host, "/proc/4711/comm"), "qemu-system-x86\n");
  const targets = host.list("/proc/4711/fd").map((fd) =>
    host.readLink(`/proc/4711/fd/${fd}`)
  );
  assert(targets.includes("/dev/vfio/47"));
  assert(targets.includes("anon_inode:[vfio-device]"));
  const busy = assertThrows(() => host.open("/dev/vfio/47"), SyscallError);
  assertEquals(busy.errnoName, "EBUSY");
  host.open("/dev/vfio/46").close();
});

Deno.test("procfs tells boot id, kernel, taint, lockdown and capabilities", async () => {
  using host = await boot("locked-down");
  assert(
    /^[0-9a-f-]{36}\n$/.test(text(host, "/proc/sys/kernel/random/boot_id")),
  );
  assertEquals(text(host, "/proc/sys/kernel/tainted"), "0\n");
  assertEquals(
    text(host, "/sys/kernel/security/lockdown"),
    "none [integrity] confidentiality\n",
  );
  assert(
    text(host, "/proc/self/status").includes("CapEff:\t000001fffffdffff\n"),
  );
});

Deno.test("an ordinary user opens no device and looks into no other process", async () => {
  const scenario = await loadScenario("connectx");
  using host = await ModelHost.create(
    parseScenario({
      ...scenario.source,
      host: { uid: 1000, capSysRawio: false },
    } as PlainObject),
    [driver],
  );
  for (
    const attempt of [
      () => host.open("/dev/fwctl/fwctl0"),
      () => host.list("/proc/4711/fd"),
      () => host.readLink("/proc/4711/fd/4"),
    ]
  ) {
    assertEquals(assertThrows(attempt, SyscallError).errnoName, "EACCES");
  }
  assert(text(host, "/proc/self/status").includes("Uid:\t1000\t"));
  assertEquals(host.list("/proc/self/fd"), ["0", "1", "2"]);
});

Deno.test("wrong paths fail with the kernel's errno", async () => {
  using host = await boot("connectx");
  const cases: [() => unknown, string][] = [
    [() => host.list("/sys/nothing"), "ENOENT"],
    [() => host.list("/proc/self/comm"), "ENOTDIR"],
    [() => host.readFile("/proc/self/comm/x"), "ENOTDIR"],
    [() => host.readFile("/proc/self/comm/"), "ENOTDIR"],
    [() => host.readFile("/sys/class"), "EISDIR"],
    [() => host.readLink("/sys/class"), "EINVAL"],
    [() => host.readFile("sys"), "EINVAL"],
    [() => host.open("/dev/fwctl/fwctl9"), "ENOENT"],
    [() => host.open("/dev/fwctl"), "EISDIR"],
  ];
  for (const [call, name] of cases) {
    assertEquals(assertThrows(call, SyscallError).errnoName, name);
  }
});

Deno.test("`..` after a link goes up from where the link leads", async () => {
  using host = await boot("connectx");
  assertEquals(
    text(host, "/sys/class/fwctl/fwctl0/device/../0000:3b:00.2/device"),
    "0x101e\n",
  );
  assertEquals(host.list("/../../sys/class").includes("fwctl"), true);
});

Deno.test("any path at all gives an answer or a SyscallError", async () => {
  using host = await boot("connectx");
  const part = fc.oneof(
    fc.constantFrom(
      ...["sys", "class", "fwctl", "fwctl0", "device", "..", ".", "", "proc"],
      ...["self", "bus", "pci", "devices", "0000:3b:00.0", "virtfn0", "physfn"],
      ...["__proto__", "constructor", "dev", "vfio", "47", "fd", "\0"],
    ),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const path = `/${parts.join("/")}`;
      for (
        const call of [
          () => host.list(path),
          () => host.readFile(path, 64),
          () => host.readLink(path),
          () => host.open(path).close(),
        ]
      ) {
        try {
          call();
        } catch (error) {
          assert(isFwctlError(error) && error.code === "SyscallError");
        }
      }
    }),
    { numRuns: 2000 },
  );
});
