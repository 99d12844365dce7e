/**
 * A modelled process: its descriptors of fwctl device nodes.
 *
 * Every method answers as the system call of its name: a value, or a negated
 * errno. Nothing throws.
 *
 * @module
 */
import { ERRNO } from "../uapi/errno.ts";
import {
  type DeviceNodeInode,
  type FwctlContext,
  type FwctlCore,
  FwctlDevice,
} from "./core.ts";
import { fwctlIoctl } from "./ioctl.ts";
import type { UserMemory } from "./types.ts";
import {
  type FlaggedFile,
  OPEN,
  openFlags,
  readable,
  vfsIoctl,
  writable,
} from "./vfs.ts";

/** Who a process is. */
export interface Credentials {
  /** CAP_SYS_RAWIO, which scope 3 asks for. */
  readonly capSysRawio: boolean;
  /** 0 is root; nobody else may open the nodes, which are 0600 root unless said otherwise. */
  readonly uid: number;
  /** Whether it may open the node of a device, by what mode and owner say. */
  mayOpen?(name: string): boolean;
}

/** struct file: shared by duplicates. */
interface OpenFile extends FlaggedFile {
  readonly inode: DeviceNodeInode;
  /** Absent on an O_PATH descriptor. */
  readonly context: FwctlContext | undefined;
  /** Descriptors that refer to it. */
  references: number;
}

/** 0 to 2 are the standard streams. */
const FIRST_FD = 3;
/** RLIMIT_NOFILE of a process that did nothing about it. */
const MAX_FDS = 1024;
const DEV_FWCTL = "/dev/fwctl/";
const PROC_SELF_FD = /^\/(?:proc\/self|dev)\/fd\/(\d+)$/;

/** A process and its table of descriptors. */
export class ModelProcess {
  readonly #core: FwctlCore;
  readonly #credentials: Credentials;
  readonly #maxFds: number;
  readonly #files = new Map<number, OpenFile>();

  /** A process without open devices. `maxFds` is its RLIMIT_NOFILE. */
  constructor(
    core: FwctlCore,
    credentials: Credentials,
    maxFds: number = MAX_FDS,
  ) {
    this.#core = core;
    this.#credentials = credentials;
    this.#maxFds = maxFds;
  }

  /**
   * open(2).
   *
   * @param target a device, `fwctlN`, `/dev/fwctl/fwctlN`, or
   *   `/proc/self/fd/N` for the node behind an open descriptor
   * @param flags O_* of {@linkcode OPEN}
   * @returns the lowest free descriptor, or a negated errno
   */
  open(target: string | FwctlDevice, flags: number): number {
    const effective = openFlags(flags);
    if (effective < 0) return effective;
    const fd = this.#freeFd();
    if (fd < 0) return fd;
    const inode = this.#lookup(target, effective);
    if (typeof inode === "number") return inode;
    const file = this.#openInode(inode, effective);
    if (typeof file === "number") return file;
    this.#files.set(fd, file);
    return fd;
  }

  /** close(2). The last descriptor of a file destroys its context. */
  close(fd: number): number {
    const file = this.#files.get(fd);
    if (!file) return -ERRNO.EBADF;
    this.#files.delete(fd);
    this.#put(file);
    return 0;
  }

  /** dup(2): both descriptors share one context. */
  dup(fd: number): number {
    const file = this.#files.get(fd);
    if (!file) return -ERRNO.EBADF;
    const copy = this.#freeFd();
    if (copy < 0) return copy;
    file.references++;
    this.#files.set(copy, file);
    return copy;
  }

  /** Closes everything, as exit does; descriptors in rising order. */
  exit(): void {
    for (const fd of [...this.#files.keys()].sort((a, b) => a - b)) {
      this.close(fd);
    }
  }

  /** ioctl(2): first the file layer, then the fwctl core. */
  ioctl(fd: number, cmd: number, arg: bigint, memory: UserMemory): number {
    const file = this.#files.get(fd);
    if (!file?.context) return -ERRNO.EBADF;
    const number = cmd >>> 0;
    const answer = vfsIoctl({
      file,
      cmd: number,
      arg,
      memory,
      capSysAdmin: this.#credentials.uid === 0,
      isOpen: (other) => this.#files.get(other)?.context !== undefined,
    });
    return answer ?? this.deviceIoctl(file.context, number, arg, memory);
  }

  /** What the file layer leaves to the device. */
  protected deviceIoctl(
    context: FwctlContext,
    cmd: number,
    arg: bigint,
    memory: UserMemory,
  ): number {
    const { capSysRawio } = this.#credentials;
    return fwctlIoctl(this.#core, cmd, { context, capSysRawio, arg, memory });
  }

  /** read(2): fwctl has none. */
  read(fd: number): number {
    const file = this.#files.get(fd);
    if (!file?.context || !readable(file.flags)) return -ERRNO.EBADF;
    return -ERRNO.EINVAL;
  }

  /** write(2): fwctl has none. */
  write(fd: number): number {
    const file = this.#files.get(fd);
    if (!file?.context || !writable(file.flags)) return -ERRNO.EBADF;
    return -ERRNO.EINVAL;
  }

  /** lseek(2): there is no position. */
  lseek(fd: number): number {
    return this.#files.get(fd)?.context ? -ERRNO.ESPIPE : -ERRNO.EBADF;
  }

  /** mmap(2) for reading: fwctl has none. */
  mmap(fd: number): number {
    const file = this.#files.get(fd);
    if (!file?.context) return -ERRNO.EBADF;
    return readable(file.flags) ? -ERRNO.ENODEV : -ERRNO.EACCES;
  }

  #freeFd(): number {
    let fd = FIRST_FD;
    while (this.#files.has(fd)) fd++;
    return fd < this.#maxFds ? fd : -ERRNO.EMFILE;
  }

  /** Path to inode; the checks of a path walk that ends at a device node. */
  #lookup(
    target: string | FwctlDevice,
    flags: number,
  ): DeviceNodeInode | number {
    if (target instanceof FwctlDevice) {
      return target.registered ? target.inode : -ERRNO.ENOENT;
    }
    const link = PROC_SELF_FD.exec(target);
    if (link) {
      const behind = this.#files.get(Number(link[1]));
      if (!behind) return -ERRNO.ENOENT;
      if (flags & OPEN.O_NOFOLLOW && !(flags & OPEN.O_PATH)) {
        return -ERRNO.ELOOP;
      }
      return behind.inode;
    }
    const name = target.startsWith(DEV_FWCTL)
      ? target.slice(DEV_FWCTL.length)
      : target;
    return this.#core.find(name)?.inode ?? -ERRNO.ENOENT;
  }

  /** do_open and do_dentry_open. */
  #openInode(inode: DeviceNodeInode, flags: number): OpenFile | number {
    if (flags & OPEN.O_CREAT && flags & OPEN.O_EXCL) return -ERRNO.EEXIST;
    if (flags & OPEN.O_DIRECTORY) return -ERRNO.ENOTDIR;
    if (flags & OPEN.O_PATH) {
      return { inode, flags, context: undefined, references: 1 };
    }
    if (this.#credentials.uid !== 0 && !this.#mayOpen(inode)) {
      return -ERRNO.EACCES;
    }
    const context = this.#core.open(inode);
    if (typeof context === "number") return context;
    // Found out only after the driver has opened: a context came and went.
    if (flags & OPEN.O_DIRECT) {
      this.#core.release(context);
      return -ERRNO.EINVAL;
    }
    return { inode, flags, context, references: 1 };
  }

  #mayOpen({ minor }: DeviceNodeInode): boolean {
    return this.#credentials.mayOpen?.(`fwctl${minor}`) ?? false;
  }

  #put(file: OpenFile): void {
    if (--file.references === 0 && file.context) {
      this.#core.release(file.context);
    }
  }
}
