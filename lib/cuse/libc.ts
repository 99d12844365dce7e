/**
 * The system calls that a CUSE server makes beside those of lib/host: waiting
 * for several channels, and writing into the memory of a caller.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { acquireLibc, findLibc, type Libc } from "../host/libc.ts";
import { ERRNO } from "../uapi/errno.ts";

const SYMBOLS = {
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  // The same on another thread, so that timers and signals go on meanwhile.
  wait: {
    name: "poll",
    parameters: ["buffer", "usize", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // int eventfd(unsigned int initval, int flags)
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  // int unlink(const char *pathname)
  unlink: { parameters: ["buffer"], result: "i32" },
  // ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset)
  pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  // ssize_t process_vm_writev(pid_t pid, const struct iovec *local, unsigned
  // long liovcnt, const struct iovec *remote, unsigned long riovcnt, unsigned
  // long flags)
  process_vm_writev: {
    parameters: ["i32", "buffer", "usize", "buffer", "usize", "usize"],
    result: "i32",
  },
  // The same for reading: it asks for the same rights, and changes nothing.
  process_vm_readv: {
    parameters: ["i32", "buffer", "usize", "buffer", "usize", "usize"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const POLLIN = 1;
/** struct pollfd. */
const POLLFD = 8;

/** What the server calls. Every call gives its value, or the negated errno. */
export class CuseLibc implements Disposable {
  /** The calls of lib/host. */
  readonly libc: Libc;
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #symbols: Symbols;
  /** Held while another thread looks at it. */
  #pollfds: Bytes = new Uint8Array();

  /** @throws `UsageError` without `--allow-ffi` */
  constructor() {
    this.libc = acquireLibc();
    const path = findLibc();
    if (path === undefined) {
      this.libc.release();
      throw new UsageError("libc is out of reach", {
        hint: "Run deno with --allow-ffi.",
      });
    }
    this.#library = Deno.dlopen(path, SYMBOLS);
    this.#symbols = this.#library.symbols;
  }

  /** Opens for reading and writing without waiting. */
  open(path: string): number {
    return this.#value(
      this.libc.symbols.open(cstring(path), O_RDWR | O_NONBLOCK | O_CLOEXEC),
    );
  }

  /** close(2). */
  close(fd: number): void {
    this.libc.symbols.close(fd);
  }

  /** read(2). */
  read(fd: number, into: Bytes): number {
    return this.#value(
      this.libc.symbols.read(fd, into, BigInt(into.length)),
    );
  }

  /** write(2). */
  write(fd: number, bytes: Bytes): number {
    return this.#value(
      this.libc.symbols.write(fd, bytes, BigInt(bytes.length)),
    );
  }

  /** unlink(2). */
  unlink(path: string): number {
    return this.#value(this.#symbols.unlink(cstring(path)));
  }

  /** A descriptor that {@linkcode CuseLibc.wait} wakes up by, once {@linkcode CuseLibc.wake} wrote to it. */
  waker(): number {
    return this.#value(this.#symbols.eventfd(0, O_NONBLOCK | O_CLOEXEC));
  }

  /** Wakes whoever waits for `fd`. */
  wake(fd: number): void {
    this.write(fd, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]));
  }

  /** Until one of them can be read, or for `ms`; nothing else goes on meanwhile. */
  poll(fds: readonly number[], ms: number): number {
    const pollfds = this.#pollfd(fds);
    return this.#value(this.#symbols.poll(pollfds, BigInt(fds.length), ms));
  }

  /** Until one of them can be read; everything else goes on meanwhile. */
  async wait(fds: readonly number[]): Promise<void> {
    this.#pollfds = this.#pollfd(fds);
    await this.#symbols.wait(this.#pollfds, BigInt(fds.length), -1);
  }

  /** Whether a process lets us into its memory. */
  reachable(pid: number, address: bigint): boolean {
    const byte = new Uint8Array(1);
    const read = this.#symbols.process_vm_readv(
      pid,
      this.#iovec(byte),
      1n,
      iovec(address, 1),
      1n,
      0n,
    );
    if (read === 1) return true;
    if (this.libc.errno() !== ERRNO.ENOSYS) return false;
    const fd = this.open(`/proc/${pid}/mem`);
    if (fd >= 0) this.close(fd);
    return fd >= 0;
  }

  /** Writes into the memory of a process: 0, or a negated errno. */
  writeInto(pid: number, address: bigint, bytes: Bytes): number {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at);
      const written = this.#writeSome(pid, address + BigInt(at), part);
      // Whatever it was: the caller's memory was not there.
      if (written <= 0) return -ERRNO.EFAULT;
      at += written;
    }
    return 0;
  }

  /** Gives the libraries back. */
  [Symbol.dispose](): void {
    this.#library.close();
    this.libc.release();
  }

  #writeSome(pid: number, address: bigint, bytes: Bytes): number {
    const written = this.#value(this.#symbols.process_vm_writev(
      pid,
      this.#iovec(bytes),
      1n,
      iovec(address, bytes.length),
      1n,
      0n,
    ));
    if (written !== -ERRNO.ENOSYS) return written;
    const fd = this.open(`/proc/${pid}/mem`);
    if (fd < 0) return fd;
    const size = BigInt(bytes.length);
    const ret = this.#value(
      this.#symbols.pwrite(fd, bytes, size, BigInt.asIntN(64, address)),
    );
    this.close(fd);
    return ret;
  }

  #value(result: number): number {
    return result < 0 ? -this.libc.errno() : result;
  }

  /** struct iovec of our own memory. */
  #iovec(bytes: Bytes): Bytes {
    // Looked at before the address is asked for: it moves out of V8's heap here.
    void bytes.buffer.byteLength;
    return iovec(this.libc.symbols.memset(bytes, 0, 0n), bytes.length);
  }

  #pollfd(fds: readonly number[]): Bytes {
    const view = new DataView(new ArrayBuffer(POLLFD * fds.length));
    fds.forEach((fd, i) => {
      view.setInt32(POLLFD * i, fd, true);
      view.setInt16(POLLFD * i + 4, POLLIN, true);
    });
    return new Uint8Array(view.buffer);
  }
}

/** struct iovec. */
function iovec(address: bigint, length: number): Bytes {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, address, true);
  view.setBigUint64(8, BigInt(length), true);
  return new Uint8Array(view.buffer);
}

function cstring(text: string): Bytes {
  return new TextEncoder().encode(`${text}\0`);
}
