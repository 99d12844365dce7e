/**
 * Bytes as hex digits in texts: MACs, GUIDs and serial numbers in any notation.
 *
 * @module
 */

/** Bytes that are found again wherever they stand. */
const LEAST_BYTES = 6;
/** A number with fewer bytes that are not zero is found in any counter. */
const LEAST_NUMBER = 4;

/** The digits of bytes of at least six, in any notation. */
export function digitsOf(text: string): string | undefined {
  const digits = text.replace(/^0x/i, "").replace(/[:\- .]/g, "").toLowerCase();
  return /^[0-9a-f]+$/.test(digits) && digits.length >= 2 * LEAST_BYTES &&
      digits.length % 2 === 0
    ? digits
    : undefined;
}

/**
 * Whether bytes are so many, so few of them zero, and so little of a pattern,
 * that they mean this value wherever they stand. Bytes that count up or down are
 * what a table or a test holds: taken for an address, a redaction would change
 * what steers a command.
 */
export function isDistinct(digits: string): boolean {
  const pairs = [...digits.matchAll(/../g)].map(([pair]) => pair);
  const numbers = pairs.map((pair) => parseInt(pair, 16));
  const steps = numbers.slice(1).map((one, i) =>
    (one - (numbers[i] ?? 0)) & 0xff
  );
  return pairs.length >= LEAST_BYTES && new Set(steps).size > 1 &&
    new Set(pairs.filter((pair) => pair !== "00" && pair !== "ff")).size >=
      Math.min(LEAST_NUMBER, pairs.length - 3);
}

/** The bytes in the other order. */
export function reversed(digits: string): string {
  return [...digits.matchAll(/../g)].map(([pair]) => pair).reverse().join("");
}

/** A pattern for two digits, in either case. */
export function caseless(pair: string): string {
  return pair.replace(/[a-f]/g, (c) => `[${c}${c.toUpperCase()}]`);
}

/** A pattern for a text. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
