/**
 * Decoded bytes for people: what they are, how much of it is there, a line a
 * field; and the names a driver can decode.
 *
 * @module
 */
import type { Decoded, DecodedField, Decoder } from "../../drivers/decoder.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** What is shown. */
export interface DecodeView {
  /** How it was decoded. */
  readonly decoder: Decoder;
  /** Bytes that were given. */
  readonly given: number;
  /** What came out. */
  readonly decoded: Decoded;
  /** Show fields that are 0 too. */
  readonly all: boolean;
}

/** A group of names as it is listed. */
export interface DecoderList {
  /** What they are. */
  readonly kind: string;
  /** One sentence. */
  readonly summary: string;
  /** The names. */
  readonly names: readonly string[];
}

/** More names than this are counted rather than listed. */
const MANY = 100;
const COLUMNS = 80;

/** A table of the fields, and above it what was given; ends with a newline. */
export function decodeText(
  { decoder, given, decoded, all }: DecodeView,
  style: Style,
): string {
  const { fields, missing, rest } = decoded;
  const shown = all ? fields : fields.filter((field) => !isZero(field));
  const lines = [
    `${style(decoder.name, "bold")}  ${
      style(`${decoder.about}, ${sizeText(given, decoder.bytes)}`, "dim")
    }`,
  ];
  if (shown.length > 0) {
    lines.push(...table(
      shown.map((field) => cells(field, decoder.order)),
      { header: ["FIELD", "AT", "VALUE", "HEX", ""], indent: "  ", right: [2] },
      style,
    ));
  }
  const zero = fields.length - shown.length;
  if (zero > 0) {
    lines.push(
      style(
        `  and ${count(zero, "field")} of value 0 (--all)`,
        "dim",
      ),
    );
  }
  if (missing.length > 0) {
    lines.push(style(
      `  ${count(missing.length, "field")} from ${missing[0] ?? ""} on ${
        missing.length === 1 ? "is" : "are"
      } past the end of what was given`,
      "yellow",
    ));
  }
  if (rest > 0) {
    lines.push(style(
      `  ${count(rest, "byte")} behind the last field ${
        rest === 1 ? "is" : "are"
      } not decoded`,
      "yellow",
    ));
  }
  for (const note of decoded.notes) lines.push(style(`  ${note}`, "yellow"));
  return `${lines.join("\n")}\n`;
}

function sizeText(given: number, bytes: number): string {
  return given === bytes
    ? count(bytes, "byte")
    : `${given} of ${count(bytes, "byte")}`;
}

/** A value that says nothing: 0, no text, bytes of zero. */
function isZero({ value }: DecodedField): boolean {
  return value === 0 || value === null ||
    (typeof value === "string" && /^(0x)?0*$/.test(value)) ||
    (Array.isArray(value) && value.length === 0);
}

function cells(field: DecodedField, order: Decoder["order"]): Cell[] {
  const { value, name } = field;
  return [
    [field.field, "cyan"],
    [placeText(field, order), "dim"],
    typeof value === "object" ? JSON.stringify(value) : String(value),
    typeof value === "number" && value > 9
      ? [`0x${value.toString(16)}`, "dim"]
      : "",
    typeof name === "string" ? name : "",
  ];
}

/**
 * Where a field is: the byte offset of its word of 32 bits and its bits there as
 * data sheets count them, 31 the most significant; whole bytes by their offset.
 */
export function placeText(
  { bit, width }: Pick<DecodedField, "bit" | "width">,
  order: Decoder["order"],
): string {
  const hex = (byte: number): string =>
    `0x${byte.toString(16).padStart(2, "0")}`;
  const last = bit + width - 1;
  if (order === "little") {
    const byte = bit >> 3;
    return bit % 8 === 0 && width % 8 === 0
      ? hex(byte)
      : bits(hex(byte), last - byte * 8, bit % 8);
  }
  const word = Math.floor(bit / 32);
  if (Math.floor(last / 32) !== word) return hex(bit >> 3);
  return bits(hex(word * 4), 31 - bit % 32, 31 - last % 32);
}

function bits(at: string, high: number, low: number): string {
  if (high === 31 && low === 0) return at;
  return high === low ? `${at} ${high}` : `${at} ${high}..${low}`;
}

/** The names, in columns of text; a long list is counted unless all are wanted. */
export function decodersText(
  driver: string,
  lists: readonly DecoderList[],
  all: boolean,
  style: Style,
): string {
  const lines: string[] = [];
  for (const { kind, summary, names } of lists) {
    lines.push(
      `${style(kind, "bold")}  ${
        style(`${summary}; ${count(names.length, "name")}`, "dim")
      }`,
    );
    if (names.length <= MANY || all) lines.push(...wrapped(names));
    else {
      lines.push(
        ...wrapped(names.slice(0, 12)),
        style(`  and ${names.length - 12} more (--all)`, "dim"),
      );
    }
    lines.push("");
  }
  lines.push(
    style(
      `fwctl decode ${driver} NAME HEX, or - for hex on standard input`,
      "dim",
    ),
  );
  return `${lines.join("\n")}\n`;
}

function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = " ";
  for (const name of names) {
    if (line.length > 1 && line.length + 1 + name.length > COLUMNS) {
      lines.push(line);
      line = " ";
    }
    line += ` ${name}`;
  }
  return line === " " ? lines : [...lines, line];
}
