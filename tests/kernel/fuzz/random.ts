/**
 * Random numbers that a seed brings back.
 *
 * @module
 */
import { type Bytes, toHex } from "../../../lib/bytes.ts";

/** One stream of numbers (sfc32), the same for the same words. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** A stream for each list of words. */
  constructor(...words: readonly (number | string)[]) {
    const [a, b, c] = [1, 2, 3].map((salt) => digest([salt, ...words]));
    this.#a = a ?? 0;
    this.#b = b ?? 0;
    this.#c = c ?? 0;
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** 32 bits. */
  u32(): number {
    const sum = this.#a + this.#b + this.#counter++ | 0;
    this.#a = this.#b ^ this.#b >>> 9;
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = (this.#c << 21 | this.#c >>> 11) + sum | 0;
    return sum >>> 0;
  }

  /** 0 to `n` - 1. */
  below(n: number): number {
    return Math.floor(this.u32() / 2 ** 32 * n);
  }

  /** `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** One of a list. @throws {RangeError} when there is none */
  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  /** Random bytes. */
  bytes(length: number): Bytes {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const word = this.u32();
      for (let j = 0; j < 4 && i + j < length; j++) {
        bytes[i + j] = word >> 8 * j;
      }
    }
    return bytes;
  }

  /** The same as hex digits. */
  hex(length: number): string {
    return toHex(this.bytes(length));
  }
}

/** FNV-1a over the words. */
function digest(words: readonly (number | string)[]): number {
  let hash = 0x811c9dc5;
  for (const char of words.join("|")) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  return hash;
}
