/**
 * Many functions, for measuring.
 *
 * @module
 */
import type { PlainObject } from "../../plain.ts";

/** A card with `vfs` unbound virtual functions. */
export function fleet(vfs = 4000): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: vfs === 4000 ? "fleet" : `fleet-${vfs}`,
    description: `A ConnectX-7 with ${vfs} unbound VFs.`,
    devices: [{
      driver: "mlx5",
      kernelDriver: "mlx5_core",
      pci: "0000:3b:00.0",
      pciId: "15b3:1021",
      bridges: ["0000:3a:00.0"],
      net: ["ens1np0"],
      infiniband: ["mlx5_0"],
      iommuGroup: 40,
      vfOffset: 2,
      totalVfs: vfs,
      vfs,
      firmware: { type: "connectx-7" },
    }],
  };
}

/** So many ConnectX-6 Dx, each with one unbound virtual function. */
export function cards(count: number): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: `cards-${count}`,
    description: `${count} ConnectX-6 Dx with a VF each.`,
    devices: Array.from({ length: count }, (_, index) => ({
      driver: "mlx5",
      pci: `${cardAt(index)}.0`,
      pciId: "15b3:101d",
      bridges: [portOf(index)],
      vfOffset: 2,
      totalVfs: 1,
      vfs: 1,
      firmware: { type: "connectx-6-dx" },
    })),
  };
}

/** The address of the virtual function of each of {@linkcode cards}. */
export function cardVfs(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${cardAt(index)}.2`);
}

/** 128 cards in each PCI domain, one on each bus. */
function cardAt(index: number): string {
  const domain = (index >> 7).toString(16).padStart(4, "0");
  const bus = (1 + (index & 127)).toString(16).padStart(2, "0");
  return `${domain}:${bus}:00`;
}

/** The root port above a card. */
function portOf(index: number): string {
  const [domain = ""] = cardAt(index).split(":");
  const port = index & 127;
  return `${domain}:00:${(port >> 3).toString(16).padStart(2, "0")}.${
    port & 7
  }`;
}
