/**
 * Query `nvm_variables`: options of the configuration in NVM. Those whose numbers
 * are public have names; every other one can be read by number and width.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { Channel, QueryType } from "../../driver.ts";
import { refusalData, tryAsk } from "../ask.ts";
import { numberOf } from "../contents.ts";
import { fromHex } from "../../../lib/bytes.ts";
import { NVM_VARIABLES, type NvmVariable } from "../tables/nvm_variables.ts";
import {
  checkArguments,
  needBuffers,
  ownCaps,
  wholeNumber,
} from "./new_kernel.ts";

const ARGS = ["option", "bits", "index", "factory"];

/** Which one is read. */
interface Asked {
  readonly option: number;
  readonly bits: number;
  /** Index of one of several; undefined for an option there is once. */
  readonly index: number | undefined;
  readonly factory: boolean;
}

/** The query. Arguments: `option`, `bits`, `index`, `factory`; none for all that have names. */
export const nvmVariablesQuery: QueryType = {
  name: "nvm_variables",
  summary: "Options of the configuration in NVM, by name or number (Linux 7.3)",
  scope: "configuration",
  arguments: {
    option: {
      type: "text",
      help: "One option, by name or number; all that have names unless given",
    },
    bits: {
      type: "integer",
      help: "Its width; needed for an option without a public name",
    },
    index: {
      type: "integer",
      help: "Which one, of an option that each function or port has",
    },
    factory: { type: "flag", help: "The factory's default of it" },
  },
  run(context, args): PlainData {
    checkArguments("nvm_variables", args, ARGS);
    needBuffers(context, "options in NVM");
    const { channel } = context;
    const factory = args.factory === true;
    if (args.option !== undefined) return one(channel, args, factory);
    return {
      variables: NVM_VARIABLES.map((variable) => ({
        name: variable.name,
        option: variable.option,
        ...whole(channel, variable, factory),
        about: variable.about,
      })),
    };
  },
};

/** A named option as the asking function has it: of a version all three parts. */
function whole(
  channel: Channel,
  { option, bits, of }: NvmVariable,
  factory: boolean,
): PlainObject {
  const asked = { option, bits, factory };
  if (of === "card") return read(channel, { ...asked, index: undefined });
  if (of === "function") {
    return read(channel, { ...asked, index: ownIndex(channel) });
  }
  const parts = [2, 1, 0].map((index) => read(channel, { ...asked, index }));
  const refused = parts.find((part) => !Object.hasOwn(part, "value"));
  return refused ??
    { bits, value: parts.map(({ value }) => String(value)).join(".") };
}

/** A PF's index among PFs: their ids begin at 1. */
function ownIndex(channel: Channel): number | undefined {
  const fid = ownCaps(channel).fid;
  // Of the first there is no word, as bnxt_en has it too.
  return typeof fid === "number" && fid > 1 ? fid - 1 : undefined;
}

function one(
  channel: Channel,
  args: PlainObject,
  factory: boolean,
): PlainObject {
  const named = variableOf(args.option ?? null);
  const option = named?.option ??
    wholeNumber("option", Number(args.option), 0xfffe, 1);
  if (named === undefined && args.bits === undefined) {
    throw new UsageError(`The width of option ${option} is not public`, {
      hint: "Give it with bits, such as bits=8",
    });
  }
  // The firmware takes more, but the kernel wants a byte of room for each bit.
  const bits = wholeNumber("bits", args.bits ?? named?.bits ?? 0, 0xffff, 1);
  const index = args.index === undefined
    ? undefined
    : wholeNumber("index", args.index, 0xffff);
  return {
    ...(named ? { name: named.name } : {}),
    option,
    ...(index === undefined ? {} : { index }),
    ...(named && index === undefined && args.bits === undefined
      ? whole(channel, named, factory)
      : read(channel, { option, bits, index, factory })),
    ...(named ? { about: named.about } : {}),
  };
}

function variableOf(option: PlainData): NvmVariable | undefined {
  const text = String(option).toUpperCase();
  const found = NVM_VARIABLES.find((each) =>
    each.name === text || String(each.option) === text
  );
  if (found || /^\d{1,5}$/.test(text)) return found;
  const names = NVM_VARIABLES.map(({ name }) => name);
  throw new UsageError(`No public option is called "${option}"`, {
    hint: didYouMean(text, names) ?? `Give its number, or ${names.join(", ")}`,
  });
}

/** The value, or why there is none. */
function read(
  channel: Channel,
  { option, bits, index, factory }: Asked,
): PlainObject {
  const asked = tryAsk(channel, "NVM_GET_VARIABLE", {
    data_len: bits,
    option_num: option,
    ...(index === undefined ? {} : { dimensions: 1, index_0: index }),
    flags: factory ? 1 : 0,
  });
  if ("refused" in asked) return { bits, ...refusalData(asked.refused) };
  const { contents, fields } = asked.answer;
  const data = typeof contents.data === "string" ? contents.data : "";
  // A firmware may know it narrower than it was asked for.
  const told = typeof fields.data_len === "number" ? fields.data_len : bits;
  const width = Math.min(told, bits);
  return { bits: told, value: numberOf(fromHex(data), width) };
}
