/**
 * Options of the configuration in NVM: NVM_GET_VARIABLE and NVM_SET_VARIABLE.
 *
 * Assumption: which options there are beside the public ones (none), what they
 * are at first, that the capability and the version cannot be set, that what is
 * written is read back at once, and the error of each refusal: FAIL with the
 * command's own code.
 *
 * @module
 */
import { asInteger, ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { NVM_VARIABLES, type NvmVariable } from "../tables/nvm_variables.ts";
import {
  type Answer,
  type Command,
  ERR,
  fail,
  fill,
  u16,
  u8,
} from "./command.ts";

/** `cmd_err` of both commands. */
const CODE = { NOT_EXIST: 1, TOO_SHORT: 3 } as const;
/** `cmd_err` of NVM_GET_VARIABLE, and those of NVM_SET_VARIABLE. */
const GET_INDEX_INVALID = 4;
const SET = { INDEX_INVALID: 5, ACCESS_DENIED: 6 } as const;
/** Bits of `flags`. */
const GET_FACTORY = 1;
const SET_FACTORY = 0x80;
/** Version of the configuration's format by index: patch, minor, major. */
const VERSION = [3, 10, 1] as const;
/** What a card comes with; all else is 0. */
const FIRST: Readonly<Record<string, number>> = {
  MSIX_VEC_PER_PF_MAX: 128,
  MSIX_VEC_PER_PF_MIN: 8,
  RDMA_CAPABLE: 1,
  ENABLE_SRIOV: 1,
  SUPPORT_RDMA: 1,
};
/** PFs that a card may have. */
const FUNCTIONS = 8;
const FIXED = new Set(["RDMA_CAPABLE", "NVM_CFG_VER"]);

/** The options of one card. */
export class Variables {
  /** What differs from the beginning, by `option/index`: now, and the factory's default. */
  #now = new Map<string, number>();
  #factory = new Map<string, number>();

  /** An option by number. */
  find(option: number): NvmVariable | undefined {
    return NVM_VARIABLES.find((each) => each.option === option);
  }

  /** How many of an option there are. */
  count({ of }: NvmVariable): number {
    return of === "version part"
      ? VERSION.length
      : of === "function"
      ? FUNCTIONS
      : 1;
  }

  /** The value, or the factory's default of it. */
  get(variable: NvmVariable, index: number, factory: boolean): number {
    const key = `${variable.option}/${index}`;
    const first = variable.of === "version part"
      ? VERSION[index] ?? 0
      : FIRST[variable.name] ?? 0;
    const byFactory = this.#factory.get(key) ?? first;
    return factory ? byFactory : this.#now.get(key) ?? byFactory;
  }

  /** Writes one. */
  set(
    { option }: NvmVariable,
    index: number,
    value: number,
    factory: boolean,
  ): void {
    (factory ? this.#factory : this.#now).set(`${option}/${index}`, value);
  }

  /** Everything is the factory's again. */
  reset(): void {
    this.#now.clear();
  }

  /** What was written; undefined when nothing was. */
  save(): PlainData | undefined {
    const list = (map: ReadonlyMap<string, number>) =>
      map.size === 0 ? undefined : Object.fromEntries(map);
    const now = list(this.#now);
    const factory = list(this.#factory);
    if (!now && !factory) return undefined;
    return { ...(now ? { now } : {}), ...(factory ? { factory } : {}) };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state ?? {}, at);
    const now = this.#read(reader.object("now"), `${at}.now`);
    const factory = this.#read(reader.object("factory"), `${at}.factory`);
    reader.end();
    this.#now = now;
    this.#factory = factory;
  }

  #read(reader: ObjectReader | undefined, at: string): Map<string, number> {
    const values = new Map<string, number>();
    for (const key of reader?.keys() ?? []) {
      const [, option, index] = /^(\d{1,5})\/(\d{1,5})$/.exec(key) ?? [];
      const variable = this.find(Number(option));
      if (!variable || Number(index) >= this.count(variable)) {
        refuse(`${at}.${key.slice(0, 64)}`, "is no option of the card");
      }
      const max = 2 ** variable.bits - 1;
      values.set(
        key,
        asInteger(reader?.raw(key), `${at}.${key}`, { max }),
      );
    }
    return values;
  }
}

/** A card, as far as these commands are concerned. */
interface Owner {
  readonly variables: Variables;
}

/** Which one a request names, by `option_num`, `data_len`, `dimensions` and `index_0`. */
function named(
  command: Command,
  { variables }: Owner,
  invalid: number,
): { variable: NvmVariable; index: number } | Answer {
  const variable = variables.find(u16(command, 26));
  if (!variable) return fail(ERR.FAIL, CODE.NOT_EXIST);
  if (u16(command, 24) < variable.bits) return fail(ERR.FAIL, CODE.TOO_SHORT);
  const index = u16(command, 28) === 0 ? 0 : u16(command, 30);
  return index < variables.count(variable)
    ? { variable, index }
    : fail(ERR.FAIL, invalid);
}

function isNamed(
  found: { variable: NvmVariable; index: number } | Answer,
): found is { variable: NvmVariable; index: number } {
  return "variable" in found;
}

/** NVM_GET_VARIABLE. */
export function getVariable(command: Command, card: Owner): Answer {
  const found = named(command, card, GET_INDEX_INVALID);
  if (!isNamed(found)) return found;
  const { variable, index } = found;
  const factory = (u8(command, 38) & GET_FACTORY) !== 0;
  const value = card.variables.get(variable, index, factory);
  fill(command.buffers[0], littleEndian(value));
  return { data_len: variable.bits, option_num: variable.option };
}

/** NVM_SET_VARIABLE. Bits past the option's are not looked at. */
export function setVariable(command: Command, card: Owner): Answer {
  const found = named(command, card, SET.INDEX_INVALID);
  if (!isNamed(found)) return found;
  const { variable, index } = found;
  if (FIXED.has(variable.name)) return fail(ERR.FAIL, SET.ACCESS_DENIED);
  const [low = 0, high = 0] = command.buffers[0]?.bytes ?? [];
  const value = (low | high << 8) & (2 ** variable.bits - 1);
  const factory = (u8(command, 38) & SET_FACTORY) !== 0;
  card.variables.set(variable, index, value, factory);
  return {};
}

/** No public option is wider than 16 bits. */
function littleEndian(value: number): Bytes {
  return Uint8Array.of(value, value >> 8);
}
