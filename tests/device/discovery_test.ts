import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { discover } from "../../lib/device/discovery.ts";
import { isFwctlError, SyscallError } from "../../lib/errors.ts";
import { pathError } from "../../lib/host/failure.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { capturedHost, FakeHost } from "../host/fake_host.ts";

Deno.test("discovery lists devices in order of their numbers, by driver", () => {
  const { devices } = discover(capturedHost("servers"));
  assertEquals(
    devices.map(({ name, driver, parent, pci, kernelDriver }) => [
      name,
      driver,
      parent,
      pci,
      kernelDriver,
    ]),
    [
      ["fwctl2", "mlx5", "0000:3b:00.0", "0000:3b:00.0", "mlx5_core"],
      ["fwctl3", "bnxt", "10000:01:00.1", "10000:01:00.1", "bnxt_en"],
      ["fwctl4", "pds", "0000:40:00.0", "0000:40:00.0", "pds_core"],
      ["fwctl5", "unknown", "later.0", null, "later"],
      ["fwctl10", "cxl", "mem0", "0000:0d:00.0", "cxl_mem"],
    ],
  );
});

Deno.test("discovery describes a physical function and its VFs in order", () => {
  const [device] = discover(capturedHost("servers")).devices;
  assertEquals(device, {
    name: "fwctl2",
    path: "/dev/fwctl/fwctl2",
    driver: "mlx5",
    kernelDriver: "mlx5_core",
    sysfs: "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0",
    parent: "0000:3b:00.0",
    pci: "0000:3b:00.0",
    pciId: "15b3:101d",
    infiniband: ["mlx5_0"],
    net: ["ens1f0np0", "ens1f0npf0vf0"],
    cxl: [],
    physfn: null,
    virtfns: [
      vf(0, "0000:3b:00.2", "vfio-pci", true),
      vf(2, "0000:3b:00.4", null, false),
      vf(10, "0000:3b:01.4", null, null),
    ],
    numVfs: 3,
    totalVfs: 16,
  });
});

Deno.test("discovery reads a CXL memory device one level above its PCI function", () => {
  const device = discover(capturedHost("servers")).devices.at(-1);
  assertEquals(device?.cxl, ["mem0"]);
  assertEquals(device?.pciId, "1c5c:2904");
  assertEquals(device?.numVfs, null);
});

Deno.test("discovery never reads sriov_numvfs, which can wait for ever", () => {
  for (const name of ["servers", "lab-sriov"]) {
    const host = capturedHost(name);
    discover(host);
    assert(host.looks.length > 20);
    assertEquals(host.looks.filter((path) => path.includes("numvfs")), []);
  }
});

Deno.test("discovery opens no device", () => {
  const host = capturedHost("servers");
  discover(host);
  assertEquals(host.opened, []);
});

Deno.test("discovery reports the machine's facts", () => {
  const { devices: _, ...facts } = discover(capturedHost("servers"));
  assertEquals(facts, {
    bootId: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    kernel: "7.2.13",
    lockdown: "integrity",
    tainted: true,
    rawio: false,
  });
});

Deno.test("discovery agrees with a capture of Linux 7.2.13 with SR-IOV", () => {
  const { devices, kernel, rawio, tainted, lockdown } = discover(
    capturedHost("lab-sriov"),
  );
  assertEquals([kernel, rawio, tainted, lockdown], [
    "7.2.13",
    true,
    false,
    "none",
  ]);
  // On that machine no PCI driver is bound to the first five: the driver is
  // known by the auxiliary device.
  assertEquals(devices.slice(0, 5).map((device) => device.driver), [
    "mlx5",
    "mlx5",
    "mlx5",
    "pds",
    "bnxt",
  ]);
  assertEquals(devices[0]?.kernelDriver, null);
  assertEquals(
    devices.slice(5, 16).map(({ driver, pci }) => [driver, pci]),
    Array.from({ length: 11 }, () => ["cxl", null]),
  );
  const [pf, own] = devices.slice(16);
  assertEquals([pf?.name, pf?.numVfs, pf?.totalVfs], ["fwctl16", 4, 8]);
  assertEquals(pf?.virtfns, [
    vf(0, "0000:01:00.1", "vfio-pci", false),
    { ...vf(1, "0000:01:00.2", "mlx5_core", true), fwctl: "fwctl17" },
    vf(2, "0000:01:00.3", null, false),
    vf(3, "0000:01:00.4", null, false),
  ]);
  assertEquals([own?.name, own?.physfn], ["fwctl17", "0000:01:00.0"]);
});

Deno.test("discovery without the fwctl class finds no devices", () => {
  const { devices, lockdown, bootId } = discover(new FakeHost());
  assertEquals(devices, []);
  assertEquals([lockdown, bootId], ["unknown", ""]);
});

Deno.test("discovery does not hide that the class cannot be listed", () => {
  const host = capturedHost("servers");
  host.before = (path) => {
    if (path === "/sys/class/fwctl") {
      throw pathError("open", path, ERRNO.EACCES);
    }
  };
  assertThrows(() => discover(host), SyscallError, "EACCES");
});

Deno.test("discovery takes further kernel drivers by name", () => {
  const { devices } = discover(capturedHost("servers"), [
    { name: "soon", kernelDrivers: ["later"] },
    { name: "mlx5" },
  ]);
  assertEquals(devices.map((device) => device.driver), [
    "mlx5",
    "bnxt",
    "pds",
    "soon",
    "cxl",
  ]);
});

Deno.test("discovery survives entries that vanish at any moment", () => {
  const looks = (() => {
    const host = capturedHost("servers");
    discover(host);
    return host.looks;
  })();
  for (let moment = 0; moment < looks.length; moment++) {
    for (
      const gone of [
        "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0",
        "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2",
        "/sys/class/fwctl/fwctl2",
      ]
    ) {
      const host = capturedHost("servers");
      let left = moment;
      host.before = () => left-- === 0 && host.remove(gone);
      const { devices } = discover(host);
      // The others are not touched by it.
      assert(devices.length >= 4 && devices.at(-1)?.name === "fwctl10");
    }
  }
});

Deno.test("discovery never throws an untyped error, whatever sysfs says", () => {
  const clean = Deno.readTextFileSync(
    new URL("../fixtures/sysfs/servers.txt", import.meta.url),
  ).split("\n");
  const odd = fc.constantFrom(
    "",
    "/",
    "..",
    "../../../../../../..",
    "0x",
    "0xzzzz",
    "-1",
    "99999999999999999999",
    "\u0000\u001b[31m",
    "a".repeat(5000),
    "/sys/class/fwctl/fwctl2",
    "/proc/self/status",
    "[",
    "[none]",
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(clean.length - 1), odd), { maxLength: 12 }),
      (changes) => {
        const lines = [...clean];
        for (const [at, value] of changes) {
          lines[at] = (lines[at] ?? "").replace(/(->|=) .*/, `$1 ${value}`);
        }
        try {
          const inventory = discover(new FakeHost(lines.join("\n")));
          assertEquals(structuredClone(inventory), inventory);
        } catch (error) {
          assert(isFwctlError(error), String(error));
        }
      },
    ),
    { numRuns: 1000, seed: 7 },
  );
});

Deno.test("discovery of 4,000 VFs takes well under a second", () => {
  const pf = "/sys/devices/pci0000:3a/0000:3b:00.0";
  const lines = [
    "/sys/class/fwctl/fwctl0 -> ../../devices/pci0000:3a/0000:3b:00.0/fwctl/fwctl0",
    `${pf}/fwctl/fwctl0/device -> ../../../0000:3b:00.0`,
    `${pf}/sriov_totalvfs = 4000`,
  ];
  for (let i = 0; i < 4000; i++) {
    const devfn = i + 2;
    const hex = (n: number) => n.toString(16).padStart(2, "0");
    const pci = `0000:${hex(0x3b + (devfn >> 8))}:${hex(devfn >> 3 & 31)}.${
      devfn & 7
    }`;
    lines.push(
      `${pf}/virtfn${i} -> ../${pci}`,
      `/sys/devices/pci0000:3a/${pci}/enable = 0`,
    );
  }
  const host = new FakeHost(lines.join("\n"));
  const start = performance.now();
  const [device] = discover(host).devices;
  assertLess(performance.now() - start, 900);
  assertEquals(device?.virtfns.length, 4000);
  assertEquals(device?.virtfns[3999]?.index, 3999);
  // Three looks a VF at most: its link, its driver, its state.
  assertLess(host.looks.length, 3 * 4000 + 40);
});

function vf(
  index: number,
  pci: string,
  kernelDriver: string | null,
  enabled: boolean | null,
) {
  return { index, pci, kernelDriver, fwctl: null as string | null, enabled };
}
