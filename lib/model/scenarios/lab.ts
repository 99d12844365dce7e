/**
 * The lab machine: the same devices the real drivers have there, on the same
 * deterministic firmware. Addresses, names, numbers and taint as on the machine.
 *
 * @module
 */
import type { PlainObject } from "../../plain.ts";

/** The lab's kernel is tainted by its out-of-tree stub modules (bit 12). */
const HOST: PlainObject = { kernel: "7.2.13", tainted: 4096 };
const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** The mock that is a restricted CXL device; the others are behind switches. */
const RESTRICTED = 10;

/** Mock devices in the order of their fwctl numbers, and the name each got: the kernel probes them side by side. */
type Mocks = readonly (readonly [mock: number, memdev: string])[];

const LAB_MOCKS: Mocks = [
  ...[[9, "mem0"], [2, "mem1"], [6, "mem7"], [3, "mem3"]] as const,
  ...[[7, "mem2"], [0, "mem4"], [1, "mem5"], [4, "mem8"]] as const,
  ...[[5, "mem6"], [10, "mem9"], [8, "mem10"]] as const,
];

const SRIOV_MOCKS: Mocks = [
  ...[[1, "mem1"], [0, "mem0"], [4, "mem3"], [2, "mem2"]] as const,
  ...[[3, "mem4"], [8, "mem6"], [6, "mem5"], [5, "mem7"]] as const,
  ...[[9, "mem10"], [10, "mem9"], [7, "mem8"]] as const,
];

/** Three mlx5 devices, one pds and one bnxt on QEMU's pci-testdev; nothing drives the PCI functions. */
function stubs(first: number): PlainObject[] {
  return ["mlx5", "mlx5", "mlx5", "pds", "bnxt"].map((driver, index) => ({
    driver,
    kernelDriver: "",
    pci: `0000:00:${(first + index).toString(16).padStart(2, "0")}.0`,
    pciId: "1b36:0005",
    class: 0x00ff00,
    firmware: index === 2
      ? { type: "stub", uctxCap: 3, maxLive: 2 }
      : { type: "stub" },
  }));
}

/** The kernel's own mocks (tools/testing/cxl): four host bridges, switches, memory. */
function mocks(list: Mocks, features: boolean): PlainObject[] {
  return list.map(([mock, memdev]) => ({
    driver: "cxl",
    memdev,
    platform: mock === RESTRICTED
      ? ["cxl_host_bridge.3", `cxl_rcd.${mock}`]
      : switched(mock),
    memory: {
      serial: mock + 1,
      firmwareVersion: "mock fw v1 ",
      payloadMax: 4096,
      // Assumption: 2 GiB, halved between the kinds, as the mock had it before 7.2.
      ...(mock === RESTRICTED ? { ram: 2 * GIB } : {
        ram: GIB,
        pmem: GIB,
        labelStorageSize: MIB / 8,
      }),
    },
    firmware: features ? { type: "stub", features } : { type: "stub" },
  }));
}

/** Mocks 0 to 7 are spread over two host bridges with two root ports each, 8 and 9 share one. */
function switched(mock: number): string[] {
  const port = mock < 8 ? mock % 4 : 4;
  return [
    `cxl_host_bridge.${mock < 8 ? mock % 2 : 2}`,
    `cxl_root_port.${port}`,
    `cxl_switch_uport.${port}`,
    `cxl_switch_dport.${mock}`,
    `cxl_mem.${mock}`,
  ];
}

/** fwctl0..2 are mlx5, 3 is pds, 4 bnxt, 5..15 CXL. */
export function lab(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "lab",
    description:
      "Three mlx5, one pds, one bnxt and eleven CXL devices on the deterministic stub firmware.",
    host: HOST,
    devices: [...stubs(5), ...mocks(LAB_MOCKS, false)],
  };
}

/** The same with 17 more features on each CXL device. */
export function labFeatures(): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "lab-features",
    description:
      "The lab with 17 more CXL features, one for each rule of setting a feature.",
    host: HOST,
    devices: [...stubs(5), ...mocks(LAB_MOCKS, true)],
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
      ...mocks(SRIOV_MOCKS, false),
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
