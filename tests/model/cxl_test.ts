import { assert, assertEquals, assertThrows } from "@std/assert";
import { discover } from "../../lib/device/discovery.ts";
import { openDevice } from "../../lib/device/open.ts";
import { ModelError, SyscallError } from "../../lib/errors.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import type { PlainObject } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { boot, bootDevices, modelled, text } from "./drivers_fixture.ts";

const ON_PCI = { driver: "cxl", memdev: "mem0", pci: "0000:0d:00.0" };
const ON_PLATFORM = {
  driver: "cxl",
  memdev: "mem3",
  platform: ["cxl_host_bridge.0", "cxl_mem.3"],
};

function refused(device: PlainObject, says: string): void {
  const data = { format: "fwctl-scenario/1", name: "x", devices: [device] };
  assertThrows(() => parseScenario(data), ModelError, says);
}

Deno.test("a memory device on PCI sits below its function, which has no fwctl itself", async () => {
  using host = await bootDevices([{ ...ON_PCI, bridges: ["0000:0c:00.0"] }]);
  const pci = "/sys/devices/pci0000:0c/0000:0c:00.0/0000:0d:00.0";
  assertEquals(
    host.readLink("/sys/class/fwctl/fwctl0"),
    `../..${pci.slice(4)}/mem0/fwctl/fwctl0`,
  );
  assertEquals(
    host.readLink("/sys/class/fwctl/fwctl0/device"),
    "../../../mem0",
  );
  assertEquals(
    host.readLink(`${pci}/mem0/driver`),
    "../../../../../bus/cxl/drivers/cxl_mem",
  );
  assertEquals(
    host.readLink(`${pci}/driver`).split("/").at(-1),
    "cxl_pci",
  );
  assert(!host.exists(`${pci}/fwctl`));
  assertEquals(text(host, `${pci}/class`), "0x050210\n");
  assertEquals(
    host.readLink("/sys/bus/cxl/devices/mem0"),
    `../../..${pci.slice(4)}/mem0`,
  );
  assertEquals(host.list("/sys/bus/cxl/drivers/cxl_mem"), ["mem0"]);
  assertEquals(host.list("/sys/bus/auxiliary/devices"), []);
  assertEquals(host.list("/dev/cxl"), ["mem0"]);
});

Deno.test("discovery sees memory devices on PCI and on platform devices", async () => {
  using host = await bootDevices([ON_PCI, ON_PLATFORM]);
  assertEquals(
    discover(host).devices.map((d) => [
      d.name,
      d.driver,
      d.kernelDriver,
      d.parent,
      d.cxl,
      d.pci,
      d.pciId,
    ]),
    [
      [
        "fwctl0",
        "cxl",
        "cxl_mem",
        "mem0",
        ["mem0"],
        "0000:0d:00.0",
        "8086:0d93",
      ],
      ["fwctl1", "cxl", "cxl_mem", "mem3", ["mem3"], null, null],
    ],
  );
});

Deno.test("a memory device has its fwctl device without cxl_mem too", async () => {
  using host = await bootDevices([{ ...ON_PLATFORM, kernelDriver: "" }]);
  const [device] = discover(host).devices;
  assertEquals([device?.driver, device?.kernelDriver], ["cxl", null]);
  assertEquals(host.list("/sys/bus/cxl/drivers"), []);
});

Deno.test("its files say what the scenario says, as the kernel writes it", async () => {
  using host = await bootDevices([{
    ...ON_PLATFORM,
    memory: {
      serial: "0xFEDCBA9876543210",
      firmwareVersion: "fw 1",
      payloadMax: 4096,
      labelStorageSize: 131072,
      numaNode: 1,
      ram: 2 ** 30,
    },
  }]);
  const at = "/sys/bus/cxl/devices/mem3";
  const read = (name: string) => text(host, `${at}/${name}`);
  assertEquals(
    ["serial", "firmware_version", "payload_max", "numa_node"].map(read),
    ["0xfedcba9876543210\n", "fw 1\n", "4096\n", "1\n"],
  );
  assertEquals([read("ram/size"), read("pmem/size")], ["0x40000000\n", "0\n"]);
  assertEquals(read("label_storage_size"), "131072\n");
  assertEquals(
    read("uevent"),
    "MAJOR=250\nMINOR=3\nDEVNAME=cxl/mem3\nDEVTYPE=cxl_memdev\nDRIVER=cxl_mem\n",
  );
});

Deno.test("without a node of its own, a memory device's numa_node is -1, given or not", async () => {
  for (const memory of [{}, { numaNode: -1 }]) {
    using host = await bootDevices([{ ...ON_PCI, memory }]);
    assertEquals(text(host, "/sys/bus/cxl/devices/mem0/numa_node"), "-1\n");
  }
  refused({ ...ON_PCI, memory: { numaNode: -2 } }, "memory.numaNode is -2");
});

Deno.test("the memory device's name is the key to unplug, plug and the saved state", async () => {
  using host = await bootDevices([ON_PCI, ON_PLATFORM]);
  assert(host.unplug("mem0"));
  assert(!host.exists("/dev/fwctl/fwctl0"));
  assert(!host.exists("/sys/bus/cxl/devices/mem0/fwctl"));
  assertThrows(() => host.unplug("0000:0d:00.0"), ModelError, "no fwctl");
  const state = host.save();
  assertEquals(state["fwctl"], [[1, "mem3"]]);
  using again = await bootDevices([ON_PCI, ON_PLATFORM], undefined, state);
  assertEquals(again.list("/dev/fwctl"), ["fwctl1"]);
  assert(again.plug("mem0"));
  assertEquals(again.save()["fwctl"], undefined);
});

Deno.test("what a memory device remembers is saved under its name", async () => {
  using host = await bootDevices([ON_PCI]);
  using device = openDevice(host, "/dev/fwctl/fwctl0");
  const request = new Uint8Array(16 + 36);
  const view = new DataView(request.buffer);
  view.setUint32(0, 0x502, true);
  view.setUint32(8, 36, true);
  request.fill(0xff, 16, 32); // the mock's one feature
  request.set([1, 2, 3, 4], 48);
  device.rpc({ scope: "debug-write", request, responseCapacity: 16 });
  const { devices } = host.save();
  assertEquals(devices, { mem0: { vendor: "01020304", lab: null } });
});

Deno.test("what a memory device cannot be is refused by its key path", () => {
  refused({ driver: "cxl", pci: "0000:0d:00.0" }, "memdev is missing");
  refused({ ...ON_PCI, memdev: "mem01" }, "memdev is");
  refused({ driver: "cxl", memdev: "mem0" }, "pci is missing");
  refused({ ...ON_PLATFORM, pci: "0000:0d:00.0" }, "pci is not known");
  refused({ ...ON_PLATFORM, platform: [] }, "platform is empty");
  refused({ ...ON_PLATFORM, platform: ["a", "a"] }, "names a twice");
  refused({ ...ON_PLATFORM, platform: ["mem3"] }, "which is a device");
  refused({ ...ON_PLATFORM, platform: ["../x"] }, "not a name");
  refused({ ...ON_PLATFORM, platform: ["x", "uevent"] }, "cannot be uevent");
  refused({ ...ON_PCI, vfs: 2 }, "vfs is not known");
  refused({ ...ON_PCI, memory: { serial: "12" } }, "memory.serial must be");
  refused({ ...ON_PCI, memory: { ramm: 1 } }, 'did you mean "ram"?');
  refused(
    { ...ON_PCI, memory: { firmwareVersion: "x".repeat(17) } },
    "1 to 16 plain characters",
  );
  refused({ driver: "mlx5", pci: "0000:0d:00.0", memdev: "mem0" }, "memdev");
});

Deno.test("one memory device's name twice is refused", () => {
  const devices = [ON_PCI, { ...ON_PLATFORM, memdev: "mem0" }];
  assertThrows(
    () => parseScenario({ format: "fwctl-scenario/1", name: "x", devices }),
    ModelError,
    "devices[1].memdev is mem0, which devices[0].memdev has",
  );
});

Deno.test("a machine without memory devices has no cxl bus", async () => {
  using host = await boot("connectx");
  for (const path of ["/sys/bus/cxl", "/sys/bus/platform", "/dev/cxl"]) {
    assertEquals(
      assertThrows(() => host.list(path), SyscallError).errnoName,
      "ENOENT",
    );
  }
});

Deno.test("a firmware that unplugs a memory device in a call: the call ends, then ENODEV", async () => {
  const driver = modelled("cxl", (device) => ({
    ops: () => ({
      device_type: 2,
      open_uctx: () => ({}),
      close_uctx: () => {},
      fw_rpc: (_uctx, _scope, in_) => {
        device.unplug(0);
        return { out: in_, out_len: in_.length };
      },
    }),
    save: () => null,
    restore: () => {},
  }));
  using host = await bootDevices([ON_PLATFORM], [driver]);
  using device = openDevice(host, "/dev/fwctl/fwctl0");
  const rpc = () =>
    device.rpc({
      scope: "configuration",
      request: new Uint8Array(16),
      responseCapacity: 16,
    });
  assertEquals(rpc().data.length, 16);
  assertEquals(assertThrows(rpc, SyscallError).errno, ERRNO.ENODEV);
  assert(!host.exists("/dev/fwctl/fwctl0"));
});
