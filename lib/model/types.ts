/**
 * The model's inner walls: what a modelled kernel driver offers to the fwctl
 * core, and what a scenario says.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { PlainData, PlainObject } from "../plain.ts";

/** User memory as the kernel sees it: addresses, some of them unmapped or read-only. */
export interface UserMemory {
  /** copy_from_user; undefined is EFAULT. */
  read(address: bigint, length: number): Bytes | undefined;
  /** copy_to_user; false is EFAULT (bytes before the fault may be written). */
  write(address: bigint, bytes: Uint8Array): boolean;
  /** clear_user; false is EFAULT. */
  clear(address: bigint, length: number): boolean;
  /** Where the zeros end that are known to start at `address`: nobody need look at them again. */
  zerosUpTo?(address: bigint): bigint;
}

/** struct fwctl_ops. Errors are negated errno numbers, as in the kernel. */
export interface KernelOps<Uctx = unknown> {
  /** enum fwctl_device_type. */
  readonly device_type: number;
  /** A context, or a negated errno. */
  open_uctx(): Uctx | number;
  /** Ends a context. */
  close_uctx(uctx: Uctx): void;
  /** The driver's info data and the length it reports; absent where the driver has no info op. */
  info?(uctx: Uctx): { data: Bytes; length: number } | number;
  /**
   * One RPC. `in_` is the kernel's copy and may be written to.
   *
   * @returns the response and the length to report, or a negated errno
   */
  fw_rpc(
    uctx: Uctx,
    scope: number,
    in_: Bytes,
    out_len: number,
    memory: UserMemory,
  ): { out: Bytes; out_len: number } | number;
}

/** The functions of one modelled device and their shared firmware. */
export interface ModelFunctions {
  /**
   * The probe: the kernel side of a function, made anew at every bind. 0 is the
   * PF, n the VF with index n - 1. A negated errno is a probe that fails: the
   * function gets no fwctl device.
   */
  ops(functionId: number): KernelOps | number;
  /** Everything the firmware remembers, for `--model-state`. */
  save(): PlainData;
  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void;
}

/** One device of a scenario, checked. */
export interface ScenarioDevice {
  /** Driver name: `mlx5`. */
  readonly driver: string;
  /** The kernel driver of the PCI function, or of the CXL memory device: `mlx5_core`. */
  readonly kernelDriver: string;
  /** PCI address of the function, `dddd:bb:dd.f`; "" for a memory device on a platform device. */
  readonly pci: string;
  /** `vendor:device`, hex without 0x; "" without PCI. */
  readonly pciId: string;
  /** Network interfaces of the PF. */
  readonly net: readonly string[];
  /** RDMA devices of the PF. */
  readonly infiniband: readonly string[];
  /** `sriov_totalvfs`; 0 means no SR-IOV. */
  readonly totalVfs: number;
  /** The virtual functions enabled, in order of index. */
  readonly vfs: readonly ScenarioFunction[];
  /** The machine's kernel, such as `7.3.4-amd64`: what its driver does may go by it; absent where there is no machine. */
  readonly release?: string;
  /** The driver's own part, checked by the driver. */
  readonly firmware: PlainObject;
  /** Where in the scenario this stands, for messages: `devices[0]`. */
  readonly at: string;
  /** Removes a function's fwctl device while calls run: for injected unplugs. */
  unplug(functionId: number): void;
}

/** One virtual function of a scenario. */
export interface ScenarioFunction {
  /** PCI address. */
  readonly pci: string;
  /** The kernel driver bound, or null. */
  readonly kernelDriver: string | null;
  /** A process that holds it through VFIO, or null when idle. */
  readonly heldBy: string | null;
}
