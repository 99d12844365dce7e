/**
 * As much of XML as libvirt writes: elements, attributes, text, comments, CDATA,
 * processing instructions, the five named entities and characters by number.
 *
 * There is no document type: one is refused, and with it every entity that
 * could grow or lead elsewhere. One pass, no recursion, and limits on depth and
 * on the number of elements, so that any input ends soon.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/** One element. */
export interface XmlElement {
  /** Its name, with its prefix. */
  readonly name: string;
  /** Attributes by name. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Its elements, in order. */
  readonly children: readonly XmlElement[];
  /** Its own text, in one piece. */
  readonly text: string;
}

/** Deeper than any domain is. */
const DEEPEST = 64;
const MOST_ELEMENTS = 100_000;
const MOST_ATTRIBUTES = 256;

/** Characters of a name; all beyond ASCII are let through. */
const NAME = /[A-Za-z_:\u0080-\uffff][-A-Za-z0-9_:.\u0080-\uffff]*/y;
const SPACE = /[ \t\r\n]*/y;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]{1,4}));/y;
const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

interface Open {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** The root element of a document. @throws {UsageError} saying where it is wrong */
export function parseXml(text: string): XmlElement {
  return new Reader(text).document();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #elements = 0;
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;

  constructor(text: string) {
    // A byte order mark stands before everything and is no text.
    this.#text = text.startsWith("\ufeff") ? text.slice(1) : text;
  }

  document(): XmlElement {
    const { length } = this.#text;
    while (this.#at < length) {
      if (this.#text[this.#at] !== "<") this.#characters();
      else if (this.#skips("<!--")) this.#past("-->", "a comment");
      else if (this.#skips("<![CDATA[")) this.#cdata();
      else if (this.#skips("<?")) this.#past("?>", "an instruction");
      else if (this.#skips("</")) this.#end();
      else if (this.#text.startsWith("<!", this.#at)) {
        throw this.#wrong("has a document type, which no domain has");
      } else this.#start();
    }
    const open = this.#open.at(-1);
    if (open) throw this.#wrong(`ends inside <${shown(open.name)}>`);
    if (!this.#root) throw this.#wrong("has no element");
    return this.#root;
  }

  #skips(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  /** What stands before `word`, which is passed. */
  #past(word: string, what: string): string {
    const end = this.#text.indexOf(word, this.#at);
    if (end < 0) throw this.#wrong(`ends inside ${what}`);
    const text = this.#text.slice(this.#at, end);
    this.#at = end + word.length;
    return text;
  }

  #characters(): void {
    const end = this.#text.indexOf("<", this.#at);
    const raw = this.#text.slice(this.#at, end < 0 ? undefined : end);
    const open = this.#open.at(-1);
    if (open) open.text += this.#resolved(raw);
    else if (/[^ \t\r\n]/.test(raw)) throw this.#wrong("has text outside");
    this.#at += raw.length;
  }

  #cdata(): void {
    const open = this.#open.at(-1);
    if (!open) throw this.#wrong("has text outside");
    open.text += this.#past("]]>", "CDATA");
  }

  #start(): void {
    this.#at++;
    const name = this.#name();
    if (this.#open.length >= DEEPEST) {
      throw this.#wrong(`is more than ${DEEPEST} elements deep`);
    }
    if (++this.#elements > MOST_ELEMENTS) {
      throw this.#wrong(`has more than ${MOST_ELEMENTS} elements`);
    }
    if (this.#root && this.#open.length === 0) {
      throw this.#wrong("has a second root element");
    }
    const element: Open = {
      name,
      attributes: this.#attributes(),
      children: [],
      text: "",
    };
    if (this.#skips("/>")) this.#add(element);
    else if (this.#skips(">")) this.#open.push(element);
    else throw this.#wrong(`has an unfinished <${shown(name)}>`);
  }

  #attributes(): Map<string, string> {
    const attributes = new Map<string, string>();
    for (;;) {
      const before = this.#at;
      this.#space();
      const next = this.#text[this.#at];
      if (next === undefined || next === ">" || next === "/") return attributes;
      if (this.#at === before) throw this.#wrong("has attributes run together");
      const name = this.#name();
      this.#space();
      if (!this.#skips("=")) {
        throw this.#wrong(`has an attribute ${shown(name)} without a value`);
      }
      this.#space();
      const quote = this.#text[this.#at];
      if (quote !== '"' && quote !== "'") {
        throw this.#wrong(`has a value of ${shown(name)} without quotes`);
      }
      this.#at++;
      const raw = this.#past(quote, "a value");
      if (raw.includes("<")) throw this.#wrong("has a < in a value");
      if (attributes.has(name) || attributes.size >= MOST_ATTRIBUTES) {
        throw this.#wrong(`has the attribute ${shown(name)} once too often`);
      }
      attributes.set(name, this.#resolved(raw));
    }
  }

  #end(): void {
    const name = this.#name();
    this.#space();
    const element = this.#open.pop();
    if (element?.name !== name || !this.#skips(">")) {
      throw this.#wrong(
        `has </${shown(name)}> where ${
          element ? `</${shown(element.name)}>` : "nothing"
        } was open`,
      );
    }
    this.#add(element);
  }

  #add(element: XmlElement): void {
    const above = this.#open.at(-1);
    if (above) above.children.push(element);
    else this.#root = element;
  }

  #name(): string {
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) throw this.#wrong("has a < without a name");
    this.#at += name.length;
    return name;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  /** Text with its entities replaced; what they stand for is not looked at again. */
  #resolved(raw: string): string {
    let at = raw.indexOf("&");
    if (at < 0) return raw;
    const parts: string[] = [raw.slice(0, at)];
    while (at >= 0) {
      ENTITY.lastIndex = at;
      const found = ENTITY.exec(raw);
      if (!found) throw this.#wrong("has an & that begins no known entity");
      const [whole, decimal, hex, name = ""] = found;
      const code = decimal !== undefined
        ? Number(decimal)
        : hex !== undefined
        ? Number.parseInt(hex, 16)
        : undefined;
      const char = code !== undefined
        ? character(code)
        : Object.hasOwn(NAMED, name)
        ? NAMED[name]
        : undefined;
      if (char === undefined) {
        throw this.#wrong(`has the entity ${shown(whole)}, which is not known`);
      }
      const next = raw.indexOf("&", at + whole.length);
      parts.push(
        char,
        raw.slice(at + whole.length, next < 0 ? undefined : next),
      );
      at = next;
    }
    return parts.join("");
  }

  #wrong(what: string): UsageError {
    const before = this.#text.slice(0, this.#at);
    let line = 1;
    for (let at = 0; (at = before.indexOf("\n", at) + 1) > 0;) line++;
    return new UsageError(`The XML ${what}, line ${line}`, {
      hint: "It is to be a domain as `virsh dumpxml` prints it",
    });
  }
}

/** A character by its number; undefined for those that no document may have. */
function character(code: number): string | undefined {
  const allowed = code === 9 || code === 10 || code === 13 ||
    code >= 0x20 && code <= 0xd7ff || code >= 0xe000 && code <= 0xfffd ||
    code >= 0x10000 && code <= 0x10ffff;
  return allowed ? String.fromCodePoint(code) : undefined;
}

function shown(text: string): string {
  return text.slice(0, 60);
}
