/**
 * The recorder's user memory: regions at fixed addresses, each followed by
 * unmapped pages, and pointers into them by name.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { ModelMemory } from "../../lib/model/memory.ts";

const BASE = 0x1000_0000_0000n;
const KIB = 1024;

/** Name, offset from the struct region, length in bytes. */
export const REGIONS: readonly (readonly [string, bigint, number])[] = [
  ["struct", 0n, 1024 * KIB],
  ["data", 0x100_0000n, 64 * KIB],
  ["in", 0x200_0000n, 4096 * KIB],
  ["out", 0x300_0000n, 4096 * KIB],
  ["in2", 0x400_0000n, 64 * KIB],
  ["out2", 0x500_0000n, 64 * KIB],
  ["ro", 0x600_0000n, 64 * KIB],
];
const UNMAPPED = BASE + 0x700_0000n;

/** A stretch of a region. */
export interface Window {
  /** The bytes as far as they are mapped; a view, not a copy. */
  readonly bytes: Bytes;
  /** Whether more was asked for than the region has. */
  readonly cut: boolean;
}

interface Region {
  readonly name: string;
  readonly address: bigint;
  readonly bytes: Bytes;
}

/** The memory all cases of a file share; what a case leaves there stays. */
export class LabMemory extends ModelMemory {
  readonly #regions: readonly Region[];
  #roDirty = false;

  /** All regions, zero; `map` gives the bytes of one where they are not just an array. */
  constructor(map?: (name: string, address: bigint) => Bytes) {
    const regions = REGIONS.map(([name, offset, length]) => ({
      name,
      address: BASE + offset,
      bytes: map?.(name, BASE + offset) ?? new Uint8Array(length),
      readonly: name === "ro",
    }));
    super(regions);
    this.#regions = regions;
  }

  /**
   * The address a pointer names: `in`, `in+5`, `in-5` (5 bytes before the
   * region's end), `null`, `unmapped`, or a number.
   *
   * @throws {TypeError} when it is none of these
   */
  address(pointer: string): bigint {
    if (pointer === "null") return 0n;
    if (pointer === "unmapped") return UNMAPPED;
    const parts = /^([a-z]+2?)(?:([+-])(\d+))?$/.exec(pointer);
    const region = this.#regions.find((r) => r.name === parts?.[1]);
    if (region && parts) {
      const distance = BigInt(parts[3] ?? 0);
      return parts[2] === "-"
        ? region.address + BigInt(region.bytes.length) - distance
        : region.address + distance;
    }
    if (/^(0x[0-9a-f]+|\d+)$/i.test(pointer)) return BigInt(pointer);
    throw new TypeError(`"${pointer}" is not a pointer`);
  }

  /** `length` bytes at `address`, cut to the region; none where nothing is mapped. */
  window(address: bigint, length: number): Window {
    for (const region of this.#regions) {
      const from = Number(address - region.address);
      if (from < 0 || from >= region.bytes.length) continue;
      const bytes = region.bytes.subarray(from, from + length);
      return { bytes, cut: bytes.length < length };
    }
    return { bytes: new Uint8Array(), cut: length > 0 };
  }

  /** Zeroes the read-only region: the first of the preparations for a call. */
  clearReadOnly(): void {
    if (this.#roDirty) this.window(this.address("ro"), 64 * KIB).bytes.fill(0);
    this.#roDirty = false;
  }

  /** The recorder's own write: `bytes`, then `filler` up to `length`, cut to the region. */
  prepare(
    address: bigint,
    bytes: Uint8Array,
    length: number,
    filler: number,
  ): void {
    const target = this.window(address, Math.max(length, bytes.length)).bytes;
    target.fill(filler);
    target.set(bytes.subarray(0, target.length));
    const ro = address - this.address("ro");
    if (ro >= 0n && ro < 64n * 1024n) this.#roDirty = true;
  }
}
