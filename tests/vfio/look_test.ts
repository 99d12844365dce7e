/** Virtual functions on modelled machines, and on one made of paths: state, holders, owners. */
import { assertEquals, assertThrows } from "@std/assert";
import { discover } from "../../lib/device/discovery.ts";
import { PlanError } from "../../lib/errors.ts";
import type { Host } from "../../lib/host/host.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenarioText } from "../../lib/model/load.ts";
import { gate, heldText, obstacle } from "../../lib/vfio/gate.ts";
import { findHolders } from "../../lib/vfio/holders.ts";
import { lookAtVf, type VfLook } from "../../lib/vfio/look.ts";
import { scenario } from "../cli/fwctl.ts";
import { DRIVERS } from "../recipes/run.ts";
import { made } from "./made.ts";

async function machine(
  vfs: Record<string, unknown>,
  host: Record<string, unknown> = {},
): Promise<ModelHost> {
  const text = JSON.stringify(scenario({}, { enabled: 4, ...vfs }, host));
  return await ModelHost.create(parseScenarioText(text, "test"), DRIVERS);
}

function lookAt(host: Host, pci: string): VfLook {
  return lookAtVf(
    host,
    discover(host),
    pci,
    "mlx5",
    () => findHolders(host),
  );
}

Deno.test("each state of a function is told from the others", async () => {
  using host = await machine({
    drivers: [null, "mlx5_core", "vfio-pci", "vfio-pci"],
    heldBy: [null, null, null, "qemu-system-x86[4711] through /dev/vfio/77"],
  });
  const looks = [2, 3, 4, 5].map((at) => lookAt(host, `0000:3b:00.${at}`));
  assertEquals(looks.map(({ state }) => state), [
    "free",
    "host-driver",
    "vfio-idle",
    "in-use",
  ]);
  assertEquals(looks.map((look) => obstacle(look) === undefined), [
    true,
    false,
    true,
    false,
  ]);
  assertEquals(looks[3]?.holders, [
    { pid: 4711, comm: "qemu-system-x86", through: "/dev/vfio/77" },
  ]);
  assertEquals(
    looks.map(({ index, pf }) => [index, pf]),
    [0, 1, 2, 3].map((
      index,
    ) => [index, "0000:3b:00.0"]),
  );
});

Deno.test("a function that is held through its device node is in use, by name", async () => {
  using host = await machine({
    drivers: "mlx5_vfio_pci",
    heldBy: [null, "qemu-kvm[99] through /dev/vfio/devices/vfio5"],
  });
  const look = lookAt(host, "0000:3b:00.3");
  assertEquals(look.state, "in-use");
  assertEquals(
    heldText(look),
    "held by qemu-kvm[99] through /dev/vfio/devices/vfio5",
  );
  assertThrows(() => gate([look]), PlanError, "qemu-kvm[99]");
});

Deno.test("who may not look into processes is not told that a function is idle", async () => {
  using host = await machine({
    drivers: ["vfio-pci"],
    heldBy: [],
  });
  const look = lookAtVf(
    host,
    discover(host),
    "0000:3b:00.2",
    "mlx5",
    () => ({ by: new Map(), blind: 3 }),
  );
  assertEquals(look.state, "unknown");
  assertThrows(
    () => gate([look]),
    PlanError,
    "3 processes may not be looked into",
  );
});

Deno.test("a function without a VFIO driver needs no look through /proc", async () => {
  using host = await machine({});
  const look = lookAtVf(host, discover(host), "0000:3b:00.2", "mlx5", () => {
    throw new Error("looked");
  });
  assertEquals(look.state, "free");
});

Deno.test("an address that is no VF of an mlx5 device says what it is", async () => {
  using host = await machine({});
  for (
    const [pci, words] of [
      ["0000:3b:00.0", "is the physical function of fwctl0"],
      ["0000:99:00.0", "There is no PCI device 0000:99:00.0"],
    ] as const
  ) {
    assertThrows(() => lookAt(host, pci), PlanError, words);
  }
});

Deno.test("holders are found by every kind of descriptor, also of a node that is gone", () => {
  const { by, blind } = findHolders(made({
    "/proc/1/fd/": "EACCES",
    "/proc/20/comm": "qemu-kvm\n",
    "/proc/20/fd/0": "/dev/null",
    "/proc/20/fd/9": "/dev/vfio/12",
    "/proc/20/fd/10": "anon_inode:[vfio-device]",
    "/proc/20/fdinfo/10":
      "pos:\t0\nvfio-device-syspath: /sys/devices/pci0000:00/0000:3b:00.2\n",
    "/proc/21/fd/3": "/dev/vfio/devices/vfio4 (deleted)",
    "/proc/22/fd/3": "/dev/vfio/vfio",
    "/proc/23/fd/3": "/dev/vfio/noiommu-0",
    "/proc/24/fd/3": "/tmp/dev/vfio/1x",
    "/proc/uptime": "1",
  }));
  assertEquals(blind, 1);
  assertEquals(
    [...by].map(([key, list]) => [key, list.map(({ pid }) => pid)]),
    [
      ["0000:3b:00.2", [20]],
      ["/dev/vfio/12", [20]],
      ["/dev/vfio/devices/vfio4", [21]],
      ["/dev/vfio/noiommu-0", [23]],
    ],
  );
});

Deno.test("a machine without /proc is blind, not free of holders", () => {
  assertEquals(findHolders(made({})).blind, -1);
});

const PF = "/sys/bus/pci/devices/0000:3b:00.0";
const VF = "/sys/bus/pci/devices/0000:3b:00.2";
const INVENTORY = {
  bootId: "",
  kernel: "",
  lockdown: "none",
  tainted: false,
  rawio: true,
  devices: [],
};

Deno.test("a VF whose PF has no fwctl device says which driver the PF has", () => {
  const host = made({
    [VF]: "x",
    [`${VF}/physfn`]: "../0000:3b:00.0",
    [`${PF}/driver`]: "../../bus/pci/drivers/mlx5_core",
  });
  const error = assertThrows(
    () =>
      lookAtVf(
        host,
        INVENTORY,
        "0000:3b:00.2",
        "mlx5",
        () => findHolders(host),
      ),
    PlanError,
    "0000:3b:00.0 of 0000:3b:00.2 has no fwctl device: it is bound to mlx5_core",
  );
  assertEquals(
    error.hint,
    "Load the fwctl driver of the card: modprobe mlx5_fwctl",
  );
});

Deno.test("links that contradict each other stop everything", async () => {
  using model = await machine({});
  const inventory = discover(model);
  const host = made({ [`${VF}/physfn`]: "../0000:5e:00.0" });
  assertThrows(
    () =>
      lookAtVf(
        host,
        inventory,
        "0000:3b:00.2",
        "mlx5",
        () => findHolders(host),
      ),
    PlanError,
    "says that it belongs to 0000:5e:00.0",
  );
});
