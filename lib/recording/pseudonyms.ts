/**
 * Values that stand for others: of the same length and form, the same for the
 * same value in a whole recording, and made with a secret that is thrown away,
 * so that a value cannot be found by trying.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  hidesNumber,
  isNobody,
  LOG_SHAPES,
  type RedactKind,
  SHAPES,
} from "../bundle/redact_rules.ts";
import type { Bytes } from "../bytes.ts";
import { toHex } from "../bytes.ts";
import { caseless, digitsOf, escaped, isDistinct, reversed } from "./digits.ts";

/** Shorter texts are not replaced: they are part of anything. */
const LEAST_TEXT = 3;
/** A VUID: the serial number, the vendor, the function. The serial alone identifies. */
const VUID = /\b([A-Z0-9]{6,40}?)((?:MLNX|NVDA)S\d{1,3}D\d{1,3}F\d{1,3})\b/g;

/** Kinds whose values are no bytes, also where they look so. */
const WORDS: ReadonlySet<RedactKind> = new Set(["ip", "host", "text", "vpd"]);

interface Hidden {
  readonly kind: RedactKind;
  /** What stands for it, as hex digits or as text. */
  readonly instead: string;
}

/** Finds values, then replaces them. One for a whole recording. */
export class Pseudonyms {
  readonly #salt: string;
  /** Bytes by their hex digits, highest byte first. */
  readonly #bytes = new Map<string, Hidden>();
  /** Texts as they are. */
  readonly #texts = new Map<string, Hidden>();
  readonly #counts = new Map<RedactKind, { values: number; places: number }>();
  #pattern: RegExp | undefined;

  /** `salt` is the secret. */
  constructor(salt: string) {
    this.#salt = salt;
  }

  /** A name of the machine, in full and without its domain. */
  host(name: string): void {
    if (isNobody(name)) return;
    this.#hideText("host", name);
    const [short = ""] = name.split(".");
    if (!isNobody(short)) this.#hideText("host", short);
  }

  /** A value of a known kind: digits of bytes in any notation, or text. */
  hide(kind: RedactKind, value: string): void {
    if (isNobody(value)) return;
    const digits = WORDS.has(kind) ? undefined : digitsOf(value);
    if (digits !== undefined) this.#hideDigits(kind, digits);
    // Of a VUID the serial number, which stands elsewhere, too.
    else if (value.search(VUID) >= 0) this.vuids(value);
    else if (hidesNumber(kind, Number(value)) || !/^\d+$/.test(value)) {
      this.#hideText(kind, value);
    }
  }

  /** Bytes of a field, as they stand in it. */
  hideBytes(kind: RedactKind, bytes: Bytes): void {
    const digits = toHex(bytes);
    if (!isNobody(digits)) this.#hideDigits(kind, digits);
  }

  /** What stands for bytes that were hidden; undefined for others. */
  instead(bytes: Bytes): Bytes | undefined {
    const hidden = this.#bytes.get(toHex(bytes));
    if (!hidden) return undefined;
    this.#place(hidden.kind);
    return Uint8Array.fromHex(hidden.instead);
  }

  /** Values that a text shows by their shape. */
  shapes(text: string, log = false): void {
    if (text.length < 5) return;
    this.vuids(text);
    for (const [kind, shape] of [...SHAPES, ...(log ? LOG_SHAPES : [])]) {
      // Long runs of digits may be anything, and a VUID is hidden by its serial.
      if (kind === "bytes" || kind === "vuid") continue;
      for (const [found] of text.matchAll(shape)) this.hide(kind, found);
    }
  }

  /** Serial numbers of the VUIDs in a text. */
  vuids(text: string): void {
    if (!/MLNXS|NVDAS/.test(text)) return;
    for (const [, serial = ""] of text.matchAll(VUID)) {
      this.#hideText("serial", serial);
    }
  }

  /** A text with other values. */
  text(text: string): string {
    const pattern = this.#pattern ??= this.#compile();
    return text.replace(pattern, (found) => this.#instead(found) ?? found);
  }

  /** Bytes with other values: as bytes in both orders, and as text. */
  bytes(bytes: Bytes): Bytes {
    if (this.#bytes.size + this.#texts.size === 0) return bytes;
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    const other = this.text(text);
    const out: Bytes = bytes.slice();
    for (let at = 0; at < other.length; at++) out[at] = other.charCodeAt(at);
    let digits: string | undefined;
    for (const [value, hidden] of this.#bytes) {
      if (!isDistinct(value)) continue;
      const swapped = reversed(value);
      for (
        const [from, to] of [
          [value, hidden.instead],
          [swapped, reversed(hidden.instead)],
        ] as const
      ) {
        digits ??= toHex(bytes);
        let at = digits.indexOf(from);
        for (; at >= 0; at = digits.indexOf(from, at + 1)) {
          if (at % 2 !== 0) continue;
          out.set(Uint8Array.fromHex(to), at / 2);
          this.#place(hidden.kind);
        }
      }
    }
    return out;
  }

  /** How many of each kind, by kind. */
  table(): { kind: RedactKind; values: number; places: number }[] {
    return [...this.#counts].map(([kind, counts]) => ({ kind, ...counts }))
      .sort((a, b) => a.kind < b.kind ? -1 : 1);
  }

  #hideDigits(kind: RedactKind, digits: string): void {
    this.#add(kind, digits);
    // GUIDs are made from the MAC: whoever has one has the other.
    if (digits.length !== 12) return;
    const [front, back] = [digits.slice(0, 6), digits.slice(6)];
    const flipped = (Number.parseInt(front.slice(0, 2), 16) ^ 2)
      .toString(16).padStart(2, "0") + front.slice(2);
    for (
      const guid of [
        `${front}fffe${back}`,
        `${flipped}fffe${back}`,
        `${front}0300${back}`,
        `${front}0000${back}`,
      ]
    ) this.#add(kind, guid, false);
  }

  #add(kind: RedactKind, digits: string, counted = true): void {
    if (this.#bytes.has(digits)) return;
    if (counted) this.#count(kind);
    let instead = this.#alike(digits, /[0-9a-f]/, "0123456789abcdef");
    // An address that nobody was given, and of one station.
    if (kind === "mac") instead = `02${instead.slice(2)}`;
    this.#bytes.set(digits, { kind, instead });
    this.#pattern = undefined;
  }

  #hideText(kind: RedactKind, value: string): void {
    if (value.length < LEAST_TEXT || this.#texts.has(value)) return;
    // What replaces text in bytes must have as many of them.
    if (/[^\x20-\x7e]/.test(value)) return;
    this.#count(kind);
    this.#texts.set(value, { kind, instead: this.#alikeText(value) });
    this.#pattern = undefined;
  }

  /** Letters for letters and digits for digits. */
  #alikeText(value: string): string {
    const upper = this.#alike(value, /[A-Z]/, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const lower = this.#alike(upper, /[a-z]/, "abcdefghijklmnopqrstuvwxyz");
    return this.#alike(lower, /[0-9]/, "0123456789");
  }

  #alike(value: string, which: RegExp, letters: string): string {
    let out = "";
    let bytes: Uint8Array = new Uint8Array(0);
    for (const [at, char] of [...value].entries()) {
      if (at % 32 === 0) {
        bytes = createHash("sha256")
          .update(`${this.#salt}\0${letters}\0${at}\0${value}`).digest();
      }
      const letter = letters[(bytes[at % 32] ?? 0) % letters.length] ?? char;
      out += which.test(char) ? letter : char;
    }
    return out;
  }

  #instead(found: string): string | undefined {
    const digits = digitsOf(found);
    const hidden = this.#texts.get(found) ??
      (digits === undefined ? undefined : this.#bytes.get(digits));
    if (!hidden) return undefined;
    this.#place(hidden.kind);
    if (this.#texts.has(found)) return hidden.instead;
    // Digit by digit, what is between them stays.
    const prefix = /^0x/i.exec(found)?.[0] ?? "";
    let at = 0;
    return prefix +
      found.slice(prefix.length).replace(/[0-9a-f]/gi, (digit) => {
        const other = hidden.instead[at++] ?? digit;
        return /[A-F]/.test(found) ? other.toUpperCase() : other;
      });
  }

  /** All values at once, the longest first. */
  #compile(): RegExp {
    const texts = [...this.#texts.keys()].map((text) =>
      [
        text.length,
        text.length < 8
          ? `(?<![A-Za-z0-9])${escaped(text)}(?![A-Za-z0-9])`
          : escaped(text),
      ] as const
    );
    const bytes = [...this.#bytes.keys()].map((digits) =>
      [
        digits.length,
        [...digits.matchAll(/../g)]
          .map(([pair]) => caseless(pair)).join("[:\\- .]?"),
      ] as const
    );
    const all = [...texts, ...bytes].sort((a, b) => b[0] - a[0]);
    return all.length === 0
      ? /(?!)/g
      : new RegExp(all.map(([, source]) => source).join("|"), "g");
  }

  #count(kind: RedactKind): void {
    const counts = this.#counts.get(kind) ?? { values: 0, places: 0 };
    counts.values++;
    this.#counts.set(kind, counts);
  }

  #place(kind: RedactKind): void {
    const counts = this.#counts.get(kind);
    if (counts) counts.places++;
  }
}
