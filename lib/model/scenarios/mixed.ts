/**
 * Hosts with more than ConnectX cards, on plausible firmware.
 *
 * @module
 */
import type { PlainObject } from "../../plain.ts";

const GIB = 2 ** 30;

/** A CXL memory device on PCI, of 256 GiB, behind a root port of its own. */
const MEMORY: PlainObject = {
  driver: "cxl",
  memdev: "mem0",
  pci: "0000:0d:00.0",
  pciId: "8086:0d93",
  bridges: ["0000:0c:00.0"],
  iommuGroup: 20,
  memory: {
    serial: "0xc5100001a2b3c4d5",
    firmwareVersion: "1.4.2",
    numaNode: 0,
    ram: 256 * GIB,
  },
  firmware: {},
};

/** All four drivers. */
export function mixed(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "mixed",
    description:
      "A ConnectX-6 Dx, a CXL memory device, a Pensando card and a NetXtreme.",
    // The first kernel that takes requests with buffers for the NetXtreme.
    host: { kernel: "7.3.4-amd64" },
    devices: [
      {
        driver: "mlx5",
        pci: "0000:3b:00.0",
        pciId: "15b3:101d",
        bridges: ["0000:3a:00.0"],
        net: ["ens1f0np0"],
        infiniband: ["mlx5_0"],
        iommuGroup: 40,
        vfOffset: 2,
        totalVfs: 16,
        vfs: { enabled: 4, drivers: [null, null, "vfio-pci", "vfio-pci"] },
        firmware: { type: "connectx-6-dx" },
      },
      MEMORY,
      {
        driver: "pds",
        pci: "0000:40:00.0",
        pciId: "1dd8:100c",
        bridges: ["0000:3f:00.0"],
        iommuGroup: 60,
        firmware: {},
      },
      {
        driver: "bnxt",
        pci: "0000:5e:00.0",
        pciId: "14e4:1750",
        bridges: ["0000:5d:00.0"],
        net: ["ens4f0np0"],
        infiniband: ["bnxt_re0"],
        iommuGroup: 80,
        vfOffset: 16,
        totalVfs: 64,
        vfs: { enabled: 2, drivers: [null, "vfio-pci"] },
        firmware: {},
      },
    ],
  };
}

/** One memory device; its firmware has vendor features beside the standard ones. */
export function cxlVendor(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "cxl-vendor",
    description: "One CXL memory device on PCI that has vendor features.",
    devices: [MEMORY],
  };
}
