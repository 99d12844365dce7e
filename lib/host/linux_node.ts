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

/** The address of a buffer. */
interface Base {
  buffer?: ArrayBuffer;
  at: number;
}

/** Bytes of the largest buffer whose address is remembered. */
const KEPT = 16 << 10;

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
  /** Where the buffers of the last call's first pointers begin, see `#address`. */
  readonly #known: Base[] = [{ at: 0 }, { at: 0 }];
  /** The struct that held the last pointer, as a view. */
  #holder: Bytes | undefined;
  #view: DataView | undefined;

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
      if (pointer !== undefined && !this.#write(pointer, i)) {
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

  #write({ holder, at, target }: UserPointer, index: number): boolean {
    if (!(at >= 0 && at + 8 <= holder.length)) return false;
    if (this.#holder !== holder || this.#view === undefined) {
      this.#holder = holder;
      this.#view = new DataView(
        holder.buffer,
        holder.byteOffset,
        holder.length,
      );
    }
    const address = target.length === 0 ? 0 : this.#address(target, index);
    // User addresses have at most 52 bits without asking for more: exact in a double.
    this.#view.setUint32(at, address >>> 0, true);
    this.#view.setUint32(at + 4, address / 2 ** 32, true);
    return true;
  }

  /**
   * The address of a buffer's first byte. The base of the buffer used last in
   * the same place is remembered: an ArrayBuffer that has been touched through
   * `.buffer` lies outside V8's heap and never moves, and asking costs as much
   * as the ioctl.
   */
  #address(target: Bytes, index: number): number {
    const { buffer } = target;
    const known = this.#known[index];
    if (known !== undefined && known.buffer === buffer) {
      return known.at + target.byteOffset;
    }
    const address = Number(this.#symbols.memset(target, 0, 0n));
    // What is remembered is kept alive, so only small ones are.
    if (known !== undefined && buffer.byteLength <= KEPT) {
      known.buffer = buffer;
      known.at = address - target.byteOffset;
    }
    return address;
  }
}
