/**
 * The memory of a program that calls, as far as the kernel has brought it: a
 * modelled kernel reads it, and what it writes is kept to be sent.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import type { UserMemory } from "../model/types.ts";
import { FUSE_MAX_ROUND } from "../uapi/fuse.ts";
import type { Range } from "./protocol.ts";

const PAGE = 4096n;
/** Read ahead of what was asked for, as far as the page goes: both structs of fwctl with room. */
const AHEAD = 64;

/** Control flow: the model needs a stretch that is not here yet. */
export class NeedsMemory {
  /** What to bring. */
  readonly range: Range;

  /** At most one round's worth. */
  constructor(range: Range) {
    this.range = range;
  }
}

/** A stretch of memory to be written; without bytes it is zeroed. */
export interface Write extends Range {
  /** What goes there. */
  readonly bytes?: Bytes;
}

interface Piece {
  readonly start: bigint;
  readonly end: bigint;
  readonly bytes: Bytes;
}

/** User memory in pieces. A read of what is missing throws {@linkcode NeedsMemory}. */
export class CallMemory implements UserMemory {
  #pieces: Piece[] = [];
  #zeros = { from: 0n, to: 0n };
  #writes: Write[] = [];

  /** What the model wrote, in order. */
  get writes(): readonly Write[] {
    return this.#writes;
  }

  /** Forgets what was written: the model starts again. */
  restart(): void {
    this.#writes = [];
  }

  /** Bytes that the kernel brought. */
  bring(address: bigint, bytes: Bytes): void {
    this.#pieces.push({
      start: address,
      end: address + BigInt(bytes.length),
      bytes,
    });
  }

  /**
   * How far the zeros go that start at `address`, as far as is known. What was
   * looked at is not kept: the tail of a struct can be long.
   */
  zerosUpTo(address: bigint): bigint {
    let { from, to } = this.#zeros;
    if (from !== address) from = to = address;
    for (;;) {
      const piece = this.#pieces.findLast((p) => p.start <= to && to < p.end);
      if (!piece) break;
      const at = Number(to - piece.start);
      const first = piece.bytes.subarray(at).findIndex((byte) => byte !== 0);
      if (first >= 0) break;
      if (at === 0) this.#pieces = this.#pieces.filter((p) => p !== piece);
      to = piece.end;
    }
    this.#zeros = { from, to };
    return to;
  }

  read(address: bigint, length: number): Bytes | undefined {
    const parts: Bytes[] = [];
    const end = address + BigInt(length);
    let at = address;
    while (at < end) {
      const piece = this.#pieces.find((p) => p.start <= at && at < p.end);
      if (!piece) throw new NeedsMemory(this.#missing(at, end));
      const from = Number(at - piece.start);
      const part = piece.bytes.subarray(from, from + Number(end - at));
      parts.push(part);
      at += BigInt(part.length);
    }
    return concatBytes(...parts);
  }

  /** Whether it can be written to is found out by the kernel, when it is. */
  write(address: bigint, bytes: Uint8Array): boolean {
    if (bytes.length > 0) {
      this.#writes.push({
        address,
        length: bytes.length,
        bytes: bytes.slice(),
      });
    }
    return true;
  }

  clear(address: bigint, length: number): boolean {
    if (length > 0) this.#writes.push({ address, length });
    return true;
  }

  /**
   * The missing stretch from `start` on, and a little more of the same page: a
   * byte more of a page that is there faults no sooner than what was asked for.
   */
  #missing(start: bigint, end: bigint): Range {
    let to = end;
    const pageEnd = (start / PAGE + 1n) * PAGE;
    const ahead = start + BigInt(AHEAD);
    if (to < ahead) to = ahead < pageEnd ? ahead : to > pageEnd ? to : pageEnd;
    for (const piece of this.#pieces) {
      if (piece.start > start && piece.start < to) to = piece.start;
    }
    const length = Number(to - start);
    return { address: start, length: Math.min(length, FUSE_MAX_ROUND) };
  }
}
