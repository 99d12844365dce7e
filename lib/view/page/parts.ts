/**
 * Small pieces of pages on plans and machines: marks that say what they mean in
 * words and in shape, lists of facts, the bar with filters, room.
 *
 * @module
 */
import { html } from "./html.ts";

/** Bytes of a page that may still be used; what does not fit is left out and said. */
export class Room {
  #left: number;

  /** Begins with so many bytes. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Bytes left. */
  get left(): number {
    return this.#left;
  }

  /** Takes the room a text needs; false, and nothing taken, where there is too little. */
  take(text: string): boolean {
    const size = bytesOf(text);
    if (size > this.#left) return false;
    this.#left -= size;
    return true;
  }
}

/** Bytes of a text as UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What a thing on a page can be filtered by. */
export interface Facets {
  /** Names of drivers. */
  readonly driver?: readonly string[];
  /** States in a word or more. */
  readonly state?: readonly string[];
  /** Scopes. */
  readonly scope?: readonly string[];
  /** Effects. */
  readonly effect?: readonly string[];
}

/** Values that a select offers. */
const MOST_VALUES = 60;

const FACETS = ["driver", "state", "scope", "effect"] as const;

/** Collects which values there are while a page is written, for its selects. */
export class FacetList {
  readonly #seen = new Map<string, Set<string>>(
    FACETS.map((name) => [name, new Set()]),
  );

  /** The attribute of something with these facets. */
  attribute(facets: Facets): string {
    const parts = FACETS.map((name) => {
      const values = (facets[name] ?? []).map(word);
      const seen = this.#seen.get(name);
      for (const value of values) {
        // A select of hundreds helps nobody.
        if (seen && seen.size < MOST_VALUES) seen.add(value);
      }
      return [...new Set(values)].join(" ");
    });
    return `data-f="${html(parts.join("|"), 600)}"`;
  }

  /** The bar: a filter over everything, a select for each facet that has a choice. */
  bar(): string {
    const selects = FACETS.map((name, index) => {
      const values = [...this.#seen.get(name) ?? []];
      // One driver is no choice; one state tells those that have it from the rest.
      if (values.length < (name === "driver" ? 2 : 1)) return "";
      const options = values.map((value) =>
        `<option value="${html(value)}">${html(value.replaceAll("_", " "))}`
      );
      return `<label>${name} <select data-n="${index}"><option value="">any${
        options.join("")
      }</select></label>`;
    });
    return `<div class="bar" role="search" aria-label="Filter this page" hidden>
<label for="filter">Filter</label>
<input id="filter" type="search" placeholder="name or value; key /" autocomplete="off" spellcheck="false">
${selects.join("")}
<button id="open" type="button">Open all</button>
<button id="close" type="button">Close all</button>
<span id="found" role="status" class="dim"></span>
</div>`;
  }
}

/** A facet's value in one piece, as the attribute separates by space and bar. */
function word(text: string): string {
  return text.slice(0, 60).replace(/[\s|]+/g, "_");
}

/** Shapes, so that nothing is said by colour alone. */
const SHAPES: Readonly<Record<string, string>> = {
  // Scopes: the fuller, the more may be asked.
  "configuration": "○",
  "debug-read-only": "◔",
  "debug-write": "◑",
  "debug-write-full": "●",
  // Effects.
  "read": "·",
  "runtime": "▸",
  "next-reset": "↻",
  "disruptive": "▲",
  "destructive": "◆",
  // States.
  "to change": "~",
  "to send": "!",
  "as declared": "=",
  "pending": "↻",
  "note": "!",
};

/** A word with its shape; `loud` ones stand out. */
export function mark(
  value: string,
  before = "",
  loud: "" | "hot" | "stop" | "firm" = "",
): string {
  const shape = SHAPES[value];
  return `<span class="m${loud === "" ? "" : ` ${loud}`}">${
    shape === undefined ? "" : `<i aria-hidden="true">${shape}</i>`
  }${before === "" ? "" : `${html(before)} `}${html(value)}</span>`;
}

/** How loud a scope is: those that taint stand out. */
export function scopeMark(scope: string): string {
  return mark(scope, "scope", /^debug-write/.test(scope) ? "stop" : "");
}

/** How loud an effect is. */
export function effectMark(effect: string): string {
  return mark(
    effect,
    "effect",
    /^d/.test(effect) ? "stop" : effect === "next-reset" ? "hot" : "",
  );
}

/** A list of facts; values are markup, those that are empty are left out. */
export function facts(list: readonly (readonly [string, string])[]): string {
  return `<dl class="facts">${
    list.filter(([, value]) => value !== "").map(([name, value]) =>
      `<div><dt>${html(name)}</dt><dd>${value}</dd></div>`
    ).join("\n")
  }</dl>`;
}

/** Text in the type of values. */
export function code(text: string, most?: number): string {
  return text === "" ? "" : `<code>${html(text, most)}</code>`;
}
