/**
 * The text form of the generated layout table, and its parser.
 *
 * A table is a list of entries; an entry begins with a line `struct NAME` or
 * `union NAME` and goes on with indented words, a field each, in order. Numbers
 * are hexadecimal. Offsets are not written: they follow from the order.
 *
 * | word | field |
 * |---|---|
 * | `~18` | `reserved_at_<bit offset>`, 0x18 bits |
 * | `name:10` | 0x10 bits |
 * | `name:4*20` | array of 4 elements of 0x20 bits |
 * | `name:*40` | flexible array of 0x40-bit elements |
 * | `name=type`, `name=type*4`, `name=type*` | the same of another entry |
 * | `(` … `)` | union without a name: all inside begin at one bit |
 * | `[` … `]` | structure without a name, within such a union |
 *
 * @module
 */
import { DecodeError } from "../../../lib/errors.ts";
import type { Field, Layout } from "../../../lib/bits/layout.ts";

const WORD =
  /^(?:~([0-9a-f]+)|(\w+):(?:([0-9a-f]*)(\*))?([0-9a-f]+)|(\w+)=([\w.]+)(?:(\*)([0-9a-f]*))?)$/;

/** A table whose entries are parsed when they are asked for. */
export class LayoutTable {
  readonly #text: () => string;
  #entries: Map<string, string> | undefined;
  readonly #parsed = new Map<string, Layout>();
  readonly #open = new Set<string>();

  /** `text` is called once, when the first name is asked for. */
  constructor(text: () => string) {
    this.#text = text;
  }

  /** All names in the order of the header; nested bodies have dotted names. */
  names(): string[] {
    return [...this.#index().keys()];
  }

  /** Whether there is such an entry. */
  has(name: string): boolean {
    return this.#index().has(name);
  }

  /** The kernel's name where it does not follow the rule, else undefined. */
  irregular(name: string): string | undefined {
    return /^\S+ \S+ as (\S+)/.exec(this.#index().get(name) ?? "")?.[1];
  }

  /** @throws `DecodeError` when the table is broken or lacks the name */
  get(name: string): Layout {
    const known = this.#parsed.get(name);
    if (known !== undefined) return known;
    const entry = this.#index().get(name);
    if (entry === undefined) {
      throw new DecodeError(`There is no layout "${name}"`, {
        hint: "Run `deno task layouts` for all names",
      });
    }
    if (this.#open.has(name)) {
      throw new DecodeError(`The layout "${name}" contains itself`, {
        hint: "Generate the table again",
      });
    }
    this.#open.add(name);
    try {
      const layout = this.#parse(name, entry);
      this.#parsed.set(name, layout);
      return layout;
    } finally {
      this.#open.delete(name);
    }
  }

  #index(): Map<string, string> {
    if (this.#entries === undefined) {
      this.#entries = new Map();
      for (
        const [, entry = ""] of this.#text().matchAll(/^(\S.*(?:\n .*)*)/gm)
      ) {
        const [, name = ""] = /^(?:struct|union) (\S+)/.exec(entry) ?? [];
        this.#entries.set(name, entry);
      }
    }
    return this.#entries;
  }

  #parse(name: string, entry: string): Layout {
    const [head = "", ...lines] = entry.split("\n");
    const kind = head.startsWith("union ") ? "union" : "struct";
    const words = lines.join("").split(" ");
    const fields: Field[] = [];
    // One cursor for the entry and one for every open union or structure.
    const stack: Cursor[] = [{
      union: kind === "union",
      start: 0,
      at: 0,
      end: 0,
    }];
    for (const word of words) {
      const top = stack.at(-1);
      if (top === undefined) throw broken(name, word);
      if (word === "(" || word === "[") {
        stack.push({
          union: word === "(",
          start: top.at,
          at: top.at,
          end: top.at,
        });
      } else if (word === ")" || word === "]") {
        stack.pop();
        advance(stack.at(-1) ?? top, top.end - top.start);
      } else if (word !== "") {
        const field = this.#field(name, word, top.at);
        fields.push(field);
        advance(top, field.width);
      }
    }
    const [bottom] = stack;
    if (bottom === undefined || stack.length !== 1) throw broken(name, "]");
    return {
      name,
      kind,
      bits: bottom.end,
      fields,
      resolve: (type) => this.get(type),
    };
  }

  #field(owner: string, word: string, offset: number): Field {
    const match = WORD.exec(word);
    if (match === null) throw broken(owner, word);
    const [, gap, plain, times, star, width, nested, type, many, number] =
      match;
    if (nested !== undefined && type !== undefined) {
      return {
        ...array(this.get(type).bits, many !== undefined, number),
        name: nested,
        type,
        offset,
      };
    }
    const bits = Number.parseInt(gap ?? width ?? "", 16);
    return {
      ...array(bits, star !== undefined, times),
      name: plain ?? `reserved_at_${offset.toString(16)}`,
      type: "u8",
      offset,
    };
  }
}

interface Cursor {
  readonly union: boolean;
  readonly start: number;
  at: number;
  end: number;
}

function advance(cursor: Cursor, width: number): void {
  cursor.end = Math.max(cursor.end, cursor.at + width);
  if (!cursor.union) cursor.at += width;
}

/** Width, element width and count of a scalar, an array or a flexible array. */
function array(
  elementWidth: number,
  isArray: boolean,
  count: string | undefined,
): Pick<Field, "width" | "elementWidth" | "count" | "flex"> {
  if (!isArray) return { width: elementWidth, elementWidth };
  if (!count) return { width: 0, elementWidth, flex: true };
  const times = Number.parseInt(count, 16);
  return { width: times * elementWidth, elementWidth, count: times };
}

function broken(name: string, word: string): DecodeError {
  return new DecodeError(`The layout table is broken at ${name}: "${word}"`, {
    hint: "Generate it again with `deno task layouts:generate`",
  });
}
