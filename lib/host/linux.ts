/**
 * The real machine: everything through libc.
 *
 * `--allow-ffi` is full trust: a program that has it can open any file its
 * user can, whatever other permissions Deno was started with.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { concatBytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { ERRNO } from "../uapi/errno.ts";
import { pathError } from "./failure.ts";
import type { DeviceNode, FileStat, Host } from "./host.ts";
import { readKernelLog } from "./kmsg.ts";
import { acquireLibc, type Libc } from "./libc.ts";
import { LinuxNode } from "./linux_node.ts";
import { readStat } from "./stat.ts";

// include/uapi/asm-generic/fcntl.h; O_DIRECTORY differs on arm64.
const O_RDONLY = 0;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;

/** include/uapi/linux/limits.h, the final NUL counted. */
const PATH_MAX = 4096;
const CHUNK = 32 << 10;
const DEFAULT_LIMIT = 1 << 20;

// struct linux_dirent64: u64 d_ino, s64 d_off, u16 d_reclen, u8 d_type, d_name
const D_RECLEN = 16;
const D_NAME = 19;

/** How a {@linkcode LinuxHost} reaches the machine. */
export interface LinuxHostOptions {
  /**
   * Path of libc. Without it `libc.so.6` is taken, or with a path-scoped
   * `--allow-ffi` the usual place that was granted.
   */
  readonly libc?: string;
}

/**
 * This machine. libc is opened with the first call, so making one needs no
 * permission. Device nodes stay usable when the host is disposed before them.
 * One host belongs to one thread, and one is enough for a program: when libc is
 * closed and opened again V8 makes the calls the slow way, by about 100 ns each.
 */
export class LinuxHost implements Host {
  readonly kind = "linux";
  readonly #path: string | undefined;
  #libc: Libc | undefined;
  #disposed = false;
  readonly #name: Bytes = new Uint8Array(PATH_MAX);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  #chunk: Bytes | undefined;

  /** Opens nothing yet. */
  constructor(options: LinuxHostOptions = {}) {
    this.#path = options.libc;
  }

  /** Opens a device node O_RDWR | O_CLOEXEC. @throws {SyscallError} */
  open(path: string): DeviceNode {
    const libc = this.#use();
    const fd = libc.symbols.open(
      this.#cstring(path, "open"),
      O_RDWR | O_CLOEXEC,
    );
    if (fd < 0) throw pathError("open", path, libc.errno());
    return new LinuxNode(path, fd, libc);
  }

  /**
   * The first `limit` bytes of a file, all of it where it is shorter. Reading
   * some sysfs attributes waits for a device's lock, `sriov_numvfs` for one.
   *
   * @throws {SyscallError}
   */
  readFile(path: string, limit: number = DEFAULT_LIMIT): Bytes {
    const libc = this.#use();
    const fd = this.#openFile(libc, path, O_RDONLY);
    const chunk = this.#chunk ??= new Uint8Array(CHUNK);
    const parts: Bytes[] = [];
    let left = limit;
    try {
      while (left > 0) {
        const n = this.#retried(
          () => libc.symbols.read(fd, chunk, BigInt(Math.min(left, CHUNK))),
          "read",
          path,
        );
        if (n === 0) break;
        parts.push(chunk.slice(0, n));
        left -= n;
      }
    } finally {
      libc.symbols.close(fd);
    }
    const [first] = parts;
    return first !== undefined && parts.length === 1
      ? first
      : concatBytes(...parts);
  }

  /** Names in a directory, sorted. @throws {SyscallError} */
  list(path: string): string[] {
    const names: string[] = [];
    this.#read(path, (name) => names.push(name));
    return names.sort();
  }

  /** The inode of an entry, as its folder has it. @throws {SyscallError} */
  instance(path: string): string {
    const at = path.lastIndexOf("/");
    const wanted = path.slice(at + 1);
    let inode: bigint | undefined;
    this.#read(path.slice(0, at) || "/", (name, ino) => {
      if (name === wanted) inode = ino;
    });
    if (inode === undefined) throw pathError("stat", path, ERRNO.ENOENT);
    return String(inode);
  }

  /** Tells every entry of a folder but `.` and `..`, as they come. */
  #read(path: string, each: (name: string, inode: bigint) => void): void {
    const libc = this.#use();
    const fd = this.#openFile(libc, path, O_RDONLY | O_DIRECTORY);
    const chunk = this.#chunk ??= new Uint8Array(CHUNK);
    try {
      for (;;) {
        const n = this.#retried(
          () => libc.symbols.getdents64(fd, chunk, BigInt(CHUNK)),
          "getdents64",
          path,
        );
        if (n === 0) break;
        this.#entries(chunk.subarray(0, n), each);
      }
    } finally {
      libc.symbols.close(fd);
    }
  }

  /** The text of a symbolic link. @throws {SyscallError} */
  readLink(path: string): string {
    const libc = this.#use();
    const chunk = this.#chunk ??= new Uint8Array(CHUNK);
    const name = this.#cstring(path, "readlink");
    const n = libc.symbols.readlink(name, chunk, BigInt(PATH_MAX));
    if (n < 0) throw pathError("readlink", path, libc.errno());
    return this.#decoder.decode(chunk.subarray(0, n));
  }

  /** Whether the path leads to something. A device is not opened for it. */
  exists(path: string): boolean {
    const libc = this.#use();
    const fd = libc.symbols.open(
      this.#cstring(path, "open"),
      O_PATH | O_CLOEXEC,
    );
    if (fd < 0) return false;
    libc.symbols.close(fd);
    return true;
  }

  /** What a file is, links followed; nothing is opened. @throws {SyscallError} */
  stat(path: string): FileStat {
    return readStat(this.#use(), this.#cstring(path, "stat"), path);
  }

  /** The kernel log; it takes CAP_SYSLOG on most machines. @throws {SyscallError} */
  kernelLog(): string[] {
    return readKernelLog(this.#use());
  }

  /** Gives libc back; device nodes that are open go on. A second call does nothing. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#libc?.release();
    this.#libc = undefined;
  }

  #use(): Libc {
    if (this.#disposed) {
      throw new UsageError("the host was disposed", {
        hint: "Make a new LinuxHost, or dispose it later.",
      });
    }
    return this.#libc ??= acquireLibc(this.#path);
  }

  /** `path` with its NUL, in a buffer used again by the next call. */
  #cstring(path: string, call: string): Bytes {
    // The kernel would take a path with a NUL in it for a shorter one.
    if (path.includes("\0")) throw pathError(call, path, ERRNO.EINVAL);
    const { read, written } = this.#encoder.encodeInto(path, this.#name);
    if (read < path.length || written >= PATH_MAX) {
      throw pathError(call, path, ERRNO.ENAMETOOLONG);
    }
    this.#name[written] = 0;
    return this.#name;
  }

  #openFile(libc: Libc, path: string, flags: number): number {
    const name = this.#cstring(path, "open");
    return this.#retried(
      () => libc.symbols.open(name, flags | O_CLOEXEC),
      "open",
      path,
    );
  }

  /** `call` until no signal interrupts it: right for files, never for a device's ioctl. */
  #retried(call: () => number, what: string, path: string): number {
    const libc = this.#use();
    for (;;) {
      const result = call();
      if (result >= 0) return result;
      const errno = libc.errno();
      if (errno !== ERRNO.EINTR) throw pathError(what, path, errno);
    }
  }

  #entries(
    dents: Bytes,
    each: (name: string, inode: bigint) => void,
  ): void {
    const view = new DataView(dents.buffer, dents.byteOffset, dents.length);
    for (let at = 0; at + D_NAME < dents.length;) {
      const length = view.getUint16(at + D_RECLEN, true);
      if (length <= D_NAME) return;
      const name = dents.subarray(at + D_NAME, at + length);
      const end = name.indexOf(0);
      const text = this.#decoder.decode(end < 0 ? name : name.subarray(0, end));
      if (text !== "." && text !== "..") {
        each(text, view.getBigUint64(at, true));
      }
      at += length;
    }
  }
}
