/**
 * An open device node of the real kernel.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { ERRNO } from "../uapi/errno.ts";
import type { DeviceNode, UserPointer } from "./host.ts";
import type { Libc } from "./libc.ts";

/** What is left of a node that nobody holds any more. */
interface Forgotten {
  readonly fd: number;
  readonly libc: Libc;
}

// The net under a forgotten close(): every descriptor holds a firmware context.
let net: FinalizationRegistry<Forgotten> | undefined;

function closeForgotten({ fd, libc }: Forgotten): void {
  libc.symbols.close(fd);
  libc.release();
}

/** A descriptor of a device node. */
export class LinuxNode implements DeviceNode {
  readonly path: string;
  #fd: number;
  readonly #libc: Libc;
  readonly #symbols: Libc["symbols"];
  readonly #errno: () => number;
  /** Keeps the targets from the collector while C knows them by address only. */
  #alive: readonly UserPointer[] | undefined;
  readonly #address = new BigUint64Array(1);
  readonly #addressBytes: Bytes = new Uint8Array(this.#address.buffer);

  /** Takes over `fd` and adds one use of `libc`. */
  constructor(path: string, fd: number, libc: Libc) {
    this.path = path;
    this.#fd = fd;
    this.#libc = libc;
    this.#symbols = libc.symbols;
    this.#errno = libc.errno;
    libc.retain();
    net ??= new FinalizationRegistry(closeForgotten);
    net.register(this, { fd, libc }, this);
  }

  /**
   * One ioctl; the value or the negated errno. A pointer that does not fit in
   * its holder is EFAULT, a closed descriptor EBADF: neither reaches the kernel.
   * Never repeated: after EINTR nobody knows whether the firmware ran it.
   */
  ioctl(cmd: number, arg: Bytes, pointers: readonly UserPointer[]): number {
    if (this.#fd < 0) return -ERRNO.EBADF;
    // Held from before the first address is taken until C has returned: a
    // buffer known by its address alone may be freed at any allocation.
    this.#alive = pointers;
    for (let i = 0; i < pointers.length; i++) {
      const pointer = pointers[i];
      if (pointer !== undefined && !this.#write(pointer)) {
        this.#alive = undefined;
        return -ERRNO.EFAULT;
      }
    }
    let result = this.#symbols.ioctl(this.#fd, cmd, arg);
    if (result < 0) result = -this.#errno();
    this.#alive = undefined;
    return result;
  }

  /** Closes the descriptor; a second call does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    net?.unregister(this);
    this.#symbols.close(fd);
    this.#libc.release();
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #write({ holder, at, target }: UserPointer): boolean {
    if (!(at >= 0 && at + 8 <= holder.length)) return false;
    this.#address[0] = target.length === 0
      ? 0n
      : this.#symbols.memset(target, 0, 0n);
    const bytes = this.#addressBytes;
    for (let i = 0; i < 8; i++) holder[at + i] = bytes[i] ?? 0;
    return true;
  }
}
