/**
 * Expressions of the parameter database: when a parameter can be set, how far
 * it may go, what must hold with it. Names are `$item.field`, `$field` of the
 * parameter's own item, and `$_name` of a variable.
 *
 * The grammar is the part of muParser that the database uses: numbers, names,
 * `! * / ^ + - < <= > >= == != && ||`, `?:`, brackets and `log2`.
 *
 * @module
 */
import { DecodeError } from "../../../lib/errors.ts";

/** Gives the value of a name without its `$`; undefined when nobody knows it. */
export type Lookup = (name: string) => number | undefined;

/** An expression's value, and what it was made from. */
export interface Evaluated {
  /** The value; undefined when a name that matters is not known. */
  readonly value: number | undefined;
  /** Every name that was looked at, with its value, in order. */
  readonly seen: ReadonlyMap<string, number | undefined>;
}

const TOKEN =
  /\s*(?:(\$?[A-Za-z_][\w.]*)|(0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?)|(&&|\|\||[=!<>]=|[-+*/^<>!?:(),]))/y;

/** Operators that stand between two values, loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
];

/** Nesting beyond which an expression is refused. */
const DEPTH = 64;
/** Longest expression in characters. */
const LENGTH = 8192;

type Value = number | undefined;

/** Expressions taken apart before; databases have a few hundred. */
const taken = new Map<string, readonly string[]>();
const TAKEN = 4096;

/**
 * Evaluates an expression. A part whose value cannot change the result may be
 * of unknown names: `0 && unknown` is 0.
 *
 * @throws {DecodeError} when it cannot be read
 */
export function evaluate(text: string, lookup: Lookup): Evaluated {
  const seen = new Map<string, Value>();
  const value = new Parser(text, (name) => {
    const found = seen.has(name) ? seen.get(name) : lookup(name);
    seen.set(name, found);
    return found;
  }).run();
  return { value, seen };
}

class Parser {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(text: string, lookup: Lookup) {
    this.#text = text;
    this.#lookup = lookup;
    let tokens = taken.get(text);
    if (!tokens) {
      tokens = this.#split();
      if (taken.size < TAKEN) taken.set(text, tokens);
    }
    this.#tokens = tokens;
  }

  #split(): string[] {
    const text = this.#text;
    if (text.length > LENGTH) this.#wrong("it is too long");
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const start = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) this.#wrong(`character ${start + 1} cannot be read`);
      tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
    }
    return tokens;
  }

  run(): Value {
    const value = this.#choice();
    if (this.#at < this.#tokens.length) {
      this.#wrong(`"${this.#tokens[this.#at]}" is not expected`);
    }
    return value;
  }

  #choice(): Value {
    if (++this.#depth > DEPTH) this.#wrong("it is nested too deep");
    const condition = this.#binary(0);
    let value = condition;
    if (this.#take("?")) {
      const yes = this.#choice();
      this.#need(":");
      const no = this.#choice();
      value = condition === undefined ? undefined : condition !== 0 ? yes : no;
    }
    this.#depth--;
    return value;
  }

  #binary(level: number): Value {
    const operators = LEVELS[level];
    if (!operators) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((one) => this.#take(one));
      if (operator === undefined) return left;
      left = combine(operator, left, this.#binary(level + 1));
    }
  }

  #power(): Value {
    const base = this.#unary();
    if (!this.#take("^")) return base;
    const exponent = this.#power();
    return base === undefined || exponent === undefined
      ? undefined
      : base ** exponent;
  }

  #unary(): Value {
    if (++this.#depth > DEPTH) this.#wrong("it is nested too deep");
    let value: Value;
    if (this.#take("!")) {
      const of = this.#unary();
      value = of === undefined ? undefined : Number(of === 0);
    } else if (this.#take("-")) {
      const of = this.#unary();
      value = of === undefined ? undefined : -of;
    } else value = this.#atom();
    this.#depth--;
    return value;
  }

  #atom(): Value {
    const token = this.#tokens[this.#at++];
    if (token === undefined) this.#wrong("it ends too early");
    if (token === "(") {
      const value = this.#choice();
      this.#need(")");
      return value;
    }
    if (token === "log2") {
      this.#need("(");
      const value = this.#choice();
      this.#need(")");
      return value === undefined ? undefined : Math.log2(value);
    }
    if (token.startsWith("$")) return this.#lookup(token.slice(1));
    if (/^\d/.test(token)) return Number(token);
    this.#wrong(`"${token}" is not expected`);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #need(token: string): void {
    if (!this.#take(token)) this.#wrong(`"${token}" is missing`);
  }

  #wrong(why: string): never {
    throw new DecodeError(
      `The expression "${this.#text.slice(0, 80)}" cannot be read: ${why}`,
      { hint: "The parameter database has something this version lacks" },
    );
  }
}

function combine(operator: string, left: Value, right: Value): Value {
  if (operator === "&&") {
    if (left === 0 || right === 0) return 0;
    return left === undefined || right === undefined ? undefined : 1;
  }
  if (operator === "||") {
    if (left === undefined || right === undefined) {
      return left || right ? 1 : undefined;
    }
    return Number(left !== 0 || right !== 0);
  }
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case "==":
      return Number(left === right);
    case "!=":
      return Number(left !== right);
    case "<":
      return Number(left < right);
    case "<=":
      return Number(left <= right);
    case ">":
      return Number(left > right);
    case ">=":
      return Number(left >= right);
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    default:
      return left / right;
  }
}
