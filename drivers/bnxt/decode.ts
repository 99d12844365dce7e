/**
 * Messages for people: flags and enums by name, addresses and texts as such.
 * What a header does not name stays visible as a number or hex digits.
 *
 * @module
 */
import {
  decode,
  fieldOf,
  type FieldValue,
  type Layout,
  toPlain,
} from "../../lib/bits/mod.ts";
import { type Bytes, toHex } from "../../lib/bytes.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { withoutFilled } from "./payload.ts";
import {
  commandName,
  OUTPUT_BYTES,
  readResponse,
  reqTypeOf,
} from "./protocol.ts";
import { type Meaning, type Message, outputOf } from "./tables/hwrm.ts";
import { unitOf } from "./units.ts";

/** Whether a member only fills a gap; `reserved_size` tells a size. */
export function isFiller(name: string): boolean {
  return /^(unused|rsvd|reserved(?!_size))/.test(name);
}

/** A response as data. */
export interface DecodedResponse {
  /** By the header's names, reserved ones left out; empty for a command without a public layout. */
  readonly fields: PlainObject;
  /** Units by field, as far as they are known. */
  readonly units: Readonly<Record<string, string>>;
  /** Fields of the header that this firmware's response was too short to hold. */
  readonly absent: readonly string[];
  /** What no field covers, as hex digits; "" for nothing. */
  readonly raw: string;
}

/** Members every message has; shown nowhere. */
const FRAME = new Set([
  "req_type",
  "cmpl_ring",
  "seq_id",
  "target_id",
  "resp_addr",
  "error_code",
  "resp_len",
  "valid",
]);

/**
 * Decodes the response to a request, after its header was checked.
 *
 * A firmware may know fewer fields than the header, or more: fields past the
 * end are absent, bytes past the last field are raw.
 *
 * @throws `DecodeError` when it is no answer to that request, or was cut
 */
export function decodeResponse(
  request: Uint8Array,
  response: Bytes,
  device: string,
): DecodedResponse {
  const { bytes, length } = readResponse(
    request,
    withoutFilled(request, response),
    device,
  );
  const message = outputOf(commandName(reqTypeOf(request)));
  // The last byte is `valid`, wherever this firmware's response ends.
  const end = length - 1;
  if (message === undefined) {
    return {
      fields: {},
      units: {},
      absent: [],
      raw: toHex(bytes.subarray(OUTPUT_BYTES, end)),
    };
  }
  const size = message.layout.bits / 8;
  let whole = bytes;
  if (length < size) {
    whole = new Uint8Array(size);
    whole.set(bytes.subarray(0, end));
  }
  const absent: string[] = [];
  const units: Record<string, string> = {};
  const fields: Record<string, PlainData> = {};
  for (const [name, value] of present(message, whole)) {
    const field = message.layout.fields.find((one) => one.name === name);
    if (field && field.offset + field.width > end * 8) absent.push(name);
    else {
      fields[name] = value;
      const unit = unitOf(message.layout.name, name);
      if (unit !== undefined) units[name] = unit;
    }
  }
  return {
    fields,
    units,
    absent,
    raw: length > size ? toHex(bytes.subarray(size - 1, end)) : "",
  };
}

/** The members of a message that have a meaning, for people, in the header's order. @throws `DecodeError` when the bytes are too few */
export function present(
  { layout, meanings, nested }: Message,
  bytes: Uint8Array,
): [name: string, value: PlainData][] {
  const values = decode(layout, bytes);
  const shown: [string, PlainData][] = [];
  for (const [name, value] of Object.entries(values)) {
    if (FRAME.has(name) || isFiller(name)) continue;
    const inner = nested.get(name);
    const meaning = meanings.get(name);
    if (inner) shown.push([name, structures(layout, name, inner, bytes)]);
    else if (meaning) shown.push([name, show(name, meaning, value)]);
  }
  return shown;
}

/** An array of structures within a message. */
function structures(
  layout: Layout,
  name: string,
  inner: Message,
  bytes: Uint8Array,
): PlainData {
  const field = fieldOf(layout, name);
  const size = inner.layout.bits / 8;
  return Array.from({ length: field.count ?? 0 }, (_, i) => {
    const at = field.offset / 8 + i * size;
    return Object.fromEntries(present(inner, bytes.subarray(at, at + size)));
  });
}

function show(name: string, meaning: Meaning, value: FieldValue): PlainData {
  if (value instanceof Uint8Array) {
    if (meaning.form === "text") return texts(value, meaning.textBytes);
    if (/mac_addr/.test(name) && value.length === 6) return macText(value);
    return toHex(value);
  }
  if (Array.isArray(value)) {
    return value.map((one: FieldValue) => show(name, meaning, one));
  }
  if (typeof value !== "number") return toPlain(value);
  if (meaning.form === "be16") return ((value & 0xff) << 8) | (value >> 8);
  const { flags, parts } = meaning;
  if (flags.length === 0 && parts.length === 0) return value;
  const [only] = parts;
  if (only && only.mask === undefined && flags.length === 0) {
    return named(only.values.get(value), value);
  }
  return bits(value, meaning);
}

/** A value by its name where it has one; a name that is the number is the number. */
function named(name: string | undefined, value: number): string | number {
  return name === undefined || name === String(value) ? value : name;
}

/** Flags by name as a list, parts by name as an object, both as an object with `flags`. */
function bits(value: number, { flags, parts }: Meaning): PlainData {
  let rest = value;
  const set: string[] = [];
  for (const { name, mask } of flags) {
    if (mask === 0 || ((value & mask) >>> 0) !== mask) continue;
    set.push(name);
    rest = (rest & ~mask) >>> 0;
  }
  const shown: Record<string, PlainData> = {};
  for (const { name, mask = 0xffffffff, values } of parts) {
    const own = (value & mask) >>> 0;
    rest = (rest & ~mask) >>> 0;
    // A filler's bits are worth a word only when they are set.
    if (/^RSVD/.test(name) && own === 0) continue;
    const shift = Math.clz32(mask & -mask) ^ 31;
    shown[name === "" ? "value" : name.toLowerCase()] = name === "ADDR"
      // An address keeps its place: the bits below it are 0.
      ? `0x${own.toString(16)}`
      : named(values.get(own), own >>> shift);
  }
  for (let bit = 0; bit < 32; bit++) {
    if (((rest >>> bit) & 1) === 1) set.push(`unknown bit ${bit}`);
  }
  if (parts.length === 0) return set;
  return flags.length === 0 && set.length === 0
    ? shown
    : { ...shown, flags: set };
}

function texts(bytes: Uint8Array, size: number | undefined): PlainData {
  if (size === undefined) return textOf(bytes);
  return Array.from(
    { length: Math.floor(bytes.length / size) },
    (_, i) => textOf(bytes.subarray(i * size, (i + 1) * size)),
  );
}

/** Characters up to a zero; what is not printable ASCII as `\xNN`. */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0) break;
    text += byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return text.trimEnd();
}

/** `00:0a:f7:…`. */
export function macText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(":");
}
