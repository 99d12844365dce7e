/**
 * Bytes from the hex that people paste: plain digits, lists of words, and the
 * dumps of xxd, hexdump -C, od, the kernel, mlx5ctl, mstreg and this program.
 *
 * Nothing is guessed: offsets must go on without a gap, a line that is no hex is
 * named, and what a dump leaves out ends what is read.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { MAX_RPC_LEN } from "../uapi/fwctl.ts";

/** What a text held. */
export interface HexText {
  /** The bytes. */
  readonly bytes: Bytes;
  /** What of the text was not taken, and why. */
  readonly notes: readonly string[];
}

/** A line of a dump. */
interface Line {
  /** Where it says it is. */
  readonly offset: number;
  /** Hex digits, two a byte. */
  readonly digits: string;
}

/** How the lines of a dump begin. */
const FORMS = {
  /** xxd, the kernel's print_hex_dump and mlx5_core's command dumps, maybe behind a log's prefix. */
  colon: /^(?:.*?\s)??(?:0x)?([0-9a-f]{3,16}):(?:\s+(.*))?$/i,
  /** hexdump -C, od, this program. */
  blanks: /^([0-9a-f]{6,16})(?:(\s{1,3})(.*))?$/i,
  /** mstreg: an address, a bar, a word. */
  bar: /^0x([0-9a-f]{1,16})\s*\|\s*0x([0-9a-f]{8})$/i,
} as const;

type Form = keyof typeof FORMS;

function wrong(number: number, what: string, hint: string): UsageError {
  return new UsageError(`Line ${number} of the hex ${what}`, { hint });
}

/**
 * Reads the text.
 *
 * @throws `UsageError` naming the line that is no hex, or does not follow
 */
export function hexText(text: string): HexText {
  const notes: string[] = [];
  const out = new Sink();
  let before = "";
  let folded: number | undefined;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const form = formOf(lines);
  for (const [index, raw] of lines.entries()) {
    const number = index + 1;
    if (raw === "" || isRemark(raw)) continue;
    if (/^(\.{3}|…)$/.test(raw)) {
      notes.push(
        `The hex leaves out bytes at line ${number}; what follows has no known place and is not read`,
      );
      break;
    }
    if (raw === "*" && form && before !== "") {
      folded = number;
      continue;
    }
    const { offset, digits } = form
      ? dumpLine(raw, number, form)
      : { offset: undefined, digits: plainLine(raw, number) };
    if (offset !== undefined) {
      if (folded !== undefined) fold(out, before, offset, folded);
      folded = undefined;
      follows(out, offset, number);
    }
    out.add(digits, number);
    if (digits !== "") before = digits;
  }
  if (folded !== undefined) {
    throw wrong(
      folded,
      "says that lines repeat, and not how often",
      "Paste the last line of the dump too",
    );
  }
  return { bytes: out.bytes(), notes };
}

/** The tools' own lines between the hex: headings, comments, a shell's prompt. */
function isRemark(line: string): boolean {
  return /^(#|\$ |INFO ?:|Node:|=+$|-+$|Address\s*\|)/.test(line);
}

/** How the first line of hex begins; undefined when it is nothing but digits. */
function formOf(lines: readonly string[]): Form | undefined {
  const first = lines.find((line) => line !== "" && !isRemark(line)) ?? "";
  if (FORMS.bar.test(first)) return "bar";
  const behind = FORMS.colon.exec(first)?.[2] ?? "";
  if (/^([0-9a-f]{2}){1,8}( |$)/i.test(behind)) return "colon";
  const [, offset = "1", , rest = ""] = FORMS.blanks.exec(first) ?? [];
  if (!/^0+$/.test(offset)) return undefined;
  // `00000000 20000002` are two words; a dump of eight digits has single bytes.
  return /^[0-9a-f]{2}( |$)/i.test(rest) ||
      offset.length < 8 && /^([0-9a-f]{4}|[0-9a-f]{8})( |$)/i.test(rest)
    ? "blanks"
    : undefined;
}

function plainLine(raw: string, number: number): string {
  return whole(
    raw.replaceAll(/\b0x|\\x/gi, "").replaceAll(/[\s,;:_|{}]/g, ""),
    number,
  );
}

function dumpLine(raw: string, number: number, form: Form): Line {
  const [, offset, gap = "", text = ""] = FORMS[form].exec(raw) ?? [];
  if (offset === undefined) {
    throw wrong(
      number,
      `is no line of a dump: ${JSON.stringify(raw.slice(0, 60))}`,
      "Paste the dump alone",
    );
  }
  if (form !== "blanks") {
    return placed(number, offset, 16, bytesOf(gap, false));
  }
  const groups = bytesOf(text, true);
  const words = groups.some((group) => group.length > 2);
  // od and hexdump without -C show words as the machine reads them; the dumps
  // of this program, which have groups too, set them off by two blanks.
  if (words && (offset.length === 7 || gap.length === 1)) {
    throw wrong(
      number,
      "is of a dump of words, whose bytes stand swapped",
      "Use hexdump -C or xxd, which show bytes in their order",
    );
  }
  // Seven digits are od's, which counts in octal.
  return placed(number, offset, offset.length === 7 ? 8 : 16, groups);
}

/** The groups of hex at the start of a line, without the text beside them. */
function bytesOf(text: string, canonical: boolean): string[] {
  const parts = text.replace(/\s*\|.*$/, "").split(/(\s+)/);
  const size = parts[0]?.length ?? 0;
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const group = parts[at] ?? "";
    const gap = at === 0 ? " " : parts[at - 1] ?? "";
    // The text stands behind two blanks or more; hexdump -C has two after eight
    // bytes as well.
    const middle = canonical && size === 2 && groups.length === 8;
    if (gap.length > (middle ? 2 : 1)) break;
    if (!/^([0-9a-f]{2})+$/i.test(group) || group.length > size) break;
    groups.push(group);
  }
  return groups;
}

function placed(
  number: number,
  offset: string,
  radix: number,
  groups: readonly string[],
): Line {
  return {
    offset: Number.parseInt(offset, radix),
    digits: whole(groups.join(""), number),
  };
}

function whole(digits: string, number: number): string {
  const bad = /[^0-9a-f]/i.exec(digits);
  if (bad) {
    throw wrong(
      number,
      `has ${JSON.stringify(bad[0])}, which is no hex digit`,
      "Paste digits, or a dump of xxd or hexdump -C",
    );
  }
  if (digits.length % 2 !== 0) {
    throw wrong(
      number,
      `has ${digits.length} digits, which are no whole bytes`,
      "Two digits are a byte; leading zeros belong to it",
    );
  }
  return digits;
}

/** Holds a line's offset against the bytes before it. */
function follows(out: Sink, offset: number, number: number): void {
  if (offset === out.length) return;
  throw wrong(
    number,
    `is at offset 0x${offset.toString(16)}, ${
      out.length === 0
        ? "and the dump must begin at 0"
        : `and 0x${out.length.toString(16)} is next`
    }`,
    "Paste all lines of the dump, from its first",
  );
}

/** Repeats the line before a `*` up to the offset after it. */
function fold(out: Sink, line: string, to: number, number: number): void {
  const gap = to - out.length;
  const each = line.length / 2;
  if (!(gap >= 0) || gap > MAX_RPC_LEN || gap % each !== 0) {
    throw wrong(
      number,
      `repeats a line of ${each} bytes, which does not lead to offset 0x${
        to.toString(16)
      }`,
      "Paste all lines of the dump",
    );
  }
  for (let left = gap; left > 0; left -= each) out.add(line, number);
}

/** Bytes as they come, at most as many as a request may have. */
class Sink {
  readonly #parts: string[] = [];
  /** Bytes so far. */
  length = 0;

  add(digits: string, number: number): void {
    this.length += digits.length / 2;
    if (this.length > MAX_RPC_LEN) {
      throw wrong(
        number,
        `leads past ${MAX_RPC_LEN} bytes, the longest answer there is`,
        "Is it the right text?",
      );
    }
    this.#parts.push(digits);
  }

  bytes(): Bytes {
    const digits = this.#parts.join("");
    const bytes = new Uint8Array(digits.length / 2);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
    }
    return bytes;
  }
}
