import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  fits,
  readBigBits,
  readBits,
  readWide,
  writeBits,
  writeWide,
} from "../../lib/bits/bits.ts";
import type { BitOrder } from "../../lib/bits/layout.ts";
import { DecodeError, UsageError } from "../../lib/errors.ts";

/** A string of "0" and "1": the slow and obvious model of a bit order. */
function bitString(bytes: Uint8Array, order: BitOrder): string {
  const each = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0"));
  // In little order bit 0 is the last character.
  return (order === "big" ? each : each.reverse()).join("");
}

function cut(text: string, offset: number, width: number, order: BitOrder) {
  return order === "big"
    ? text.slice(offset, offset + width)
    : text.slice(text.length - offset - width, text.length - offset);
}

/** Cases of each property: every offset and width within reach should come. */
const THOROUGH = { numRuns: 1000 };

const order = fc.constantFrom<BitOrder>("big", "little");

/** Bytes and a run within them of at most `most` bits. */
function runs(most: number) {
  return fc.uint8Array({ minLength: 1, maxLength: 40 }).chain((bytes) =>
    fc.nat(Math.min(most, bytes.length * 8)).chain((width) =>
      fc.nat(bytes.length * 8 - width).map((offset) => ({
        bytes: new Uint8Array(bytes),
        offset,
        width,
      }))
    )
  );
}

Deno.test("readBits() counts from the most significant bit of byte 0 in big order", () => {
  const bytes = Uint8Array.of(0x80, 0x01, 0xff);
  assertEquals(readBits(bytes, 0, 1), 1);
  assertEquals(readBits(bytes, 15, 1), 1);
  assertEquals(readBits(bytes, 0, 16), 0x8001);
  assertEquals(readBits(bytes, 14, 4), 0b0111);
});

Deno.test("readBits() counts from the least significant bit of byte 0 in little order", () => {
  const bytes = Uint8Array.of(0x80, 0x01, 0xff);
  assertEquals(readBits(bytes, 7, 1, "little"), 1);
  assertEquals(readBits(bytes, 0, 16, "little"), 0x0180);
  assertEquals(readBits(bytes, 7, 2, "little"), 0b11);
});

Deno.test("all readers agree with a string of bits, in both orders", () => {
  fc.assert(
    fc.property(runs(200), order, ({ bytes, offset, width }, way) => {
      const text = cut(bitString(bytes, way), offset, width, way);
      const value = BigInt(`0b${text || "0"}`);
      if (width <= 53) {
        assertEquals(readBits(bytes, offset, width, way), Number(value));
      }
      if (width <= 64) {
        assertEquals(readBigBits(bytes, offset, width, way), value);
      }
      const wide = readWide(bytes, offset, width, way);
      assertEquals(wide.length, Math.ceil(width / 8));
      assertEquals(BigInt(`0b${bitString(wide, way) || "0"}`), value);
    }),
    THOROUGH,
  );
});

Deno.test("writeBits() writes what readers read and leaves all other bits", () => {
  fc.assert(
    fc.property(
      runs(64),
      order,
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      ({ bytes, offset, width }, way, random) => {
        const value = random & ((1n << BigInt(width)) - 1n);
        const before = bitString(bytes, way);
        writeBits(bytes, offset, width, value, way);
        assertEquals(readBigBits(bytes, offset, width, way), value);
        const after = bitString(bytes, way);
        const digits = width ? value.toString(2).padStart(width, "0") : "";
        const expected = way === "big"
          ? before.slice(0, offset) + digits + before.slice(offset + width)
          : before.slice(0, before.length - offset - width) + digits +
            before.slice(before.length - offset);
        assertEquals(after, expected);
      },
    ),
    THOROUGH,
  );
});

Deno.test("writeWide() writes back what readWide() read", () => {
  fc.assert(
    fc.property(
      runs(320),
      order,
      fc.infiniteStream(fc.nat(255)),
      ({ bytes, offset, width }, way, noise) => {
        const value = readWide(bytes, offset, width, way);
        const other = Uint8Array.from(bytes, () => noise.next().value ?? 0);
        const around = bitString(other, way);
        writeWide(other, offset, width, value, way);
        assertEquals(readWide(other, offset, width, way), value);
        const low = way === "big" ? offset : around.length - offset - width;
        const now = bitString(other, way);
        assertEquals(now.slice(0, low), around.slice(0, low));
        assertEquals(now.slice(low + width), around.slice(low + width));
      },
    ),
    THOROUGH,
  );
});

Deno.test("a value that does not fit is refused and nothing is written", () => {
  fc.assert(
    fc.property(
      runs(64).filter(({ width }) => width > 0),
      order,
      fc.bigInt({ min: 0n, max: 1n << 70n }),
      fc.boolean(),
      ({ bytes, offset, width }, way, excess, negative) => {
        const value = negative ? -1n - excess : (1n << BigInt(width)) + excess;
        const before = bytes.slice();
        assertThrows(
          () => writeBits(bytes, offset, width, value, way),
          UsageError,
          "does not fit",
        );
        assertEquals(bytes, before);
      },
    ),
    THOROUGH,
  );
});

Deno.test("numbers that are not whole or not exact never fit", () => {
  for (const value of [0.5, NaN, Infinity, -1, 2 ** 53, 2 ** 60]) {
    assertEquals(fits(value, 64), false, String(value));
  }
  assertEquals(fits(2 ** 53 - 1, 53), true);
  assertEquals(fits(2n ** 64n - 1n, 64), true);
  assertEquals(fits(2n ** 64n, 64), false);
});

Deno.test("a run outside of the bytes is a DecodeError, whatever the numbers are", () => {
  const numbers = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(NaN, Infinity, -Infinity, 2 ** 53, -0.5),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 8 }),
      numbers,
      fc.integer({ min: 0, max: 53 }),
      order,
      (bytes, offset, width, way) => {
        const inside = Number.isInteger(offset) && offset >= 0 &&
          offset + width <= bytes.length * 8;
        if (inside) return;
        const before = bytes.slice();
        for (
          const run of [
            () => readBits(bytes, offset, width, way),
            () => readBigBits(bytes, offset, width, way),
            () => readWide(bytes, offset, width, way),
            () => writeBits(bytes, offset, width, 0, way),
            () => writeWide(bytes, offset, width, new Uint8Array(7), way),
          ]
        ) assertThrows(run, DecodeError);
        assertEquals(bytes, before);
      },
    ),
    THOROUGH,
  );
});

Deno.test("writeWide() refuses bytes of another length or with spare bits set", () => {
  const bytes = new Uint8Array(4);
  assertThrows(
    () => writeWide(bytes, 0, 12, Uint8Array.of(1)),
    UsageError,
    "1 bytes",
  );
  assertThrows(
    () => writeWide(bytes, 0, 12, Uint8Array.of(0x10, 0)),
    UsageError,
    "more than 12 bits",
  );
  assertThrows(
    () => writeWide(bytes, 0, 12, Uint8Array.of(0, 0x10), "little"),
    UsageError,
    "more than 12 bits",
  );
  assertEquals(bytes, new Uint8Array(4));
});

Deno.test("a number of more than 53 bits is asked for as a bigint", () => {
  const bytes = new Uint8Array(16);
  assertThrows(() => readBits(bytes, 0, 54), UsageError);
  assertThrows(() => readBigBits(bytes, 0, 65), UsageError);
  assertThrows(() => writeBits(bytes, 0, 65, 0), UsageError);
});
