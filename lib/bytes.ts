/**
 * Small helpers on byte buffers, shared by every layer.
 *
 * @module
 */

/** Bytes whose memory may be handed to the kernel: never a shared buffer. */
export type Bytes = Uint8Array<ArrayBuffer>;

const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

/** Lower-case hex digits of `bytes`, two a byte, nothing between them. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/**
 * Bytes from hex digits; white space, `_` and `:` between bytes are ignored, as
 * is a leading `0x`.
 *
 * @throws {RangeError} on an odd number of digits or anything that is not hex
 */
export function fromHex(text: string): Bytes {
  const digits = text.replace(/^\s*0x/i, "").replace(/[\s_:]/g, "");
  const bad = /[^0-9a-f]/i.exec(digits);
  if (bad) throw new RangeError(`"${bad[0]}" is not a hex digit`);
  if (digits.length % 2) {
    throw new RangeError(`${digits.length} hex digits do not make whole bytes`);
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

/** Whether both hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** One buffer holding all parts, in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
