/**
 * Pseudonyms instead of what identifies a customer. In two passes: first every
 * value to hide is found, by the name of its field or by its shape, then each is
 * replaced wherever it stands, in texts and in names. The same value is the same
 * pseudonym in the whole bundle, and the pseudonym tells nothing of the value.
 *
 * @module
 */
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import type { RedactedKind } from "./manifest.ts";
import {
  hidesNumber,
  isNobody,
  kindOfName,
  LOG_SHAPES,
  PCI_SHAPE,
  type RedactKind,
  RUNS,
  SHAPES,
} from "./redact_rules.ts";

/** What else is hidden. */
export interface RedactOptions {
  /** PCI addresses, too. */
  readonly pci?: boolean;
  /** Names of the machine that nothing else tells from a word. */
  readonly hosts?: readonly string[];
}

/** Members of a row that say what its value is: `{ field: "port_guid", value: … }`. */
const NAMING = ["field", "name", "parameter", "fact", "register"];
/** Members that hold the value of such a row. */
const VALUES =
  /^(value|values|current|maximum|other|next|default|stored|before|after|text|raw|data|hex)$/;
/** Shorter texts are replaced only where they are the whole value. */
const LEAST = 3;
/** Longer ones are replaced also inside of words. */
const INSIDE = 8;
/** Hex digits of a run of bytes. */
const RUN = 16;
/** What is put where a value is found again and nobody knows which: never the value. */
const UNKNOWN = "hidden";
/** Most texts that are remembered. */
const MOST_CLEAN = 20_000;

interface Hidden {
  readonly token: string;
  readonly kind: RedactKind;
}

/** Finds, then replaces. One for a whole bundle. */
export class Redactor {
  readonly #pci: boolean;
  /** By canonical form: lower case, bytes without separators. */
  readonly #hidden = new Map<string, Hidden>();
  /** As texts have them, to find them again. */
  readonly #forms = new Set<string>();
  readonly #counts = new Map<RedactKind, { values: number; places: number }>();
  #pattern: RegExp | undefined;
  /** Texts known to hold nothing. */
  readonly #clean = new Set<string>();

  /** Knows the names of the host. */
  constructor({ pci = false, hosts = [] }: RedactOptions = {}) {
    this.#pci = pci;
    for (const host of hosts) {
      if (isNobody(host) || host.length < 3) continue;
      this.#hide("host", host);
      // db7.rack2.example and db7 are one machine.
      const [short = ""] = host.split(".");
      if (short.length >= 3 && !isNobody(short)) this.#hide("host", short);
    }
  }

  /** Finds what is to be hidden. Every part goes through here before any is replaced. */
  find(data: PlainData, log = false): void {
    this.#find(data, undefined, log);
    this.#pattern = undefined;
    this.#clean.clear();
  }

  /** The data with pseudonyms. */
  replace(data: PlainData): PlainData {
    return this.#replace(data, undefined);
  }

  /** A text with pseudonyms. */
  text(text: string): string {
    if (this.#clean.has(text)) return text;
    const pattern = this.#pattern ??= this.#compile();
    const out = text.replace(
      pattern,
      (found) => isNobody(found) ? found : this.#tokenOf(found) ?? UNKNOWN,
    );
    // Names of fields come by the thousand.
    if (out === text && this.#clean.size < MOST_CLEAN) this.#clean.add(text);
    return out;
  }

  /** How many of each kind, by kind. */
  table(): RedactedKind[] {
    return [...this.#counts].map(([kind, counts]) => ({ kind, ...counts }))
      .sort((a, b) => a.kind < b.kind ? -1 : 1);
  }

  #find(data: PlainData, kind: RedactKind | undefined, log: boolean): void {
    if (typeof data === "string") {
      if (kind && !isNobody(data)) this.#hide(kind, data);
      this.#shapes(data, log);
    } else if (typeof data === "number") {
      if (kind && hidesNumber(kind, data)) {
        this.#hide(kind, String(data), false);
      }
    } else if (isPlainObject(data)) {
      const row = rowKind(data);
      for (const [name, value] of Object.entries(data)) {
        this.#shapes(name, log);
        this.#find(value, kindAt(name, row, kind), log);
      }
    } else if (Array.isArray(data)) {
      for (const item of data) this.#find(item, kind, log);
    }
  }

  #shapes(text: string, log: boolean): void {
    if (text.length < 5) return;
    const shapes = [
      ...SHAPES,
      ...(log ? LOG_SHAPES : []),
      ...(this.#pci ? [["pci", PCI_SHAPE] as const] : []),
    ];
    for (const [kind, shape] of shapes) {
      for (const [found] of text.matchAll(shape)) {
        if (!isNobody(found)) this.#hide(kind, found);
      }
    }
  }

  #hide(kind: RedactKind, value: string, everywhere = true): void {
    const key = canonical(value);
    if (!this.#hidden.has(key)) {
      const counts = this.#counts.get(kind) ?? { values: 0, places: 0 };
      counts.values++;
      this.#counts.set(kind, counts);
      const size = kind === "bytes" && /^(0x)?[0-9a-f ]+$/i.test(value)
        ? `(${key.length >> 1})`
        : "";
      this.#hidden.set(key, { kind, token: `${kind}-${counts.values}${size}` });
    }
    // Runs of bytes are found again by their shape; there may be very many.
    if (kind === "bytes" && (hexDigits(value)?.length ?? 0) >= RUN) return;
    if (everywhere && value.length >= LEAST) this.#forms.add(value);
  }

  #replace(data: PlainData, kind: RedactKind | undefined): PlainData {
    if (typeof data === "string") {
      if (kind && !isNobody(data)) {
        const whole = this.#tokenOf(data);
        if (whole !== undefined) return whole;
      }
      return this.text(data);
    }
    if (typeof data === "number") {
      return kind && hidesNumber(kind, data)
        ? this.#tokenOf(String(data)) ?? data
        : data;
    }
    if (Array.isArray(data)) {
      return data.map((item: PlainData) => this.#replace(item, kind));
    }
    if (!isPlainObject(data)) return data;
    const row = rowKind(data);
    const out: [string, PlainData][] = [];
    for (const [name, value] of Object.entries(data)) {
      out.push([
        this.text(name),
        this.#replace(value, kindAt(name, row, kind)),
      ]);
    }
    return Object.fromEntries(out);
  }

  #tokenOf(found: string): string | undefined {
    const hidden = this.#hidden.get(canonical(found));
    if (!hidden) return undefined;
    const counts = this.#counts.get(hidden.kind);
    if (counts) counts.places++;
    return hidden.token;
  }

  /** All forms at once, the longest first, so that no pseudonym is replaced again. */
  #compile(): RegExp {
    const forms = [...this.#forms].sort((a, b) =>
      b.length - a.length || (a < b ? -1 : 1)
    );
    const patterns = forms.map((form) => {
      const digits = hexDigits(form);
      const text = escaped(form);
      // The same bytes with any separator, and with none.
      if (digits !== undefined) {
        const pairs = [...digits.matchAll(/../g)].map(([pair]) => pair);
        return `${text}|${pairs.join("[:\\- .]?")}`;
      }
      return form.length < INSIDE ? `(?<![a-z0-9])${text}(?![a-z0-9])` : text;
    });
    patterns.push(...RUNS.map(({ source }) => source));
    return new RegExp(patterns.join("|"), "gi");
  }
}

/** A row's value goes by the name in the row, anything else by its own. */
function kindAt(
  name: string,
  row: RedactKind | undefined,
  above: RedactKind | undefined,
): RedactKind | undefined {
  if (row && VALUES.test(name)) return row;
  return kindOfName(name) ?? above;
}

function rowKind(data: PlainObject): RedactKind | undefined {
  for (const key of NAMING) {
    const name = Object.hasOwn(data, key) ? data[key] : undefined;
    const kind = typeof name === "string" ? kindOfName(name) : undefined;
    if (kind) return kind;
  }
  return undefined;
}

/** The digits of bytes of at least six, in any notation. */
function hexDigits(text: string): string | undefined {
  const digits = text.replace(/^0x/i, "").replace(/[:\- .]/g, "").toLowerCase();
  return /^[0-9a-f]+$/.test(digits) && digits.length >= 12 &&
      digits.length % 2 === 0
    ? digits
    : undefined;
}

function canonical(text: string): string {
  return hexDigits(text) ?? text.toLowerCase();
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
