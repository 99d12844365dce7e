/**
 * The bytes of a stream, and user memory that writes down what is done to it.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { LabMemory, type Window } from "../../oracle/lab_memory.ts";

/** A growing buffer of records. */
export class Records {
  #bytes: Bytes = new Uint8Array(1 << 20);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #room(more: number): number {
    const at = this.#length;
    this.#length += more;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  /** What a record is. */
  letter(value: string): void {
    this.u8(value.charCodeAt(0));
  }

  /** 8 bits. */
  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  /** 32 bits, of a negative number too. */
  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  /** 64 bits. */
  u64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value, true);
  }

  /** As they are. */
  bytes(value: Uint8Array): void {
    const at = this.#room(value.length);
    this.#bytes.set(value, at);
  }

  /** Its length in 16 bits, then its bytes. */
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    const at = this.#room(2);
    this.#view.setUint16(at, bytes.length, true);
    this.bytes(bytes);
  }

  /** What there is, which is then gone. */
  take(): Bytes {
    const all = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return all;
  }
}

/** User memory that writes down how it is prepared, and knows where windows lie. */
export class WrittenMemory extends LabMemory {
  readonly #records: Records;
  readonly #at = new WeakMap<Uint8Array, bigint>();

  /** All regions, zero. */
  constructor(records: Records) {
    super();
    this.#records = records;
  }

  override window(address: bigint, length: number): Window {
    const window = super.window(address, length);
    this.#at.set(window.bytes, address);
    return window;
  }

  override clearReadOnly(): void {
    super.clearReadOnly();
    this.#records.letter("R");
  }

  override prepare(
    address: bigint,
    bytes: Uint8Array,
    length: number,
    filler: number,
  ): void {
    super.prepare(address, bytes, length, filler);
    this.#records.letter("P");
    this.#records.u64(BigInt.asUintN(64, address));
    // Longer than any region is as long as it.
    this.#records.u32(Math.min(length, 0xffff_ffff));
    this.#records.u8(filler);
    this.#records.u32(bytes.length);
    this.#records.bytes(bytes);
  }

  /** Where a window of this memory begins. */
  addressOf(bytes: Uint8Array): bigint {
    return this.#at.get(bytes) ?? 0n;
  }
}
