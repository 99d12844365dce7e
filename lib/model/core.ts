/**
 * The fwctl core of the kernel as TypeScript: devices, their numbers, their
 * contexts and the taint. drivers/fwctl/main.c of Linux 7.2.
 *
 * Errors are negated errno numbers, as in the kernel; nothing here throws.
 *
 * @module
 */
import { ERRNO } from "../uapi/errno.ts";
import { TAINT_FWCTL } from "../uapi/fwctl.ts";
import type { KernelOps } from "./types.ts";

/** What a boot starts from. */
export interface CoreOptions {
  /** /proc/sys/kernel/tainted; with bit 19 set the warning was given already. Default 0. */
  readonly tainted?: number;
  /** Name of the calling program in the log, default `deno`. */
  readonly comm?: string;
  /** Its process id in the log, default 1. */
  readonly pid?: number;
}

/** A process that calls, as the log names it. */
export interface Caller {
  /** Its name. */
  readonly comm: string;
  /** Its process id. */
  readonly pid: number;
}

/** struct fwctl_uctx: one open file's context, shared by its duplicates. */
export interface FwctlContext {
  /** The device; its ops are gone once it is unregistered. */
  readonly device: FwctlDevice;
  /** What the driver's open_uctx returned. */
  readonly driver: unknown;
}

/** The inode of a device node: what a descriptor keeps of it. */
export interface DeviceNodeInode {
  /** The minor number; looked up again as long as no open has bound it. */
  readonly minor: number;
  /** inode->i_cdev: the device once it has been opened. */
  cdev: FwctlDevice | undefined;
}

/** struct fwctl_device. */
export class FwctlDevice {
  /** N of `fwctlN`, and the minor number. */
  readonly number: number;
  /** `fwctlN`. */
  readonly name: string;
  /** The device node in /dev/fwctl. */
  readonly inode: DeviceNodeInode;
  /** Whether the node exists. */
  registered = true;
  /** The driver; undefined after unregister, when every call is ENODEV. */
  ops: KernelOps | undefined;
  /** Live contexts, oldest first. */
  readonly contexts: Set<FwctlContext> = new Set();
  /** Open files, live or orphaned. They keep the number taken. */
  files = 0;
  /** Calls inside the driver right now; unregister waits for them. */
  calls = 0;

  /** Made by {@linkcode FwctlCore.register}. */
  constructor(number: number, ops: KernelOps) {
    this.number = number;
    this.name = `fwctl${number}`;
    this.inode = { minor: number, cdev: undefined };
    this.ops = ops;
  }
}

/** The fwctl subsystem of one boot. */
export class FwctlCore {
  /** /proc/sys/kernel/tainted. */
  tainted: number;
  /** Lines of the kernel log, without time stamps. */
  readonly log: string[] = [];
  readonly #caller: Caller;
  /** By number, from register until the last orphan is closed (fwctl_ida). */
  readonly #devices = new Map<number, FwctlDevice>();
  /** fwctl_tainted: whether the warning was given in this boot. */
  #warned: boolean;

  /** A boot without devices. */
  constructor(options: CoreOptions = {}) {
    this.tainted = options.tainted ?? 0;
    this.#caller = { comm: options.comm ?? "deno", pid: options.pid ?? 1 };
    this.#warned = (this.tainted >>> TAINT_FWCTL & 1) === 1;
  }

  /** fwctl_alloc_device and fwctl_register: takes the lowest number that is free. */
  register(ops: KernelOps): FwctlDevice {
    let number = 0;
    while (this.#devices.has(number)) number++;
    const device = new FwctlDevice(number, ops);
    this.#devices.set(number, device);
    return device;
  }

  /**
   * fwctl_unregister: the node goes at once; the contexts are destroyed when
   * the calls in flight have ended, which they do normally.
   */
  unregister(device: FwctlDevice): void {
    if (!device.registered) return;
    device.registered = false;
    if (device.calls === 0) this.#disassociate(device);
  }

  /** Registered devices in the order of their numbers. */
  devices(): FwctlDevice[] {
    return [...this.#devices.values()].filter((device) => device.registered)
      .sort((a, b) => a.number - b.number);
  }

  /** The registered device `fwctlN`. */
  find(name: string): FwctlDevice | undefined {
    for (const device of this.#devices.values()) {
      if (device.registered && device.name === name) return device;
    }
    return undefined;
  }

  /**
   * chrdev_open and fwctl_fops_open: a context for a new open file.
   *
   * @returns the context, or -ENXIO (no such number), -ENODEV (unplugged), or
   *   the driver's negated errno
   */
  open(inode: DeviceNodeInode): FwctlContext | number {
    if (!inode.cdev) {
      const found = this.#devices.get(inode.minor);
      if (!found?.registered) return -ERRNO.ENXIO;
      inode.cdev = found;
    }
    const device = inode.cdev;
    const { ops } = device;
    if (!ops) return -ERRNO.ENODEV;
    device.files++;
    const driver = this.call(device, () => ops.open_uctx());
    if (typeof driver === "number") {
      device.files--;
      this.#forget(device);
      return driver;
    }
    const context: FwctlContext = { device, driver };
    // An unplug during open_uctx waits for it, and destroys the new context too.
    if (device.ops) device.contexts.add(context);
    else ops.close_uctx(driver);
    return context;
  }

  /** fwctl_fops_release: the last descriptor of an open file is closed. */
  release(context: FwctlContext): void {
    const { device } = context;
    if (device.contexts.delete(context)) {
      device.ops?.close_uctx(context.driver);
    }
    device.files--;
    this.#forget(device);
  }

  /** Runs `work` as a reader of the registration lock: an unplug waits for it. */
  call<T>(device: FwctlDevice, work: () => T): T {
    device.calls++;
    try {
      return work();
    } finally {
      if (--device.calls === 0 && !device.registered && device.ops) {
        this.#disassociate(device);
      }
    }
  }

  /**
   * A request at scope 2 or 3: taints and warns, once per boot for all devices.
   *
   * @param caller who asks, where it is not the program of the options
   */
  taint(device: FwctlDevice, caller?: () => Caller): void {
    if (this.#warned) return;
    this.#warned = true;
    const { comm, pid } = caller?.() ?? this.#caller;
    this.log.push(
      `fwctl ${device.name}: ${comm}(${pid}): ` +
        "has requested full access to the physical device",
    );
    this.tainted = (this.tainted | 1 << TAINT_FWCTL) >>> 0;
  }

  #disassociate(device: FwctlDevice): void {
    const { ops } = device;
    for (const context of device.contexts) ops?.close_uctx(context.driver);
    device.contexts.clear();
    device.ops = undefined;
    this.#forget(device);
  }

  /** fwctl_device_release: gives the number back once nobody holds the device. */
  #forget(device: FwctlDevice): void {
    if (device.registered || device.ops || device.files > 0) return;
    if (this.#devices.get(device.number) !== device) return;
    this.#devices.delete(device.number);
    device.inode.cdev = undefined;
  }
}
