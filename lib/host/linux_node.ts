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

/** The address of a buffer's first byte. */
interface Base {
  target?: Bytes;
  at: number;
}

/** Bytes of the largest memory whose address is remembered. */
const KEPT = 32 << 10;

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
  /** The struct of the last call and its address. */
  #arg: Bytes | undefined;
  #argAddress = 0n;
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
    const count = pointers.length;
    for (let i = 0; i < count; i++) {
      const pointer = pointers[i];
      if (pointer !== undefined && !this.#write(pointer, i)) {
        this.#alive = undefined;
        return -ERRNO.EFAULT;
      }
    }
    let result = this.#symbols.ioctl(this.#fd, cmd, this.#argument(arg));
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

  /** The address of the struct, remembered like that of a target. */
  #argument(arg: Bytes): bigint {
    if (this.#arg === arg && arg.length > 0) return this.#argAddress;
    // As in `#address`: out of the heap first, then asked for.
    this.#argAddress = arg.buffer.byteLength === 0
      ? 0n
      : this.#symbols.memset(arg, 0, 0n);
    // Held until the next call: this one's struct is alive while C uses it.
    this.#arg = arg;
    return this.#argAddress;
  }

  #write(pointer: UserPointer, index: number): boolean {
    const { holder, at, target, offset = 0 } = pointer;
    if (!(at >= 0 && at + 8 <= holder.length)) return false;
    if (this.#holder !== holder || this.#view === undefined) {
      this.#holder = holder;
      this.#view = new DataView(
        holder.buffer,
        holder.byteOffset,
        holder.length,
      );
    }
    const address = target.length === 0
      ? 0
      : this.#address(target, index) + offset;
    // User addresses have at most 52 bits without asking for more: exact in a double.
    this.#view.setUint32(at, address >>> 0, true);
    this.#view.setUint32(at + 4, address / 2 ** 32, true);
    return true;
  }

  /**
   * The address of a buffer's first byte. That of the buffer used last in the
   * same place is remembered: once it has been touched through `.buffer` it
   * lies outside V8's heap and never moves, and asking costs as much as the
   * ioctl.
   */
  #address(target: Bytes, index: number): number {
    const known = this.#known[index];
    if (known !== undefined && known.target === target) return known.at;
    // Looked at before the address is asked for: it moves out of the heap here.
    const size = target.buffer.byteLength;
    const address = Number(this.#symbols.memset(target, 0, 0n));
    // What is remembered is kept alive, so only small memory is.
    if (known !== undefined && size <= KEPT) {
      known.target = target;
      known.at = address;
    }
    return address;
  }
}
