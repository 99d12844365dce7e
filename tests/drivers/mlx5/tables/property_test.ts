import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { decode } from "../../../../lib/bits/decode.ts";
import { describe } from "../../../../lib/bits/describe.ts";
import { encode, encodeInto } from "../../../../lib/bits/encode.ts";
import { readBits, readWide, writeWide } from "../../../../lib/bits/bits.ts";
import {
  type Field,
  isReserved,
  type Layout,
  layoutBytes,
} from "../../../../lib/bits/layout.ts";
import { MANY, RUNS } from "../../../hostile.ts";
import { toPlain } from "../../../../lib/bits/value.ts";
import {
  DecodeError,
  isFwctlError,
  UsageError,
} from "../../../../lib/errors.ts";
import { layout, layoutNames } from "../../../../drivers/mlx5/tables/ifc.ts";

const NAMES = layoutNames();
const anyLayout = fc.constantFrom(...NAMES).map(layout);

/** A small fast generator, the same on every run: the seed is the state. */
function noise(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function randomBytes(length: number, next: () => number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = next();
  return bytes;
}

const imageOf = (one: Layout, seed: number, more: number) =>
  randomBytes(layoutBytes(one) + more, noise(seed));

Deno.test("what decode() gives, encode() turns back into the same bytes", () => {
  fc.assert(
    fc.property(anyLayout, fc.integer(), fc.nat(64), (one, seed, more) => {
      const image = imageOf(one, seed, more);
      const values = decode(one, image);
      // Over an image of zeros only what is no field at all may be missing.
      const again = encode(one, values, new Uint8Array(image.length));
      assertEquals(toPlain(decode(one, again)), toPlain(values));
      assertEquals(encode(one, values, image), Uint8Array.from(image));
    }),
    { numRuns: 400 },
  );
});

Deno.test("a fast decode gives what reading field by field gives", () => {
  for (const name of NAMES) {
    const one = layout(name);
    const image = imageOf(one, name.length * 7919, 0);
    const values = decode(one, image);
    for (const field of one.fields) {
      if (
        field.type !== "u8" || field.count || field.flex || field.width > 32
      ) {
        continue;
      }
      assertEquals(
        values[field.name],
        readBits(image, field.offset, field.width),
        `${name}.${field.name}`,
      );
    }
  }
});

Deno.test("changing one field leaves every other bit, reserved ones too", () => {
  fc.assert(
    fc.property(
      anyLayout.filter((one) => scalars(one).length > 0),
      fc.integer(),
      fc.nat(),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      (one, seed, pick, random) => {
        const choice = scalars(one);
        const field = choice[pick % choice.length];
        assert(field);
        const value = random & ((1n << BigInt(field.width)) - 1n);
        const image = imageOf(one, seed, 0);
        const changed = encode(one, { [field.name]: value }, image);
        assertEquals(
          BigInt(Number(decode(one, changed)[field.name] ?? -1)) >= 0n,
          true,
        );
        // Put the old bits back: only the field may have been different.
        const old = readWide(image, field.offset, field.width);
        writeWide(changed, field.offset, field.width, old);
        assertEquals(changed, Uint8Array.from(image));
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("a value that does not fit is refused by name, and the bytes stay", () => {
  fc.assert(
    fc.property(
      anyLayout.filter((one) => scalars(one).length > 1),
      fc.integer(),
      fc.nat(),
      fc.bigInt({ min: 0n, max: 1n << 66n }),
      (one, seed, pick, excess) => {
        const choice = scalars(one);
        const field = choice[pick % choice.length];
        const other = choice[(pick + 1) % choice.length];
        assert(field && other);
        const image = imageOf(one, seed, 0);
        const before = image.slice();
        const error = assertThrows(
          () =>
            encodeInto(one, {
              [other.name]: 0,
              [field.name]: (1n << BigInt(field.width)) + excess,
            }, image),
          UsageError,
          `${one.name}.${field.name}`,
        );
        assert(error.hint);
        assertEquals(image, before);
      },
    ),
  );
});

/** Fields that are one number of at most 64 bits. */
function scalars(one: Layout): Field[] {
  return one.fields.filter((field) =>
    field.type === "u8" && !field.count && !field.flex && field.width > 0 &&
    field.width <= 64
  );
}

Deno.test("describe() covers every bit of a structure without gaps", () => {
  for (const name of NAMES) {
    const one = layout(name);
    const covered = new Uint8Array(one.bits);
    for (const flat of describe(one)) {
      covered.fill(1, flat.bit, flat.bit + flat.width);
      assertEquals(
        flat.reserved,
        isReserved(flat.path.split(".").at(-1) ?? ""),
      );
    }
    assert(!covered.includes(0), name);
  }
});

Deno.test(`${MANY} random and cut buffers decode or are a DecodeError`, () => {
  const next = noise(0x5eed);
  const pool = randomBytes(1 << 16, next);
  let decoded = 0;
  let refused = 0;
  for (let i = 0; i < RUNS; i++) {
    const one = layout(NAMES[next() % NAMES.length] ?? "");
    const need = layoutBytes(one);
    // A quarter is cut short; big structures less often, to keep it quick.
    const length = next() % 4 === 0 || need > 600 && next() % 16
      ? next() % (need + 1)
      : need + next() % 32;
    const from = next() % (pool.length - Math.min(length, pool.length - 1));
    const bytes = pool.subarray(from, from + length);
    try {
      decode(one, bytes, {}, next() % 64 === 0 ? next() % 16 : 0);
      decoded++;
    } catch (error) {
      assert(error instanceof DecodeError, `${one.name}: ${error}`);
      refused++;
    }
  }
  assert(decoded > RUNS / 2 && refused > RUNS / 10, `${decoded} ${refused}`);
});

Deno.test("encode() of hostile values is a typed error or bytes", () => {
  const hostile = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.integer(),
      fc.double(),
      fc.bigInt(),
      fc.string(),
      fc.constantFrom(null, undefined, true, NaN),
      fc.uint8Array({ maxLength: 20 }),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      anyLayout.filter((one) => one.fields.length > 0),
      fc.nat(),
      hostile,
      (one, pick, value) => {
        const field = one.fields[pick % one.fields.length];
        assert(field);
        try {
          encode(
            one,
            { [field.name]: value as number },
          );
        } catch (error) {
          assert(isFwctlError(error), `${one.name}.${field.name}: ${error}`);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
