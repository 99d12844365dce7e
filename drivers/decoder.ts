/**
 * What a driver can decode without a device: bytes from a log, a mail or a file.
 *
 * @module
 */
import type { PlainObject } from "../lib/plain.ts";

/** One field of decoded bytes. */
export interface DecodedField extends PlainObject {
  /** A path: `qpc.ads.vhca_port_num`. */
  readonly field: string;
  /** First bit, counted as the driver's vendor counts: {@linkcode Decoder.order}. */
  readonly bit: number;
  /** In bits. */
  readonly width: number;
}

/** Decoded bytes. */
export interface Decoded {
  /**
   * Fields of which all bits are there, in order: a {@linkcode DecodedField}
   * with `value` and, where the value has one, `name`. Reserved ones are left out.
   */
  readonly fields: readonly DecodedField[];
  /** Fields past the end of the bytes. */
  readonly missing: readonly string[];
  /** Bytes behind all fields, which are not decoded. */
  readonly rest: number;
  /** What else must be known: a sentence each. */
  readonly notes: readonly string[];
}

/** Decodes one kind of bytes. */
export interface Decoder {
  /** As the list of names spells it. */
  readonly name: string;
  /** Where its fields are from, for people: `struct mlx5_ifc_qos_cap_bits`. */
  readonly about: string;
  /** Bytes of the whole; more are fine where it has an open end. */
  readonly bytes: number;
  /** `big`: bit 0 is the most significant of byte 0; `little`: the least. */
  readonly order: "big" | "little";
  /** Takes any bytes, also too few or too many. @throws `DecodeError` when they contradict themselves */
  decode(bytes: Uint8Array): Decoded;
  /** A drawing of its bits, line by line; absent where there is none. */
  readonly picture?: () => readonly string[];
}

/** A group of names. */
export interface DecoderKind {
  /** In one word or two: `register`. */
  readonly kind: string;
  /** One sentence. */
  readonly summary: string;
  /** All its names. */
  names(): readonly string[];
  /** The decoder with this name, as people spell it; undefined when there is none. */
  find(name: string): Decoder | undefined;
}
