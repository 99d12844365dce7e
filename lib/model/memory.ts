/**
 * User memory of a modelled process: a few mapped regions, nothing between them.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { UserMemory } from "./types.ts";

/** Bytes mapped at an address. */
export interface MemoryRegion {
  /** Address of the first byte, below 0x7ffffffff000. */
  readonly address: bigint;
  /** The bytes themselves; writes of the kernel land here. */
  readonly bytes: Bytes;
  /** Whether the kernel's writes fault. */
  readonly readonly?: boolean;
}

/** TASK_SIZE_MAX with four page table levels: the first address no process has. */
const TASK_SIZE_MAX = 0x7ffffffff000;

interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly bytes: Bytes;
  readonly readonly: boolean;
}

/**
 * Regions with fault semantics: an access that leaves what is mapped fails. A
 * write that fails half way has written the bytes before the fault; one that
 * reaches beyond the process's address space writes nothing (access_ok).
 */
export class ModelMemory implements UserMemory {
  readonly #mappings: Mapping[] = [];

  /** Regions must not overlap; neighbours that touch count as one. */
  constructor(regions: Iterable<MemoryRegion> = []) {
    for (const region of regions) this.map(region);
  }

  /**
   * Maps one more region.
   *
   * @throws {RangeError} where it overlaps another or leaves the address space
   */
  map(region: MemoryRegion): void {
    const start = Number(region.address);
    const end = start + region.bytes.length;
    if (!(start >= 0) || end > TASK_SIZE_MAX) {
      throw new RangeError("The region is outside the address space");
    }
    if (this.#mappings.some((at) => at.start < end && start < at.end)) {
      throw new RangeError("The region overlaps another one");
    }
    this.#mappings.push({
      start,
      end,
      bytes: region.bytes,
      readonly: region.readonly ?? false,
    });
  }

  read(address: bigint, length: number): Bytes | undefined {
    const start = userAddress(address, length);
    if (start === undefined) return length === 0 ? new Uint8Array() : undefined;
    const copy = new Uint8Array(length);
    const done = this.#walk(start, length, false, (bytes, from, to, at) => {
      copy.set(bytes.subarray(from, to), at);
    });
    return done ? copy : undefined;
  }

  write(address: bigint, bytes: Uint8Array): boolean {
    const start = userAddress(address, bytes.length);
    if (start === undefined) return bytes.length === 0;
    return this.#walk(start, bytes.length, true, (target, from, to, at) => {
      target.set(bytes.subarray(at, at + to - from), from);
    });
  }

  clear(address: bigint, length: number): boolean {
    const start = userAddress(address, length);
    if (start === undefined) return length === 0;
    return this.#walk(start, length, true, (target, from, to) => {
      target.fill(0, from, to);
    });
  }

  /** Visits the mapped pieces in order; false at the first byte that faults. */
  #walk(
    start: number,
    length: number,
    writing: boolean,
    visit: (bytes: Bytes, from: number, to: number, at: number) => void,
  ): boolean {
    const end = start + length;
    let at = start;
    while (at < end) {
      const here = this.#mappings.find((m) => m.start <= at && at < m.end);
      if (!here || (writing && here.readonly)) return false;
      const to = Math.min(end, here.end);
      visit(here.bytes, at - here.start, to - here.start, at - start);
      at = to;
    }
    return true;
  }
}

/** The address as a number, or undefined when the range is not a user's. */
function userAddress(address: bigint, length: number): number | undefined {
  const start = Number(BigInt.asUintN(64, address));
  return start + length <= TASK_SIZE_MAX ? start : undefined;
}
