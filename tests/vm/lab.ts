/**
 * The virtual machine as a scenario of the model.
 *
 * @module
 */
import type { PlainObject } from "../../lib/plain.ts";

/** The kernel of the machine is tainted by its stub modules (bit 12). */
export const HOST: PlainObject = { kernel: "7.2.13", tainted: 4096 };

/** Three mlx5 devices, one pds and one bnxt on stub firmware, without PCI drivers. */
export function stubs(first: number): PlainObject[] {
  return ["mlx5", "mlx5", "mlx5", "pds", "bnxt"].map((driver, index) => ({
    driver,
    kernelDriver: "",
    pci: `0000:00:${(first + index).toString(16).padStart(2, "0")}.0`,
    pciId: "1b36:0005",
    firmware: index === 2
      ? { type: "stub", uctxCap: 3, maxLive: 2 }
      : { type: "stub" },
  }));
}

/** The same with the physical function of `lab.sriov`, and its virtual ones as a scenario has them. */
export function sriov(vfs: PlainObject | number): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "vm-sriov",
    description: "The virtual machine with a physical function",
    host: HOST,
    devices: [...stubs(4), {
      driver: "mlx5",
      kernelDriver: "mlx5_core",
      pci: "0000:01:00.0",
      pciId: "1b36:0010",
      bridges: ["0000:00:09.0"],
      totalVfs: 8,
      vfs,
      firmware: { type: "stub" },
    }],
  };
}
