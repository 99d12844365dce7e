import { assert, assertEquals } from "@std/assert";
import { discover, findDevice } from "../../lib/device/discovery.ts";
import { openDevice } from "../../lib/device/open.ts";
import { boot, bootDevices, text } from "./drivers_fixture.ts";

/** What Linux 7.2.13 showed on the lab machine: `path -> link`, `path = text`, `directory/`. */
async function recorded(name: string): Promise<string[]> {
  const file = new URL(`../fixtures/sysfs/${name}.txt`, import.meta.url);
  return (await Deno.readTextFile(file)).split("\n")
    .filter((line) => line.startsWith("/sys/"));
}

/**
 * Where the model is known to differ: the real mlx5_core counts an auxiliary
 * device of each function, fwctl or not; and the capture is from before VF 2
 * was given to pci-stub.
 */
const DIFFERENT = [
  "/0000:01:00.2/mlx5_core.fwctl.5/",
  "/0000:01:00.3/driver_override",
];

for (const name of ["lab", "lab-sriov"]) {
  Deno.test(`${name}: everything recorded of the real machine's sysfs is the same`, async () => {
    using host = await boot(name);
    const lines = await recorded(name);
    let held = 0;
    for (const line of lines) {
      const [, path = "", kind, value = ""] =
        /^(\S+?)\/?(?: (->|=) (.*))?$/.exec(line) ?? [];
      if (DIFFERENT.some((part) => line.includes(part))) continue;
      held++;
      if (kind === "->") assertEquals(host.readLink(path), value, path);
      else if (kind === "=") {
        assertEquals(
          text(host, path),
          `${value.replace(/\\n/g, "\n")}\n`,
          path,
        );
      } else assert(host.exists(path), path);
    }
    assert(held > 85, `${held} lines held`);
    assertEquals(
      host.list("/sys/class/fwctl").length,
      lines.filter((line) => line.startsWith("/sys/class/fwctl/")).length,
    );
  });
}

Deno.test("lab: sixteen devices, each of its type", async () => {
  using host = await boot("lab");
  const types = discover(host).devices.map(({ name, driver, path }) => {
    using device = openDevice(host, path);
    return [name, driver, device.info().deviceType];
  });
  assertEquals(types, [
    ...[0, 1, 2].map((n) => [`fwctl${n}`, "mlx5", 1]),
    ["fwctl3", "pds", 4],
    ["fwctl4", "bnxt", 3],
    ...Array.from({ length: 11 }, (_, i) => [`fwctl${5 + i}`, "cxl", 2]),
  ]);
});

Deno.test("lab: the stub's features are there only in lab-features", async () => {
  for (const [name, count] of [["lab", 1], ["lab-features", 18]] as const) {
    using host = await boot(name);
    using device = openDevice(host, "/dev/fwctl/fwctl5");
    const request = new Uint8Array(24);
    const view = new DataView(request.buffer);
    view.setUint32(0, 0x500, true);
    view.setUint32(8, 8, true);
    view.setUint32(16, 0, true);
    const { data } = device.rpc({
      scope: "configuration",
      request,
      responseCapacity: 4096,
    });
    assertEquals(new DataView(data.buffer).getUint16(8 + 2, true), count);
  }
});

Deno.test("mixed: one device of each driver, with its names", async () => {
  using host = await boot("mixed");
  assertEquals(
    discover(host).devices.map((d) => [
      d.driver,
      d.kernelDriver,
      d.parent,
      d.pciId,
      [...d.net, ...d.infiniband, ...d.cxl],
      d.numVfs,
    ]),
    [
      [
        "mlx5",
        "mlx5_core",
        "0000:3b:00.0",
        "15b3:101d",
        ["ens1f0np0", "mlx5_0"],
        4,
      ],
      ["cxl", "cxl_mem", "mem0", "8086:0d93", ["mem0"], null],
      ["pds", "pds_core", "0000:40:00.0", "1dd8:100c", [], null],
      [
        "bnxt",
        "bnxt_en",
        "0000:5e:00.0",
        "14e4:1750",
        ["ens4f0np0", "bnxt_re0"],
        2,
      ],
    ],
  );
  const inventory = discover(host);
  for (
    const [name, found] of [
      ["ens4f0np0", "fwctl3"],
      ["bnxt_re0", "fwctl3"],
      ["mem0", "fwctl1"],
      ["0d:00.0", "fwctl1"],
      ["40:00.0", "fwctl2"],
    ] as const
  ) assertEquals(findDevice(inventory, name).name, found);
  const vf = "/sys/bus/pci/devices/0000:5e:00.0/virtfn0";
  assertEquals(host.readLink(vf), "../0000:5e:02.0");
  assertEquals(text(host, `${vf}/device`), "0x1806\n");
  assertEquals(
    host.readLink("/sys/class/net/ens4f0np0"),
    "../../devices/pci0000:5d/0000:5d:00.0/0000:5e:00.0/net/ens4f0np0",
  );
  assertEquals(host.list("/sys/bus/auxiliary/devices"), [
    "bnxt_en.fwctl.0",
    "mlx5_core.fwctl.0",
    "pds_core.fwctl.0",
  ]);
});

Deno.test("a NetXtreme's virtual functions at bnxt_en have fwctl devices of their own", async () => {
  using host = await bootDevices([{
    driver: "bnxt",
    pci: "0000:5e:00.0",
    net: ["ens4f0np0"],
    vfOffset: 16,
    totalVfs: 64,
    vfs: { enabled: 3, drivers: ["bnxt_en", null, "bnxt_en"] },
  }]);
  const devices = discover(host).devices;
  assertEquals(
    devices.map((d) => [d.name, d.driver, d.parent, d.physfn, d.pciId]),
    [
      ["fwctl0", "bnxt", "0000:5e:00.0", null, "14e4:1750"],
      ["fwctl1", "bnxt", "0000:5e:02.0", "0000:5e:00.0", "14e4:1806"],
      ["fwctl2", "bnxt", "0000:5e:02.2", "0000:5e:00.0", "14e4:1806"],
    ],
  );
  assertEquals(
    devices[0]?.virtfns.map(({ pci, fwctl }) => [pci, fwctl]),
    [
      ["0000:5e:02.0", "fwctl1"],
      ["0000:5e:02.1", null],
      ["0000:5e:02.2", "fwctl2"],
    ],
  );
  assertEquals(devices[0]?.net, ["ens4f0np0"]);
});
