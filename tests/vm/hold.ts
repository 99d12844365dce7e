/**
 * Holds a virtual function through VFIO as a VM's process does, in each of the
 * ways that the kernel knows.
 *
 * @module
 */

/** A way to hold a function. */
export type Way =
  /** The group's node and nothing more. */
  | "node"
  /** Group, container and device, as QEMU and DPDK do. */
  | "group"
  /** The same, with every descriptor closed but the device's. */
  | "device"
  /** The group attached to an iommufd in the place of a container. */
  | "compat"
  /** The device's own node bound to an iommufd, as newer QEMU does. */
  | "cdev";

// include/uapi/linux/vfio.h: _IO(';', 100 + n)
const IO = 0x3b64;
const SET_IOMMU = IO + 2;
const GROUP_SET_CONTAINER = IO + 4;
const GROUP_GET_DEVICE_FD = IO + 6;
const DEVICE_BIND_IOMMUFD = IO + 18;
const TYPE1V2_IOMMU = 3;
const NOIOMMU_IOMMU = 8;

const O_RDWR_CLOEXEC = 0o2000002;

/** A function that is held. `using` lets go. */
export class Held implements Disposable {
  readonly #libc = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    __errno_location: { parameters: [], result: "pointer" },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  });
  // The same symbol with a number for an argument.
  readonly #numbers = Deno.dlopen("libc.so.6", {
    ioctl: { parameters: ["i32", "u64", "u64"], result: "i32" },
  });
  #open: number[] = [];

  /** @throws {Error} with the call that failed and its errno */
  constructor(vf: string, way: Way) {
    try {
      this.#hold(vf, way);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #hold(vf: string, way: Way): void {
    const sysfs = `/sys/bus/pci/devices/${vf}`;
    if (way === "cdev") {
      const [cdev] = [...Deno.readDirSync(`${sysfs}/vfio-dev`)];
      const iommufd = this.#node("/dev/iommu");
      const device = this.#node(`/dev/vfio/devices/${cdev?.name}`);
      // struct vfio_device_bind_iommufd: argsz, flags, iommufd, out_devid
      const bind = Int32Array.of(16, 0, iommufd, 0);
      this.#ioctl(device, DEVICE_BIND_IOMMUFD, new Uint8Array(bind.buffer));
      return;
    }
    const number = Deno.readLinkSync(`${sysfs}/iommu_group`).split("/").at(-1);
    const bare = exists(`/dev/vfio/noiommu-${number}`);
    const container = way === "node"
      ? -1
      : this.#node(way === "compat" ? "/dev/iommu" : "/dev/vfio/vfio");
    const group = this.#node(`/dev/vfio/${bare ? "noiommu-" : ""}${number}`);
    if (way === "node") return;
    const fd = new Uint8Array(Int32Array.of(container).buffer);
    this.#ioctl(group, GROUP_SET_CONTAINER, fd);
    if (way !== "compat") {
      const kind = bare ? NOIOMMU_IOMMU : TYPE1V2_IOMMU;
      const result = this.#numbers.symbols.ioctl(
        container,
        BigInt(SET_IOMMU),
        BigInt(kind),
      );
      if (result < 0) throw new Error(`SET_IOMMU: errno ${this.#errno()}`);
    }
    const name = new TextEncoder().encode(`${vf}\0`);
    const device = this.#ioctl(group, GROUP_GET_DEVICE_FD, name);
    const others = this.#open;
    this.#open = [device];
    if (way === "device") this.#close(others);
    else this.#open.push(...others);
  }

  #node(path: string): number {
    const name = new TextEncoder().encode(`${path}\0`);
    const fd = this.#libc.symbols.open(name, O_RDWR_CLOEXEC);
    if (fd < 0) throw new Error(`open ${path}: errno ${this.#errno()}`);
    this.#open.push(fd);
    return fd;
  }

  #ioctl(fd: number, call: number, arg: Uint8Array<ArrayBuffer>): number {
    const result = this.#libc.symbols.ioctl(fd, BigInt(call), arg);
    if (result < 0) {
      throw new Error(`ioctl 0x${call.toString(16)}: errno ${this.#errno()}`);
    }
    return result;
  }

  #errno(): number {
    const at = this.#libc.symbols.__errno_location();
    return at ? new Deno.UnsafePointerView(at).getInt32() : 0;
  }

  #close(fds: readonly number[]): void {
    for (const fd of fds) this.#libc.symbols.close(fd);
  }

  /** Lets go of everything. */
  [Symbol.dispose](): void {
    this.#close(this.#open);
    this.#open = [];
    this.#libc.close();
    this.#numbers.close();
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
