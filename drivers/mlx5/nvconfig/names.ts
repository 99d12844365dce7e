/**
 * Names of parameters: `SRIOV_EN`, `LINK_TYPE_P1` (port), `NAME_M0` (module),
 * `NAME[3]` (element of a list); and the type words of the items behind them.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { NvField, NvKnowledge, NvRef, NvTlv } from "./types.ts";

/** Classes of type words, as in their highest byte. */
export const NV_CLASS = {
  GLOBAL: 0,
  PORT: 1,
  FUNCTION: 3,
  HOST: 7,
  MODULE: 9,
} as const;

/**
 * The type word of an item. Class in bits 31:24; port in 23:16 and index in
 * 15:0 for a port; module in 23:14 and index in 13:0 for a module; host and
 * function 0, which is the one that asks, elsewhere.
 */
export function typeWord(tlv: NvTlv, instance: number): number {
  const base = tlv.class * 0x1000000 + tlv.index;
  if (tlv.class === NV_CLASS.PORT) return base + instance * 0x10000;
  if (tlv.class === NV_CLASS.MODULE) return base + instance * 0x4000;
  return base;
}

/** A type word as eight hex digits. */
export function typeText(type: number): string {
  return type.toString(16).padStart(8, "0");
}

/** Ports a name may have; the device tells how many it really has. */
const PORTS = 8;
/** Modules a type word has room for. */
const MODULES = 1023;

/** Elements of a list at most, as many as one item has bits. */
const ELEMENTS = 2048;

/**
 * `NAME[0..3]` as the names of its elements; any other name as it is.
 *
 * @throws {UsageError} for a range that is none
 */
export function elementNames(name: string): string[] {
  const match = /^(.+)\[(\d{1,4})\.\.(\d{1,4})\]$/.exec(name);
  if (!match) return [name];
  const [, stem = ""] = match;
  const [first, last] = [Number(match[2]), Number(match[3])];
  if (last < first || last >= ELEMENTS) {
    throw new UsageError(`${name.slice(0, 64)}: there is no such range`, {
      hint: "Write NAME[0..3]: the first element, two dots, the last one",
    });
  }
  return Array.from(
    { length: last - first + 1 },
    (_, index) => `${stem}[${first + index}]`,
  );
}

/** The port or module at the end of a parameter's name; "" for other classes. */
export function suffixOf(tlv: NvTlv, instance: number): string {
  if (tlv.class === NV_CLASS.PORT) return `_P${instance}`;
  return tlv.class === NV_CLASS.MODULE ? `_M${instance}` : "";
}

/** A parameter of one port or module; a list's elements one by one. */
export function refsOf(
  knowledge: NvKnowledge,
  field: NvField,
  instances: readonly number[],
): NvRef[] {
  const tlv = knowledge.tlvs.get(field.tlv);
  if (!tlv || field.parameter === null) return [];
  return instances.flatMap((instance) =>
    Array.from({ length: field.count }, (_, element) => ({
      label: field.parameter + suffixOf(tlv, instance) +
        (field.count > 1 ? `[${element}]` : ""),
      field,
      tlv,
      instance,
      element,
    }))
  );
}

/**
 * What a name means.
 *
 * @returns undefined when no parameter has it
 * @throws {UsageError} when port or element are missing or out of range
 */
export function findParameter(
  knowledge: NvKnowledge,
  name: string,
): NvRef | undefined {
  const exact = knowledge.parameters.get(name);
  if (exact) return wholeOrRefuse(knowledge, exact, name);
  const match = /^(\w+?)(?:_([PM])(\d{1,4}))?(?:\[(\d{1,4})\])?$/.exec(name);
  if (!match) return undefined;
  const [, stem = "", letter, number, element] = match;
  const field = knowledge.parameters.get(stem) ??
    knowledge.parameters.get(`${stem}_${letter}${number}`);
  const tlv = field && knowledge.tlvs.get(field.tlv);
  if (!field || !tlv) return undefined;
  const bare = field.parameter !== stem;
  const instance = letter === undefined || bare ? 0 : Number(number);
  const expected = suffixOf(tlv, 1).slice(1, 2);
  if ((bare ? "" : letter ?? "") !== expected) {
    throw new UsageError(
      `${name}: ${field.parameter} is a parameter of ${scopeText(tlv)}`,
      { hint: `Write ${refName(field, tlv)}` },
    );
  }
  if (expected === "P" && (instance < 1 || instance > PORTS)) {
    throw new UsageError(`${name}: there is no port ${instance}`, {
      hint: "Ports count from 1",
    });
  }
  if (instance > MODULES) {
    throw new UsageError(`${name}: there is no module ${instance}`, {
      hint: "Modules count from 0",
    });
  }
  const at = element === undefined ? 0 : Number(element);
  if ((element === undefined) !== (field.count === 1) || at >= field.count) {
    throw new UsageError(
      field.count === 1
        ? `${name}: ${field.parameter} is not a list`
        : `${name}: ${field.parameter} is a list of ${field.count}`,
      { hint: `Write ${refName(field, tlv)}` },
    );
  }
  return { label: name, field, tlv, instance, element: at };
}

/**
 * What a name means, or the error of a name nobody knows.
 *
 * @throws {UsageError} with near names
 */
export function needParameter(knowledge: NvKnowledge, name: string): NvRef {
  const found = findParameter(knowledge, name);
  if (found) return found;
  throw new UsageError(
    `"${
      name.slice(0, 64)
    }" is no nvconfig parameter known here (${knowledge.source})`,
    {
      hint: didYouMean(name, knowledge.parameters.keys()) ??
        'More names: install mstflint and give database "installed"',
    },
  );
}

function wholeOrRefuse(
  knowledge: NvKnowledge,
  field: NvField,
  name: string,
): NvRef | undefined {
  const tlv = knowledge.tlvs.get(field.tlv);
  if (!tlv) return undefined;
  if (suffixOf(tlv, 1) === "" && field.count === 1) {
    return { label: name, field, tlv, instance: 0, element: 0 };
  }
  throw new UsageError(
    `${name} is ${
      field.count > 1
        ? `a list of ${field.count}`
        : `a parameter of ${scopeText(tlv)}`
    }`,
    { hint: `Write ${refName(field, tlv)}` },
  );
}

function scopeText(tlv: NvTlv): string {
  if (tlv.class === NV_CLASS.PORT) return "one port";
  return tlv.class === NV_CLASS.MODULE ? "one module" : "the whole device";
}

function refName(field: NvField, tlv: NvTlv): string {
  return `${field.parameter}${suffixOf(tlv, 1)}${field.count > 1 ? "[0]" : ""}`;
}
