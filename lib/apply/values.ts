/**
 * Values of fields, read from images the way the plan's own values were: what
 * a field holds now must be said in a person's numbers, and only the driver
 * knows its layout. The plan has two examples of it, before and after.
 *
 * @module
 */
import type { ChangeValue, FieldChange } from "../../drivers/driver.ts";

type Reading = (image: Uint8Array, field: FieldChange) => ChangeValue;

/** Most significant bit first, as mlx5 has it. */
const bigEndian: Reading = (image, { bit, width }) => {
  let value = 0n;
  for (let place = bit; place < bit + width; place++) {
    const one = ((image[place >> 3] ?? 0) >> (7 - (place & 7))) & 1;
    value = (value << 1n) | BigInt(one);
  }
  return number(value);
};

/** Whole bytes, least significant first, as most others have it. */
const littleEndian: Reading = (image, { bit, width }) => {
  if (bit % 8 !== 0 || width % 8 !== 0) return Number.NaN;
  const bytes = image.slice(bit / 8, (bit + width) / 8).reverse();
  return number(BigInt(`0x0${bytes.toHex()}`));
};

/** The bytes as they are. */
const asHex: Reading = (image, { bit, width }) =>
  bit % 8 === 0 && width % 8 === 0
    ? image.slice(bit / 8, (bit + width) / 8).toHex()
    : Number.NaN;

const hexNumber: Reading = (image, field) =>
  `0x${BigInt(bigEndian(image, field)).toString(16)}`;

/**
 * What a field holds in an image: in the way that gives the plan's own values
 * for the plan's own images, or else its bits.
 */
export function valueNow(
  field: FieldChange,
  before: Uint8Array,
  after: Uint8Array,
  now: Uint8Array,
): ChangeValue {
  const fits = (reading: Reading): boolean =>
    reading(before, field) === field.before &&
    reading(after, field) === field.after;
  for (const reading of [bigEndian, littleEndian, asHex]) {
    if (fits(reading)) return reading(now, field);
  }
  // A name or a form of the driver's own: its words where they are known.
  if (bigEndian(now, field) === bigEndian(before, field)) return field.before;
  if (bigEndian(now, field) === bigEndian(after, field)) return field.after;
  return hexNumber(now, field);
}

function number(value: bigint): ChangeValue {
  return value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : `0x${value.toString(16)}`;
}
