/**
 * Reading and writing a run of bits, without allocating for up to 53 of them.
 *
 * Every function takes offsets and widths in bits. `big` (the default) counts
 * from the most significant bit of byte 0; `little` from the least significant
 * one. A run may begin and end anywhere.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { DecodeError, UsageError } from "../errors.ts";
import type { BitOrder } from "./layout.ts";

/** The widest run that a number holds exactly. */
export const NUMBER_BITS = 53;

/** Whether the run is inside; offsets and widths must be whole, not negative. */
function inside(bytes: Uint8Array, offset: number, width: number): boolean {
  return offset >= 0 && width >= 0 && offset + width <= bytes.length * 8 &&
    Number.isInteger(offset) && Number.isInteger(width);
}

/** Apart from the readers so that these stay small. */
function outside(bytes: Uint8Array, offset: number, width: number): never {
  throw new DecodeError(
    `Bits ${offset} to ${offset + width} are not within ${bytes.length} bytes`,
    { hint: "The buffer is shorter than the structure read from it" },
  );
}

function tooWide(width: number, most: number): never {
  throw new UsageError(`${width} bits are more than the ${most} allowed here`, {
    hint: most === 64 ? "Use readWide" : "Use readBigBits",
  });
}

/**
 * An unsigned number of at most 53 bits.
 *
 * @throws `DecodeError` when the run is not within `bytes`
 * @throws `UsageError` when `width` is above 53
 */
export function readBits(
  bytes: Uint8Array,
  offset: number,
  width: number,
  order: BitOrder = "big",
): number {
  if (width > NUMBER_BITS) tooWide(width, NUMBER_BITS);
  if (!inside(bytes, offset, width)) outside(bytes, offset, width);
  const end = offset + width;
  let value = 0;
  if (order === "little") {
    // From the top byte down, so that each step is one multiplication.
    for (let at = end; at > offset;) {
      const byte = (at - 1) >>> 3;
      const low = Math.max(offset, byte * 8);
      const mask = (1 << (at - low)) - 1;
      value = value * (mask + 1) +
        (((bytes[byte] ?? 0) >> (low - byte * 8)) & mask);
      at = low;
    }
    return value;
  }
  for (let at = offset; at < end;) {
    const byte = at >>> 3;
    const next = Math.min(end, (byte + 1) * 8);
    const mask = (1 << (next - at)) - 1;
    value = value * (mask + 1) +
      (((bytes[byte] ?? 0) >> ((byte + 1) * 8 - next)) & mask);
    at = next;
  }
  return value;
}

/**
 * An unsigned number of at most 64 bits.
 *
 * @throws `DecodeError` when the run is not within `bytes`
 * @throws `UsageError` when `width` is above 64
 */
export function readBigBits(
  bytes: Uint8Array,
  offset: number,
  width: number,
  order: BitOrder = "big",
): bigint {
  if (width > 64) tooWide(width, 64);
  if (!inside(bytes, offset, width)) outside(bytes, offset, width);
  const head = Math.max(0, width - 32);
  const tail = width - head;
  const [high, low] = order === "big"
    ? [
      readBits(bytes, offset, head),
      readBits(bytes, offset + head, tail),
    ]
    : [
      readBits(bytes, offset + tail, head, order),
      readBits(bytes, offset, tail, order),
    ];
  return (BigInt(high) << 32n) | BigInt(low);
}

/**
 * A run of any width as bytes of their own, right-aligned: in a width that is
 * not whole bytes the spare bits are zero and at the most significant end
 * (first byte for `big`, last byte for `little`).
 *
 * @throws `DecodeError` when the run is not within `bytes`
 */
export function readWide(
  bytes: Uint8Array,
  offset: number,
  width: number,
  order: BitOrder = "big",
): Bytes {
  if (!inside(bytes, offset, width)) outside(bytes, offset, width);
  if (offset % 8 === 0 && width % 8 === 0) {
    return Uint8Array.from(
      bytes.subarray(offset >>> 3, (offset + width) >>> 3),
    );
  }
  const out = new Uint8Array((width + 7) >> 3);
  for (let i = 0; i < out.length; i++) {
    // Byte i counted from the least significant end, for both orders.
    const low = i * 8;
    const part = Math.min(8, width - low);
    if (order === "big") {
      out[out.length - 1 - i] = readBits(
        bytes,
        offset + width - low - part,
        part,
      );
    } else out[i] = readBits(bytes, offset + low, part, order);
  }
  return out;
}

/** Whether an unsigned number of `width` bits can hold `value` exactly. */
export function fits(value: number | bigint, width: number): boolean {
  if (typeof value === "bigint") {
    return value >= 0n && value < (1n << BigInt(width));
  }
  return Number.isSafeInteger(value) && value >= 0 && value < 2 ** width;
}

function refuse(value: number | bigint, width: number): never {
  throw new UsageError(`${value} does not fit ${width} bits`, {
    hint: width <= NUMBER_BITS
      ? `Give a whole number from 0 to ${2 ** width - 1}`
      : `Give a whole number from 0 to 2^${width} - 1`,
  });
}

/**
 * Writes an unsigned number of at most 64 bits; the bits around it stay.
 *
 * @throws `UsageError` when the value does not fit (nothing is written)
 * @throws `DecodeError` when the run is not within `bytes` (nothing is written)
 */
export function writeBits(
  bytes: Uint8Array,
  offset: number,
  width: number,
  value: number | bigint,
  order: BitOrder = "big",
): void {
  if (width > 64) tooWide(width, 64);
  if (!inside(bytes, offset, width)) outside(bytes, offset, width);
  if (!fits(value, width)) refuse(value, width);
  if (width <= 32) {
    writeNarrow(bytes, offset, width, Number(value), order);
    return;
  }
  const whole = BigInt(value);
  const high = Number(whole >> 32n);
  const low = Number(whole & 0xffffffffn);
  const head = width - 32;
  if (order === "big") {
    writeNarrow(bytes, offset, head, high, order);
    writeNarrow(bytes, offset + head, 32, low, order);
  } else {
    writeNarrow(bytes, offset, 32, low, order);
    writeNarrow(bytes, offset + 32, head, high, order);
  }
}

/** At most 32 bits, already checked. */
function writeNarrow(
  bytes: Uint8Array,
  offset: number,
  width: number,
  value: number,
  order: BitOrder,
): void {
  let rest = value;
  // From the least significant piece up.
  for (let done = 0; done < width;) {
    const bit = order === "big" ? offset + width - done - 1 : offset + done;
    const byte = bit >>> 3;
    // Bits of this byte above the lowest one of the piece.
    const shift = order === "big" ? 7 - (bit & 7) : bit & 7;
    const part = Math.min(8 - shift, width - done);
    const mask = ((1 << part) - 1) << shift;
    bytes[byte] = ((bytes[byte] ?? 0) & ~mask) | ((rest << shift) & mask);
    rest = Math.floor(rest / 2 ** part);
    done += part;
  }
}

/**
 * Writes a run of any width from bytes in the form {@linkcode readWide} gives.
 *
 * @throws `UsageError` when `value` has another length than the run, or a spare
 * bit is set (nothing is written)
 * @throws `DecodeError` when the run is not within `bytes` (nothing is written)
 */
export function writeWide(
  bytes: Uint8Array,
  offset: number,
  width: number,
  value: Uint8Array,
  order: BitOrder = "big",
): void {
  if (!inside(bytes, offset, width)) outside(bytes, offset, width);
  const length = (width + 7) >> 3;
  if (value.length !== length) {
    throw new UsageError(
      `${value.length} bytes were given for ${width} bits`,
      { hint: `Give exactly ${length} bytes` },
    );
  }
  const top = (order === "big" ? value[0] : value[length - 1]) ?? 0;
  const used = width - (length - 1) * 8;
  if (length > 0 && top >= 2 ** used) {
    throw new UsageError(`The bytes given have more than ${width} bits`, {
      hint: "The spare bits at the most significant end must be zero",
    });
  }
  for (let i = 0; i < length; i++) {
    const low = i * 8;
    const part = Math.min(8, width - low);
    if (order === "big") {
      const at = offset + width - low - part;
      writeNarrow(bytes, at, part, value[length - 1 - i] ?? 0, order);
    } else writeNarrow(bytes, offset + low, part, value[i] ?? 0, order);
  }
}
