/**
 * Reads a kernel header of the mlx5_ifc style: structures and unions whose
 * members are `u8 name[bits]`, other structures, and arrays of both; enums; and
 * `#define`s that are numbers. Used by the generator alone.
 *
 * @module
 */
import { DecodeError } from "../../../lib/errors.ts";
import { evaluate } from "./expression.ts";

/** A member as it is written. */
export type Member =
  | {
    readonly kind: "plain";
    readonly name: string;
    /** The bits of one element. */
    readonly width: number;
    /** Elements; undefined for a scalar, "flex" without a length. */
    readonly count: number | "flex" | undefined;
  }
  | {
    readonly kind: "nested";
    readonly name: string;
    /** Without `mlx5_ifc_` and `_bits`. */
    readonly type: string;
    readonly count: number | "flex" | undefined;
  }
  | {
    readonly kind: "body";
    /** Empty when the body has no field name. */
    readonly name: string;
    readonly union: boolean;
    readonly members: readonly Member[];
  };

/** A structure or union with a name. */
export interface Aggregate {
  /** Without `mlx5_ifc_` and `_bits`. */
  readonly name: string;
  /** As written. */
  readonly kernelName: string;
  readonly union: boolean;
  readonly members: readonly Member[];
}

/** What a header says. */
export interface Header {
  readonly aggregates: readonly Aggregate[];
  /** All enumerators by name, in order. */
  readonly enumerators: ReadonlyMap<string, bigint>;
  /** All defines that are numbers. */
  readonly defines: ReadonlyMap<string, bigint>;
}

/** `mlx5_ifc_x_bits` → `x`; of a name with another end only `mlx5_ifc_` goes. */
function shortName(name: string): string | undefined {
  return /^mlx5_ifc_(\w+?)(_bits)?$/.exec(name)?.[1];
}

/**
 * Parses a header.
 *
 * @param include gives the text of an included file, or nothing to leave it out
 * @throws `DecodeError` naming what could not be understood
 */
export function parseHeader(
  text: string,
  include: (file: string) => string | undefined = () => undefined,
): Header {
  const enumerators = new Map<string, bigint>();
  const defines = new Map<string, bigint>();
  const aggregates: Aggregate[] = [];
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/\/\/.*$/gm, "")
    .replace(/\\\n/g, " ");
  for (const [, file = ""] of bare.matchAll(/^#include\s+"([^"]+)"/gm)) {
    const inner = include(file);
    if (inner === undefined) continue;
    const header = parseHeader(inner, include);
    aggregates.push(...header.aggregates);
    for (const [name, value] of header.enumerators) {
      enumerators.set(name, value);
    }
    for (const [name, value] of header.defines) defines.set(name, value);
  }
  // A define may use an enumerator that follows it, so it waits until asked for.
  const waiting = new Map<string, string>();
  for (
    const [, name = "", body = ""] of bare.matchAll(
      /^#define\s+(\w+)[ \t]+(\S.*)$/gm,
    )
  ) waiting.set(name, body);
  function lookup(name: string): bigint | undefined {
    const known = enumerators.get(name) ?? defines.get(name);
    const body = waiting.get(name);
    if (known !== undefined || body === undefined) return known;
    // Out of the way meanwhile: a define that uses itself has no value.
    waiting.delete(name);
    const value = evaluate(body, lookup);
    if (value === undefined) waiting.set(name, body);
    else defines.set(name, value);
    return value;
  }
  const tokens = bare.replace(/^#.*$/gm, "").match(/\w+|<<|\S/g) ?? [];
  new Parser(tokens, enumerators, lookup, aggregates).run();
  for (const name of [...waiting.keys()]) lookup(name);
  return { aggregates, enumerators, defines };
}

class Parser {
  #at = 0;
  readonly #tokens: readonly string[];
  readonly #enumerators: Map<string, bigint>;
  readonly #lookup: (name: string) => bigint | undefined;
  readonly #aggregates: Aggregate[];

  constructor(
    tokens: readonly string[],
    enumerators: Map<string, bigint>,
    lookup: (name: string) => bigint | undefined,
    aggregates: Aggregate[],
  ) {
    this.#tokens = tokens;
    this.#enumerators = enumerators;
    this.#lookup = lookup;
    this.#aggregates = aggregates;
  }

  run(): void {
    while (this.#at < this.#tokens.length) {
      const token = this.#next();
      if (token === "enum") this.#enum();
      else if (token === "struct" || token === "union") {
        const kernelName = this.#peek();
        const name = shortName(kernelName);
        if (name !== undefined && this.#peek(1) === "{") {
          this.#at += 2;
          const members = this.#members();
          this.#aggregates.push({
            name,
            kernelName,
            union: token === "union",
            members,
          });
        }
      }
    }
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? "";
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? "";
  }

  #expect(token: string): void {
    const got = this.#next();
    if (got !== token) throw this.#fail(`"${token}"`, got);
  }

  #fail(wanted: string, got: string): DecodeError {
    const around = this.#tokens.slice(Math.max(0, this.#at - 12), this.#at);
    return new DecodeError(
      `Expected ${wanted}, got "${got}" at: ${around.join(" ")}`,
      { hint: "The header uses a form the generator does not know yet" },
    );
  }

  /** After `enum`; a mere mention of an enum type is passed over. */
  #enum(): void {
    if (this.#peek() !== "{") this.#at++;
    if (this.#peek() !== "{") return;
    this.#at++;
    let value = 0n;
    while (this.#peek() !== "}") {
      const name = this.#next();
      if (this.#peek() === "=") {
        this.#at++;
        const from = this.#at;
        for (let depth = 0; this.#peek() !== ""; this.#at++) {
          const token = this.#peek();
          if (depth === 0 && (token === "," || token === "}")) break;
          if (token === "(") depth++;
          if (token === ")") depth--;
        }
        value = this.#number(from);
      }
      this.#enumerators.set(name, value++);
      if (this.#peek() === ",") this.#at++;
      else if (this.#peek() !== "}") {
        throw this.#fail('"," or "}"', this.#peek());
      }
    }
    this.#at++;
  }

  /** The value of the tokens from `from` up to here. */
  #number(from: number): bigint {
    const text = this.#tokens.slice(from, this.#at).join(" ");
    const value = evaluate(text, this.#lookup);
    if (value === undefined) throw this.#fail("a number", text);
    return value;
  }

  /** `[n]`, or `[]` (`[0]` is its old spelling), or nothing. */
  #dimension(): number | "flex" | undefined {
    if (this.#peek() !== "[") return undefined;
    const from = ++this.#at;
    while (this.#peek() !== "]" && this.#peek() !== "") this.#at++;
    const size = this.#at === from ? 0 : Number(this.#number(from));
    this.#expect("]");
    return size === 0 ? "flex" : size;
  }

  /** Up to and with the closing brace. */
  #members(): Member[] {
    const members: Member[] = [];
    while (this.#peek() !== "}") members.push(this.#member());
    this.#at++;
    return members;
  }

  #member(): Member {
    const token = this.#next();
    if (token === "DECLARE_FLEX_ARRAY") {
      this.#expect("(");
      const member = this.#declaration(this.#next(), ",");
      this.#expect(")");
      this.#expect(";");
      if (member.kind === "body") throw this.#fail("a type", "a body");
      return { ...member, count: "flex" };
    }
    const member = this.#declaration(token, "");
    this.#expect(";");
    return member;
  }

  /** A type, then `separator` if any, a name, and dimensions. */
  #declaration(first: string, separator: string): Member {
    if (first === "u8") {
      const name = this.#next();
      const sizes = [this.#dimension(), this.#dimension()];
      const [outer, inner] = sizes;
      // `u8 name[]` is a run of bits to the end; nobody addresses less than bytes.
      if (outer === "flex" && inner === undefined) {
        return { kind: "plain", name, width: 8, count: "flex" };
      }
      const width = inner ?? outer;
      if (typeof width !== "number") throw this.#fail("bits", name);
      return {
        kind: "plain",
        name,
        width,
        count: inner === undefined ? undefined : outer,
      };
    }
    if (first !== "struct" && first !== "union") {
      throw this.#fail("u8, struct or union", first);
    }
    if (this.#peek() === "{") {
      this.#at++;
      const members = this.#members();
      const name = this.#peek() === ";" ? "" : this.#next();
      return { kind: "body", name, union: first === "union", members };
    }
    const written = this.#next();
    const type = shortName(written);
    if (type === undefined) throw this.#fail("a mlx5_ifc_* name", written);
    if (separator !== "") this.#expect(separator);
    const name = this.#next();
    return { kind: "nested", name, type, count: this.#dimension() };
  }
}
