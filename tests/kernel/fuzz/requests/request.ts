/**
 * What a kind of device has to say of its random requests.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../../../lib/bytes.ts";
import type { Random } from "../random.ts";

/** A request that makes sense as far as it goes; pointers and sizes are everybody's. */
export interface Request {
  /** The bytes at `in`. */
  readonly bytes: Bytes;
  /** Their number for the kernel, where it is not all of them. */
  readonly in_len?: number;
  /** Room for the answer. */
  readonly out_len: number;
  /** What lies at in2, and how much of out2 is watched. */
  readonly second?: { readonly in2: Bytes; readonly out2_len: number };
}

/** One kind of device. */
export interface RequestKind {
  /** A random request. */
  make(random: Random): Request;
  /** What a request is about, for people: the name of its command. */
  name(bytes: Uint8Array): string;
  /** Takes out of changed bytes what would cost the machine time or memory. */
  tame?(bytes: Uint8Array): void;
  /** Files that a case may write, with what may stand in them; the first is how it begins. */
  readonly files?: Readonly<Record<string, readonly string[]>>;
}

/** Addresses of the regions, as requests hold them. */
const BASE = 0x1000_0000_0000n;
const AT = {
  struct: BASE,
  data: BASE + 0x100_0000n,
  in: BASE + 0x200_0000n,
  out: BASE + 0x300_0000n,
  in2: BASE + 0x400_0000n,
  out2: BASE + 0x500_0000n,
  ro: BASE + 0x600_0000n,
  unmapped: BASE + 0x700_0000n,
} as const;
const END_OF_SMALL = 0x1_0000n;

/** An address inside a request: mostly `usual`, else anything that may go wrong. */
export function address(random: Random, usual: "in2" | "out2"): bigint {
  if (!random.oneIn(4)) return AT[usual] + BigInt(random.pick([0, 0, 0, 1, 7]));
  return random.pick([
    () => random.pick([AT.struct, AT.data, AT.in, AT.out, AT.in2, AT.out2]),
    () => AT.out + BigInt(random.below(64)),
    () => AT.in + BigInt(random.below(64)),
    () => AT[usual] + END_OF_SMALL - BigInt(random.below(70)),
    () => AT.ro,
    () => AT.unmapped,
    () => 0n,
    () => BigInt(random.below(4096)),
    () => 0x7fff_ffff_f000n - BigInt(random.below(9)),
    () => 0xffff_8880_0000_0000n + BigInt(random.u32()),
    () => 0x8000_0000_0000_0000n,
    () => 0xffff_ffff_ffff_ffffn,
  ])();
}

/** Bytes from hex digits, made longer with random ones or cut. */
export function head(random: Random, digits: string, length: number): Bytes {
  const bytes = random.bytes(length);
  bytes.set(fromHex(digits).subarray(0, length));
  return bytes;
}

/** A length: mostly one of the usual, else around it or anything. */
export function around(random: Random, usual: readonly number[]): number {
  const length = random.pick(usual);
  switch (random.below(8)) {
    case 0:
      return Math.max(0, length + random.between(-2, 2));
    case 1:
      return random.below(300);
    default:
      return length;
  }
}
