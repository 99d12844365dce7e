/**
 * Reads structures and constants of a bnxt `hsi.h`: the header of the vendor's
 * generator, where the `#define`s of a member follow it. Used by the generator
 * alone.
 *
 * @module
 */
import { DecodeError } from "../../../lib/errors.ts";

/** A member as it is written. */
export interface Member {
  /** As the header spells it. */
  readonly name: string;
  /** `u8`, `char`, `__le16`, `__be16`, `__le32`, `__le64`, or a body. */
  readonly type: string | Body;
  /** The lengths of an array, outermost first; empty for a scalar. */
  readonly dimensions: readonly number[];
  /** The constants that follow it, in order. */
  readonly constants: readonly Constant[];
}

/** A structure within a structure; always packed. */
export interface Body {
  /** In order. */
  readonly members: readonly Member[];
}

/** A `#define` below a member. */
export interface Constant {
  /** As the header spells it. */
  readonly name: string;
  /** Its number. */
  readonly value: number;
}

/** A structure. */
export interface Struct extends Body {
  /** As the header spells it: `hwrm_ver_get_input`. */
  readonly name: string;
}

const TYPES = new Set(["u8", "char", "__le16", "__be16", "__le32", "__le64"]);
const DEFINE = /^#define\s+(\w+)\s+(.+)$/;
const MEMBER = /^(\w+)\s+(\w+)((?:\[\w+\])*);$/;
const END = /^\}\s*__packed\s+(\w+)((?:\[\w+\])*);$/;

/**
 * The structures that `wanted` names, in the header's order.
 *
 * @throws `DecodeError` naming the line that could not be understood
 */
export function parseHeader(
  text: string,
  wanted: (name: string) => boolean,
): Struct[] {
  const found: Struct[] = [];
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, "");
  for (
    const [, name = "", body = ""] of bare.matchAll(
      /^struct (\w+) \{\n([\s\S]*?)^\};/gm,
    )
  ) {
    if (!wanted(name)) continue;
    const lines = body.split("\n").map((line) => line.trim())
      .filter((line) => line !== "");
    found.push({ name, members: members(name, lines) });
  }
  return found;
}

function members(owner: string, lines: string[]): Member[] {
  const list: Member[] = [];
  const values = new Map<string, number>();
  let constants: Constant[] = [];
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, define, value = ""] = DEFINE.exec(line) ?? [];
    if (define !== undefined) {
      const number = values.get(value) ?? numberOf(owner, value);
      values.set(define, number);
      constants.push({ name: define, value: number });
      continue;
    }
    let type: string | Body = "";
    let end = MEMBER.exec(line);
    let [, word = "", name = "", sizes = ""] = end ?? [];
    type = word;
    if (line === "struct {") {
      const inner: string[] = [];
      for (let one = lines.shift(); one !== undefined; one = lines.shift()) {
        end = END.exec(one);
        if (end) break;
        inner.push(one);
      }
      [, name = "", sizes = ""] = end ?? [];
      type = { members: members(`${owner}.${name}`, inner) };
    } else if (!TYPES.has(word)) throw strange(owner, line);
    if (!end) throw strange(owner, line);
    constants = [];
    const dimensions = [...sizes.matchAll(/\[(\w+)\]/g)]
      .map(([, size = ""]) => numberOf(owner, size));
    list.push({ name, type, dimensions, constants });
  }
  return list;
}

/** `0x1UL`, `(0x1UL << 4)`, `16`. */
function numberOf(owner: string, text: string): number {
  const [, digits, shift = "0"] =
    /^\(?\s*(0x[0-9a-f]+|\d+)U?L{0,2}\s*(?:<<\s*(\d+)\s*\))?$/i.exec(text) ??
      [];
  const value = digits === undefined
    ? NaN
    : Number(digits) * 2 ** Number(shift);
  // No constant of a message's member is wider, and the table relies on it.
  if (!(value <= 0xffffffff)) throw strange(owner, text);
  return value;
}

function strange(owner: string, text: string): DecodeError {
  return new DecodeError(`${owner} has a line of no known form: ${text}`, {
    hint: "The header uses a form the generator does not know yet",
  });
}
