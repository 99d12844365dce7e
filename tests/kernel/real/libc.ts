/**
 * The system calls of a recording, made on the real kernel through libc. Every
 * one gives its value, or the negated errno.
 *
 * The library's own FFI (lib/host) is left alone here: it is what the proof is
 * about, and it cannot make the calls that are wrong on purpose.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  dup: { parameters: ["i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "u64"], result: "i32" },
  // The same on another thread: the call in flight while its device goes.
  slow: {
    name: "ioctl",
    parameters: ["i32", "u64", "u64"],
    result: "i32",
    nonblocking: true,
  },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // A position and an address are 64 bits, and both fit in a number.
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  mmap: {
    parameters: ["u64", "usize", "i32", "i32", "i32", "i64"],
    result: "i64",
  },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  // Raw, because glibc's own would change all threads of the process.
  setresuid: {
    name: "syscall",
    parameters: ["i64", "i32", "i32", "i32"],
    result: "i64",
  },
  capability: {
    name: "syscall",
    parameters: ["i64", "buffer", "buffer"],
    result: "i64",
  },
  delete_module: {
    name: "syscall",
    parameters: ["i64", "buffer", "i64"],
    result: "i64",
  },
  finit_module: {
    name: "syscall",
    parameters: ["i64", "i32", "buffer", "i32"],
    result: "i64",
  },
  klogctl: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** System calls without a wrapper, on x86-64. */
const NUMBER = {
  setresuid: 117n,
  capget: 125n,
  capset: 126n,
  delete_module: 176n,
  finit_module: 313n,
} as const;

const O_NONBLOCK = 0o4000n;
/** SYSLOG_ACTION_READ_ALL. */
const READ_ALL = 3;

const text = (value: string): Bytes => new TextEncoder().encode(`${value}\0`);

/** libc of this thread. */
export class RealLibc implements Disposable {
  readonly #library = Deno.dlopen("libc.so.6", SYMBOLS);
  readonly #symbols = this.#library.symbols;
  readonly #errno: Int32Array;

  /** @throws without permission, or on another machine than Linux on x86-64 */
  constructor() {
    const location = this.#symbols.__errno_location();
    if (location === null) throw new Error("libc has no errno");
    // The address is the thread's for ever; reading it allocates nothing, so
    // that no collection can change it in between.
    this.#errno = new Int32Array(
      Deno.UnsafePointerView.getArrayBuffer(location, 4),
    );
  }

  #value(result: number): number {
    return result < 0 ? -(this.#errno[0] ?? 0) : result;
  }

  #long(result: bigint): number {
    // What errno says is read before the number is made.
    const errno = this.#errno[0] ?? 0;
    return result < 0n ? -errno : Number(result);
  }

  /** open(2). */
  open(path: string, flags: number): number {
    return this.#value(this.#symbols.open(text(path), flags));
  }

  /** close(2). */
  close(fd: number): number {
    return this.#value(this.#symbols.close(fd));
  }

  /** dup(2). */
  dup(fd: number): number {
    return this.#value(this.#symbols.dup(fd));
  }

  /** ioctl(2) with an address of user memory. */
  ioctl(fd: number, cmd: number, arg: bigint): number {
    return this.#value(this.#symbols.ioctl(fd, BigInt(cmd), arg));
  }

  /** The same on another thread; its errno cannot be read from this one. */
  slowIoctl(fd: number, cmd: number, arg: bigint): Promise<number> {
    return this.#symbols.slow(fd, BigInt(cmd), arg);
  }

  /** read(2). */
  read(fd: number, into: Bytes): number {
    return this.#value(
      this.#symbols.read(fd, into, BigInt(into.length)),
    );
  }

  /** write(2). */
  write(fd: number, bytes: Bytes): number {
    return this.#value(this.#symbols.write(fd, bytes, BigInt(bytes.length)));
  }

  /** lseek(2) to the beginning. */
  rewind(fd: number): number {
    return this.#long(this.#symbols.lseek(fd, 0n, 0));
  }

  /** mmap(2): the address, or the negated errno. */
  mmap(
    address: bigint,
    length: number,
    protection: number,
    flags: number,
    fd: number,
  ): number {
    return this.#long(
      this.#symbols.mmap(address, BigInt(length), protection, flags, fd, 0n),
    );
  }

  /** A file in memory of `length` bytes. */
  memoryFile(name: string, length: number): number {
    const fd = this.#value(this.#symbols.memfd_create(text(name), 0));
    if (fd < 0) return fd;
    const ret = this.#value(this.#symbols.ftruncate(fd, BigInt(length)));
    return ret < 0 ? ret : fd;
  }

  /** This thread's effective user. */
  setUser(uid: number): number {
    return this.#long(
      this.#symbols.setresuid(NUMBER.setresuid, -1, uid, -1),
    );
  }

  /** This thread's effective capabilities become what `change` makes of them. */
  setCapabilities(change: (effective: bigint) => bigint): number {
    // struct __user_cap_header_struct, version 3, this thread; then two times
    // effective, permitted, inheritable.
    const header = new Uint8Array(8);
    new DataView(header.buffer).setUint32(0, 0x20080522, true);
    const data = new Uint8Array(24);
    const words = new DataView(data.buffer);
    const got = this.#long(
      this.#symbols.capability(NUMBER.capget, header, data),
    );
    if (got < 0) return got;
    const effective = change(
      BigInt(words.getUint32(12, true)) << 32n |
        BigInt(words.getUint32(0, true)),
    );
    words.setUint32(0, Number(effective & 0xffff_ffffn), true);
    words.setUint32(12, Number(effective >> 32n), true);
    return this.#long(this.#symbols.capability(NUMBER.capset, header, data));
  }

  /** delete_module(2), without waiting. */
  removeModule(name: string): number {
    return this.#long(
      this.#symbols.delete_module(
        NUMBER.delete_module,
        text(name),
        O_NONBLOCK,
      ),
    );
  }

  /** finit_module(2) of a file. */
  loadModule(path: string): number {
    const fd = this.open(path, 0);
    if (fd < 0) return fd;
    const ret = this.#long(
      this.#symbols.finit_module(NUMBER.finit_module, fd, text(""), 0),
    );
    this.close(fd);
    return ret;
  }

  /** What the kernel said and still remembers, without numbers and times. */
  kernelLog(): string[] {
    const buffer = new Uint8Array(1 << 20);
    const length = this.#value(
      this.#symbols.klogctl(READ_ALL, buffer, buffer.length),
    );
    return new TextDecoder().decode(buffer.subarray(0, Math.max(0, length)))
      .split("\n")
      .map((line) => line.replace(/^<\d+>(\[ *[\d.]+\] )?/, ""));
  }

  /** Closes the library; nothing may be called any more. */
  [Symbol.dispose](): void {
    this.#library.close();
  }
}

/** `EBUSY` of -16. */
export function errnoName(ret: number): string {
  return Object.entries(ERRNO).find(([, value]) => value === -ret)?.[0] ??
    `errno ${-ret}`;
}
