/**
 * Inventory: what a machine has, as plain data. `discovery.ts` fills it from a
 * Host; recipes and drivers read it.
 *
 * @module
 */

/** One `/dev/fwctl/fwctlN` and what sysfs says around it. */
export interface InventoryDevice {
  /** `fwctlN`. */
  readonly name: string;
  /** `/dev/fwctl/fwctlN`. */
  readonly path: string;
  /** Our driver's name (`mlx5`, `cxl`, `bnxt`, `pds`), or `unknown`. */
  readonly driver: string;
  /** The kernel driver bound to the parent, such as `mlx5_core`; null when none is. */
  readonly kernelDriver: string | null;
  /** Resolved sysfs path of the parent device. */
  readonly sysfs: string;
  /** What the fwctl device sits on: `0000:3b:00.0`, or `mem0` for CXL. */
  readonly parent: string;
  /** The PCI function: the parent itself, or the nearest above it; null when there is none. */
  readonly pci: string | null;
  /** `vendor:device` in hex without 0x, such as `15b3:101d`; null without PCI. */
  readonly pciId: string | null;
  /** Names below `infiniband/`, sorted. */
  readonly infiniband: readonly string[];
  /** Names below `net/`, sorted. */
  readonly net: readonly string[];
  /** CXL memory devices, such as `mem0`. */
  readonly cxl: readonly string[];
  /** The physical function's address when this is a virtual one. */
  readonly physfn: string | null;
  /** Virtual functions enabled, in order of their index. */
  readonly virtfns: readonly InventoryFunction[];
  /** `sriov_numvfs`; null where the function has no SR-IOV. */
  readonly numVfs: number | null;
  /** `sriov_totalvfs`; null where the function has no SR-IOV. */
  readonly totalVfs: number | null;
}

/** One virtual function of a device. */
export interface InventoryFunction {
  /** N of the PF's `virtfnN` link. */
  readonly index: number;
  /** Its PCI address. */
  readonly pci: string;
  /** The kernel driver bound, or null. */
  readonly kernelDriver: string | null;
  /** Its own fwctl device where its driver made one, or null. */
  readonly fwctl: string | null;
  /** Whether its device is enabled (sysfs `enable` above 0); null where sysfs does not say. */
  readonly enabled: boolean | null;
}

/** A machine's fwctl devices and what matters around them. */
export interface Inventory {
  /** /proc/sys/kernel/random/boot_id, or "" where it cannot be read. */
  readonly bootId: string;
  /** /proc/sys/kernel/osrelease, or "". */
  readonly kernel: string;
  /** `none`, `integrity`, `confidentiality`, or `unknown`. */
  readonly lockdown: string;
  /** Whether TAINT_FWCTL (`J`) is set. */
  readonly tainted: boolean;
  /** Whether the process holds CAP_SYS_RAWIO. */
  readonly rawio: boolean;
  /** In order of their numbers. */
  readonly devices: readonly InventoryDevice[];
}
