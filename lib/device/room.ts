/**
 * Room for responses. A buffer of its own costs V8 about 300 ns whatever its
 * size, more than the FFI call; small ones are cut from a larger one, each
 * byte of which is given out once.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";

/** Bytes of the buffer that small ones are cut from; what a kept response keeps alive. */
const SLAB = 32 << 10;
/** Above it a response gets a buffer of its own; the largest answer of mlx5 that is asked for often has 4112. */
const SMALL = 4608;

/** Gives zeroed room, never the same twice. */
export class Room {
  /** The memory of the piece taken last. */
  memory: Bytes = new Uint8Array(0);
  /** Where in `memory` that piece begins. */
  offset = 0;
  #slab: Bytes | undefined;
  // Asking a view for its buffer costs as much as making another view.
  #slabBuffer: ArrayBuffer | undefined;
  #used = SLAB;

  /** Takes `length` zero bytes: they are at `offset` in `memory`. */
  take(length: number): void {
    if (length > SMALL) {
      this.memory = new Uint8Array(length);
      this.offset = 0;
      return;
    }
    if (this.#slab === undefined || this.#used + length > SLAB) {
      this.#slabBuffer = new ArrayBuffer(SLAB);
      this.#slab = new Uint8Array(this.#slabBuffer);
      this.#used = 0;
    }
    this.memory = this.#slab;
    this.offset = this.#used;
    // Every piece starts at a word: codecs may look at it through wider arrays.
    this.#used = (this.#used + length + 7) & ~7;
  }

  /** The first `length` bytes of the piece taken last. */
  piece(length: number): Bytes {
    const { memory, offset } = this;
    if (memory === this.#slab && this.#slabBuffer !== undefined) {
      return new Uint8Array(this.#slabBuffer, offset, length);
    }
    return length === memory.length ? memory : memory.subarray(0, length);
  }
}
