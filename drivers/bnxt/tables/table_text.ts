/**
 * The text form of the generated table of messages, and its parser.
 *
 * An entry begins with a line `NAME SIZE` and goes on with indented words, in
 * order. Numbers are hexadecimal; sizes are bytes. The headers of requests and
 * responses are not written: every `_input` begins with struct input, every
 * `_output` with struct output.
 *
 * | word | meaning |
 * |---|---|
 * | `name:2` | a member of 2 bytes, little endian; also 1, 4 and 8 |
 * | `name:b` | a member of 2 bytes, big endian |
 * | `name:1*6`, `name:c*10`, `name:c*8*20` | an array of bytes, a text, a list of texts |
 * | `name(` … `)*7` | an array of packed structures |
 * | `.FLAG=4` | a flag of the member before |
 * | `|`, `|PART/f0` | values follow, of the whole member or of the bits f0 of it |
 * | `-VALUE=10` | a value, in the place it has in the member |
 *
 * @module
 */
import {
  type CMember,
  cStruct,
  type CType,
  type Layout,
} from "../../../lib/bits/mod.ts";
import { DecodeError } from "../../../lib/errors.ts";

/** Some bits of a member with a name of their own. */
export interface Part {
  /** As the header spells it; "" is the whole member. */
  readonly name: string;
  /** Its bits in the member, at most 32; undefined is all. */
  readonly mask: number | undefined;
  /** Names by value, in the place they have in the member; empty for a number. */
  readonly values: ReadonlyMap<number, string>;
}

/** What a member is beside its bytes. */
export interface Meaning {
  /** `text` is characters that end at a zero; `be16` a number in network order. */
  readonly form: "number" | "text" | "be16";
  /** Bytes of one text in a list of texts; undefined elsewhere. */
  readonly textBytes: number | undefined;
  /** Names of bits. */
  readonly flags: readonly { readonly name: string; readonly mask: number }[];
  /** Runs of bits with names. */
  readonly parts: readonly Part[];
}

/** A structure with what its members mean. */
export interface Message {
  /** Offsets and sizes; little endian. */
  readonly layout: Layout;
  /** By member's name, header members left out. */
  readonly meanings: ReadonlyMap<string, Meaning>;
  /** Messages of nested members by name. */
  readonly nested: ReadonlyMap<string, Message>;
}

const MEMBER = /^(\w+):([1248bc])(?:\*([0-9a-f]+))?(?:\*([0-9a-f]+))?$/;
const FLAG = /^([.-])(\w+)=([0-9a-f]+)$/;
const PART = /^\|(?:(\w+))?(?:\/([0-9a-f]+))?$/;
const TYPES: Readonly<Record<string, CType>> = {
  1: "u8",
  c: "u8",
  2: "u16",
  b: "u16",
  4: "u32",
  8: "u64",
};
const INPUT: readonly CMember[] = [
  ["req_type", "u16"],
  ["cmpl_ring", "u16"],
  ["seq_id", "u16"],
  ["target_id", "u16"],
  ["resp_addr", "u64"],
];
const OUTPUT: readonly CMember[] = [
  ["error_code", "u16"],
  ["req_type", "u16"],
  ["seq_id", "u16"],
  ["resp_len", "u16"],
];

/** A meaning while it is read. */
interface Draft extends Meaning {
  readonly flags: { name: string; mask: number }[];
  readonly parts: {
    name: string;
    mask: number | undefined;
    values: Map<number, string>;
  }[];
}

/** Messages whose entries are parsed when they are asked for. */
export class MessageTable {
  readonly #text: () => string;
  #entries: Map<string, string> | undefined;
  readonly #parsed = new Map<string, Message>();

  /** `text` is called once, when the first name is asked for. */
  constructor(text: () => string) {
    this.#text = text;
  }

  /** All names, in the header's order. */
  names(): string[] {
    return [...this.#index().keys()];
  }

  /** One message, or undefined; always the same object for one name. @throws `DecodeError` for a broken table */
  find(name: string): Message | undefined {
    const known = this.#parsed.get(name);
    const entry = known ? undefined : this.#index().get(name);
    if (entry === undefined) return known;
    const [, size = "", body = ""] = /^\w+ ([0-9a-f]+)([\s\S]*)$/.exec(entry) ??
      [];
    const words = body.split(/\s+/).filter((word) => word !== "");
    const head = name.endsWith("_input")
      ? INPUT
      : name.endsWith("_output")
      ? OUTPUT
      : [];
    const message = read(name, words, head, Number.parseInt(size, 16));
    if (words.length > 0) throw broken(name, words[0] ?? "");
    this.#parsed.set(name, message);
    return message;
  }

  #index(): Map<string, string> {
    if (this.#entries === undefined) {
      this.#entries = new Map();
      for (const [entry] of this.#text().matchAll(/^\w.*(?:\n .*)*/gm)) {
        this.#entries.set(entry.slice(0, entry.indexOf(" ")), entry);
      }
    }
    return this.#entries;
  }
}

/** Takes words up to the end or to the brace that closes a nested structure. */
function read(
  name: string,
  words: string[],
  head: readonly CMember[],
  size: number | undefined,
): Message {
  const members: CMember[] = [...head];
  const meanings = new Map<string, Meaning>();
  const nested = new Map<string, Message>();
  let last: Draft | undefined;
  let bytes = 0;
  for (let word = words[0]; word !== undefined; word = words[0]) {
    if (word.startsWith(")")) break;
    words.shift();
    const opened = /^(\w+)\($/.exec(word)?.[1];
    const [, member = "", letter = "", first, second] = MEMBER.exec(word) ?? [];
    const type = TYPES[letter];
    if (opened !== undefined) {
      const inner = read(`${name}.${opened}`, words, [], undefined);
      const [, count] = /^\)\*([0-9a-f]+)$/.exec(words.shift() ?? "") ?? [];
      if (count === undefined) throw broken(name, word);
      nested.set(opened, inner);
      members.push([opened, inner.layout, Number.parseInt(count, 16)]);
      last = undefined;
    } else if (type !== undefined) {
      const inner = second === undefined ? 1 : Number.parseInt(second, 16);
      const count = Number.parseInt(first ?? "1", 16) * inner;
      members.push(
        first === undefined ? [member, type] : [member, type, count],
      );
      bytes += count * Number(letter === "b" ? 2 : letter === "c" ? 1 : letter);
      last = {
        form: letter === "c" ? "text" : letter === "b" ? "be16" : "number",
        textBytes: second === undefined ? undefined : inner,
        flags: [],
        parts: [],
      };
      meanings.set(member, last);
    } else explain(name, word, last);
  }
  // Only nested structures are packed; they say no size.
  const layout = cStruct(name, size ?? bytes, members, {
    packed: size === undefined,
  });
  return { layout, meanings, nested };
}

function explain(owner: string, word: string, last: Draft | undefined): void {
  const [, kind, name = "", digits = ""] = FLAG.exec(word) ?? [];
  const part = PART.exec(word);
  if (last && kind === ".") {
    last.flags.push({ name, mask: Number.parseInt(digits, 16) });
  } else if (last && kind === "-") {
    const values = last.parts.at(-1)?.values;
    if (!values) throw broken(owner, word);
    // Of two names for one value the first stays.
    const value = Number.parseInt(digits, 16);
    if (!values.has(value)) values.set(value, name);
  } else if (last && part) {
    const [, title = "", mask] = part;
    last.parts.push({
      name: title,
      mask: mask === undefined ? undefined : Number.parseInt(mask, 16),
      values: new Map(),
    });
  } else throw broken(owner, word);
}

function broken(name: string, word: string): DecodeError {
  return new DecodeError(
    `The table of messages is broken at ${name}: "${word}"`,
    {
      hint: "Generate it again with drivers/bnxt/tables/generate.ts",
    },
  );
}
