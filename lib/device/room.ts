/**
 * Room for responses. A buffer of its own costs V8 about 300 ns whatever its
 * size, more than the FFI call; small ones are cut from a larger one, each
 * byte of which is given out once.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";

/** Bytes of the buffer that small ones are cut from; what a kept response keeps alive. */
const SLAB = 8 << 10;
/** Above it a response gets a buffer of its own. */
const SMALL = 512;

/** Gives zeroed room, never the same twice. */
export class Room {
  #slab: ArrayBuffer | undefined;
  #used = SLAB;

  /** `length` zero bytes, which may lie within a larger buffer. */
  take(length: number): Bytes {
    if (length > SMALL) return new Uint8Array(length);
    if (this.#slab === undefined || this.#used + length > SLAB) {
      this.#slab = new ArrayBuffer(SLAB);
      this.#used = 0;
    }
    const at = this.#used;
    // Every piece starts at a word: codecs may look at it through wider arrays.
    this.#used = (at + length + 7) & ~7;
    return new Uint8Array(this.#slab, at, length);
  }
}
