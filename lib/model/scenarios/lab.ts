/**
 * The lab machine: the same devices the real drivers have there, on the same
 * deterministic firmware. Addresses, numbers and taint as on the machine.
 *
 * @module
 */
import type { PlainObject } from "../../plain.ts";

/** The lab's kernel is tainted by its out-of-tree stub modules (bit 12). */
const HOST: PlainObject = { kernel: "7.2.13", tainted: 4096 };

/** The three devices on QEMU's pci-testdev; nothing drives the PCI function. */
function stubs(first: number): PlainObject[] {
  return [0, 1, 2].map((index) => ({
    driver: "mlx5",
    kernelDriver: "",
    pci: `0000:00:${(first + index).toString(16).padStart(2, "0")}.0`,
    pciId: "1b36:0005",
    class: 0x00ff00,
    firmware: index === 2
      ? { type: "stub", uctxCap: 3, maxLive: 2 }
      : { type: "stub" },
  }));
}

/** fwctl0..2 are mlx5; pds, bnxt and eleven CXL devices have 3..15. */
export function lab(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "lab",
    description: "Three mlx5 devices on the deterministic stub firmware.",
    host: HOST,
    devices: [...stubs(5), { driver: "none", count: 13 }],
  };
}

/** With SR-IOV: q35, so one device number lower, and a PF behind a root port. */
export function labSriov(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "lab-sriov",
    description:
      "The lab with a PF and four VFs: idle at vfio-pci, at mlx5_core, at pci-stub, unbound.",
    host: HOST,
    devices: [
      ...stubs(4),
      { driver: "none", count: 13 },
      {
        driver: "mlx5",
        kernelDriver: "mlx5_core",
        pci: "0000:01:00.0",
        pciId: "1b36:0010",
        class: 0x010802,
        bridges: ["0000:00:09.0"],
        iommuGroup: 11,
        totalVfs: 8,
        vfs: {
          enabled: 4,
          drivers: ["vfio-pci", "mlx5_core", "pci-stub", null],
        },
        firmware: { type: "stub" },
      },
    ],
  };
}
