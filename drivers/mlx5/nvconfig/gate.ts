/**
 * Whether a parameter can be set on a device, and how far: the expressions of
 * its gate, its limits and its rule, over what the device holds next and what
 * is declared beside it.
 *
 * @module
 */
import { isFwctlError } from "../../../lib/errors.ts";
import { evaluate, type Lookup } from "./expression.ts";
import { suffixOf } from "./names.ts";
import type { NvReader } from "./reader.ts";
import type { NvField, NvKnowledge, NvRef, NvTlv, NvValue } from "./types.ts";
import { numberIn, rawNumber } from "./values.ts";

/** What is declared beside: values by parameter, as they will be. */
export type Beside = ReadonlyMap<NvRef, NvValue>;

/** What an expression came to. */
export interface Verdict {
  /** Whether it holds; undefined when the device does not tell enough. */
  readonly holds: boolean | undefined;
  /** The expression with the values it was held against, for people. */
  readonly why: string;
  /** Parameters among those values: what a person can set. */
  readonly parameters: readonly string[];
}

/** Looks at one device with one collection of parameters. */
export class Gates {
  readonly #knowledge: NvKnowledge;
  readonly #reader: NvReader;
  readonly #beside: Beside;

  /** Sends nothing yet. */
  constructor(
    knowledge: NvKnowledge,
    reader: NvReader,
    beside: Beside = new Map(),
  ) {
    this.#knowledge = knowledge;
    this.#reader = reader;
    this.#beside = beside;
  }

  /** Whether the parameter can be set. */
  open(ref: NvRef): Verdict {
    return this.#verdict(ref.field.gate, ref, []);
  }

  /** Whether what must hold with the new values does. */
  rule(ref: NvRef): Verdict {
    return this.#verdict(ref.field.rule, ref, variablesOf(ref.field));
  }

  /**
   * A limit; undefined when there is none, or the device does not tell.
   *
   * Assumption: a greatest value of 0 means that the device names none.
   */
  limit(ref: NvRef, which: "min" | "max"): number | undefined {
    const text = ref.field[which];
    if (text === "") return undefined;
    try {
      const { value } = evaluate(text, this.#lookup(ref, []));
      return value === undefined || (which === "max" && value === 0)
        ? undefined
        : value;
    } catch (error) {
      if (isFwctlError(error)) return undefined;
      throw error;
    }
  }

  #verdict(
    text: string,
    ref: NvRef,
    variables: readonly (readonly [string, string])[],
  ): Verdict {
    if (text === "" || text === "ignore_dependency") {
      return { holds: true, why: "", parameters: [] };
    }
    try {
      const { value, seen } = evaluate(text, this.#lookup(ref, variables));
      const values = [...seen].map(([name, found]) =>
        `${name} is ${found === undefined ? "not told" : found}`
      );
      return {
        holds: value === undefined ? undefined : value !== 0,
        why: `${text.replaceAll("$", "")}; ${values.join(", ")}`,
        parameters: [...seen.keys()].flatMap((name) =>
          this.#parameter(name, ref)
        ),
      };
    } catch (error) {
      if (!isFwctlError(error)) throw error;
      return { holds: undefined, why: error.message, parameters: [] };
    }
  }

  /** The field of a name in an expression, and its item. */
  #fieldOf(name: string, ref: NvRef): [NvTlv, NvField] | undefined {
    const dot = name.indexOf(".");
    const tlv = dot < 0
      ? ref.tlv
      : this.#knowledge.tlvs.get(name.slice(0, dot));
    const field = tlv?.fields.get(name.slice(dot + 1));
    return tlv && field && [tlv, field];
  }

  /** The parameter of a name in an expression; none for capabilities and for the one that asks. */
  #parameter(name: string, ref: NvRef): string[] {
    const [tlv, field] = this.#fieldOf(name, ref) ?? [];
    if (!tlv || !field || field === ref.field) return [];
    if (field.parameter === null) return [];
    return [field.parameter + suffixOf(tlv, ref.instance || 1)];
  }

  #lookup(
    ref: NvRef,
    variables: readonly (readonly [string, string])[],
    depth = 0,
  ): Lookup {
    return (name) => {
      const own = variables.find(([variable]) => variable === name);
      if (own) {
        if (depth > 4) return undefined;
        return evaluate(own[1], this.#lookup(ref, variables, depth + 1)).value;
      }
      const [tlv, field] = this.#fieldOf(name, ref) ?? [];
      return tlv && field && this.#number(tlv, field, ref);
    };
  }

  /** A field of the same port or module as the parameter, where its item has those. */
  #number(tlv: NvTlv, field: NvField, ref: NvRef): number | undefined {
    const instance = suffixOf(tlv, 1) === ""
      ? 0
      : suffixOf(ref.tlv, 1) === ""
      ? 1
      : ref.instance;
    for (const [other, value] of this.#beside) {
      if (
        other.field === field && other.instance === instance &&
        other.element === 0
      ) return rawNumber(field, value);
    }
    const item = this.#reader.item(tlv, instance, "next");
    return item && numberIn(item.data, field);
  }
}

/** `$_a=…` and more of it, `;` or a new `$_name=` between them. */
function variablesOf(field: NvField): [string, string][] {
  return field.variables.split(/[;,]?\s*(?=\$_\w+=(?!=))/)
    .map((part) => /^\$(_\w+)=([^]*)$/.exec(part))
    .flatMap((match): [string, string][] => {
      const [, name, text] = match ?? [];
      return name && text ? [[name, text.replace(/[;,]\s*$/, "")]] : [];
    });
}
