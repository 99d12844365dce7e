/**
 * Hosts with ConnectX cards on the plausible firmware.
 *
 * @module
 */
import type { PlainObject } from "../../plain.ts";

/** The card most scenarios have: one port, VF 0 two functions after the PF. */
const CARD: PlainObject = {
  driver: "mlx5",
  kernelDriver: "mlx5_core",
  pci: "0000:3b:00.0",
  pciId: "15b3:101d",
  bridges: ["0000:3a:00.0"],
  net: ["ens1f0np0"],
  infiniband: ["mlx5_0"],
  iommuGroup: 40,
  vfOffset: 2,
  totalVfs: 16,
  firmware: { type: "connectx-6-dx" },
};

/** One card in every state a VF can be in. */
export function connectx(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "connectx",
    description:
      "One ConnectX-6 Dx with 8 of 16 VFs in every state a VF can be in.",
    devices: [{
      ...CARD,
      vfs: {
        enabled: 8,
        drivers: [
          null,
          null,
          null,
          null,
          null,
          "vfio-pci",
          "vfio-pci",
          "mlx5_core",
        ],
        heldBy: [
          null,
          null,
          null,
          null,
          null,
          null,
          "qemu-system-x86[4711] through /dev/vfio/47",
        ],
      },
    }],
  };
}

/** Two cards that differ in generation, firmware and VFs. */
export function twoCards(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "two-cards",
    description: "A ConnectX-6 Dx with 4 VFs and a ConnectX-7 without.",
    devices: [
      { ...CARD, vfs: 4 },
      {
        driver: "mlx5",
        kernelDriver: "mlx5_core",
        pci: "0000:af:00.0",
        pciId: "15b3:1021",
        bridges: ["0000:ae:00.0"],
        net: ["ens3np0"],
        infiniband: ["mlx5_1"],
        iommuGroup: 90,
        vfOffset: 2,
        totalVfs: 16,
        vfs: 0,
        firmware: { type: "connectx-7" },
      },
    ],
  };
}

/** Firmware that knows no tools context: SET_HCA_CAP is refused. */
export function noTools(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "no-tools",
    description: "A ConnectX-6 Dx whose firmware gives no TOOLS_RESOURCES.",
    devices: [{
      ...CARD,
      vfs: 4,
      firmware: {
        type: "connectx-6-dx",
        firmwareVersion: "22.31.1014",
        tools: false,
      },
    }],
  };
}

/** Secure boot, and a service account's capabilities. */
export function lockedDown(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "locked-down",
    description: "lockdown=integrity and a process without CAP_SYS_RAWIO.",
    host: { lockdown: "integrity", capSysRawio: false },
    devices: [{ ...CARD, vfs: 4 }],
  };
}
