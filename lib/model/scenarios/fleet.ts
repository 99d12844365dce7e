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
