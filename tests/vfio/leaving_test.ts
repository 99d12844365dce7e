/**
 * Functions that the kernel is taking away while somebody holds them, as it was
 * seen to show them on a real machine: links are gone first, the function last.
 */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { functionState, inUse } from "../../lib/device/functions.ts";
import type {
  Inventory,
  InventoryFunction,
} from "../../lib/device/inventory.ts";
import { PlanError } from "../../lib/errors.ts";
import type { Host } from "../../lib/host/host.ts";
import { obstacle } from "../../lib/vfio/gate.ts";
import { findHolders } from "../../lib/vfio/holders.ts";
import { leavingVfs } from "../../lib/vfio/leaving.ts";
import { lookAtVf, type VfLook } from "../../lib/vfio/look.ts";
import { statusText } from "../../lib/view/vfio.ts";
import { plainStyle } from "../../lib/view/style.ts";
import { made } from "./made.ts";

const PCI = "/sys/bus/pci/devices";
const VF = "0000:01:00.1";
const NEXT = "0000:01:00.2";
const HOLDER = {
  "/proc/92/comm": "qemu-kvm\n",
  "/proc/92/fd/20": "/dev/vfio/12",
};

function free(index: number, pci: string): InventoryFunction {
  return { index, pci, kernelDriver: null, fwctl: null, enabled: false };
}

/** A PF with these functions. */
function machine(...virtfns: InventoryFunction[]): Inventory {
  return {
    bootId: "",
    kernel: "",
    lockdown: "none",
    tainted: false,
    rawio: true,
    devices: [{
      name: "fwctl5",
      path: "/dev/fwctl/fwctl5",
      driver: "mlx5",
      kernelDriver: "mlx5_core",
      sysfs: "/sys/devices/0000:01:00.0",
      parent: "0000:01:00.0",
      pci: "0000:01:00.0",
      pciId: "1b36:0010",
      infiniband: [],
      net: [],
      cxl: [],
      physfn: null,
      virtfns,
      numVfs: virtfns.length,
      totalVfs: 8,
    }],
  };
}

function look(host: Host, inventory: Inventory, pci: string): VfLook {
  return lookAtVf(host, inventory, pci, "mlx5", () => findHolders(host));
}

const UNBOUND = {
  [`${PCI}/${VF}/physfn`]: "../0000:01:00.0",
  [`${PCI}/${VF}/iommu_group`]: "../../../../kernel/iommu_groups/12",
};

Deno.test("a function whose driver is being unbound while it is held is in use, not free", () => {
  const host = made({
    ...UNBOUND,
    ...HOLDER,
    [`${PCI}/${VF}/enable`]: "1\n",
    "/dev/vfio/12": "",
  });
  const found = look(host, machine(free(0, VF), free(1, NEXT)), VF);
  assertEquals([found.kernelDriver, found.state], [null, "in-use"]);
  assertStringIncludes(
    obstacle(found)?.why ?? "",
    "held by qemu-kvm[92] through /dev/vfio/12",
  );
});

Deno.test("a group that is held by itself keeps a function without a driver from being free", () => {
  const host = made({
    ...UNBOUND,
    ...HOLDER,
    [`${PCI}/${VF}/enable`]: "0\n",
    "/dev/vfio/12": "",
  });
  assertEquals(look(host, machine(free(0, VF)), VF).state, "in-use");
});

Deno.test("a function without a driver is free when VFIO has no node of it, whatever else is open", () => {
  const host = made({ ...UNBOUND, [`${PCI}/${VF}/enable`]: "0\n" });
  const found = lookAtVf(host, machine(free(0, VF)), VF, "mlx5", () => {
    throw new Error("looked");
  });
  assertEquals([found.state, obstacle(found)], ["free", undefined]);
});

Deno.test("a function that is open without a driver is in use wherever functions are shown or written to", () => {
  const limbo = { ...free(0, VF), enabled: true };
  assertEquals([inUse(limbo), functionState(limbo)], [
    true,
    "no driver, in use",
  ]);
  assertEquals(inUse(free(0, VF)), false);
  assertEquals(inUse({ ...limbo, kernelDriver: "mlx5_core" }), false);
});

const LEAVING = {
  ...HOLDER,
  [`${PCI}/${VF}`]: "x",
  [`${PCI}/${VF}/sriov_vf_msix_count`]: "",
  [`${PCI}/${VF}/iommu_group`]: "../../../../kernel/iommu_groups/12",
  [`${PCI}/${NEXT}/physfn`]: "../0000:01:00.0",
  [`${PCI}/${NEXT}/sriov_vf_msix_count`]: "",
};

Deno.test("a function that is being removed is told from one that never was, and its holder named", () => {
  const host = made(LEAVING);
  const inventory = machine(free(1, NEXT));
  const error = assertThrows(() => look(host, inventory, VF), PlanError);
  assertEquals(error.reason, "in-use");
  assertStringIncludes(
    error.message,
    `${VF} is a virtual function that is being removed: the kernel waits, it is held by qemu-kvm[92] through /dev/vfio/12`,
  );
  const leaving = leavingVfs(host, () => findHolders(host));
  assertEquals(leaving.map(({ pci }) => pci), [VF]);
  assertStringIncludes(
    statusText([], leaving, plainStyle),
    `No virtual functions.\n  ! ${VF} is being removed, and the kernel waits for whoever holds it: held by qemu-kvm[92]`,
  );
});

Deno.test("a function whose neighbours are being removed is not written to: it goes next", () => {
  const found = look(made(LEAVING), machine(free(1, NEXT)), NEXT);
  assertEquals([found.state, found.leaving], ["free", true]);
  assertStringIncludes(
    obstacle(found)?.why ?? "",
    "the functions of 0000:01:00.0 are being removed",
  );
});

Deno.test("a group without an IOMMU is known by its name, and its node by the kernel's", () => {
  const host = made({
    [`${PCI}/${VF}/physfn`]: "../0000:01:00.0",
    [`${PCI}/${VF}/driver`]: "../../../../bus/pci/drivers/vfio-pci",
    [`${PCI}/${VF}/iommu_group`]: "../../../../kernel/iommu_groups/0",
    [`${PCI}/${VF}/iommu_group/name`]: "vfio-noiommu\n",
    "/proc/92/comm": "qemu-kvm\n",
    "/proc/92/fd/20": "/dev/vfio/noiommu-0",
  });
  const found = look(host, machine(free(0, VF)), VF);
  assertEquals([found.noIommu, found.nodes, found.state], [
    true,
    ["/dev/vfio/noiommu-0"],
    "in-use",
  ]);
});

Deno.test("a holder with group and device open is named once, by the node", () => {
  const host = made({
    ...UNBOUND,
    ...HOLDER,
    [`${PCI}/${VF}/driver`]: "../../../../bus/pci/drivers/vfio-pci",
    "/proc/92/fd/21": "anon_inode:[vfio-device]",
    "/proc/92/fdinfo/21": `vfio-device-syspath: /sys/devices/${VF}\n`,
  });
  assertEquals(look(host, machine(free(0, VF)), VF).holders, [
    { pid: 92, comm: "qemu-kvm", through: "/dev/vfio/12" },
  ]);
});

Deno.test("a holder through the device's own node is named when the function has lost the way to it", () => {
  const { [`/proc/92/fd/20`]: _, ...rest } = LEAVING;
  const host = made({
    ...rest,
    "/proc/92/fd/8": "/dev/iommu",
    "/proc/92/fd/9": "/dev/vfio/devices/vfio0 (deleted)",
    "/proc/92/fdinfo/9":
      `pos:\t0\nvfio-device-syspath: /sys/devices/pci0000:00/0000:00:09.0/${VF}\n`,
  });
  const [leaving] = leavingVfs(host, () => findHolders(host));
  assertEquals(leaving?.holders, [
    { pid: 92, comm: "qemu-kvm", through: "/dev/vfio/devices/vfio0" },
  ]);
});
