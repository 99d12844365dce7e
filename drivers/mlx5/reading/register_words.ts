/**
 * A register in the words of a command line: which one, read by what, and what
 * is written to it.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { QueryArgument, QueryWrite } from "../../driver.ts";
import { valueName } from "../tables/value_names.ts";
import { registerLayouts } from "../tables/register_layouts.ts";
import { registers } from "../tables/registers.ts";
import { integerOf } from "./arguments.ts";
import { fieldPlace } from "./register_fields.ts";
import { findRegister, type RegisterRef } from "./registers.ts";

/** Arguments of every register, beside the fields of its own. */
export const OWN_REGISTER_ARGUMENTS: Readonly<Record<string, QueryArgument>> = {
  name: {
    type: "text",
    help: "The register, such as PTYS or 0x5004; a list of all without it",
    values: () =>
      [...registers()].map(([id, { name }]) => [
        name,
        `0x${id.toString(16).padStart(4, "0")}${
          registerLayouts().has(id) ? "" : ", its fields are not public"
        }`,
      ]),
  },
  data: {
    type: "hex",
    help: "Its data as it is sent, in place of the index fields",
  },
  argument: { type: "integer", help: "The word before the data" },
  size: {
    type: "integer",
    help: "Bytes of its data, or the index field of that name where it has one",
  },
  picture: { type: "flag", help: "Draw its bits" },
};

/** Values of more bits than these have no names of their own, only their bits have. */
const NAMED_BITS = 10;

/**
 * The register, of the size that is asked for.
 *
 * @throws `UsageError` when there is no such register, or it has not that size
 */
export function registerOfArguments(
  name: string,
  args: PlainObject,
): RegisterRef {
  const register = findRegister(name);
  const size = integerOf(args, "size", 0xffff);
  return size === undefined || hasIndex(register, "size")
    ? register
    : findRegister(name, size);
}

function hasIndex({ id }: RegisterRef, name: string): boolean {
  return Object.hasOwn(registerLayouts().get(id)?.indexes ?? {}, name);
}

/** Index fields and their values; whether the register has them is not looked at. */
export function indexesGiven(
  register: RegisterRef,
  args: PlainObject,
): Record<string, number> {
  return Object.fromEntries(
    Object.keys(args)
      .filter((key) =>
        !Object.hasOwn(OWN_REGISTER_ARGUMENTS, key) || hasIndex(register, key)
      )
      .map((key) => [key, integerOf(args, key, 2 ** 48) ?? 0]),
  );
}

/** The action that writes a register, from fields with their values or names of them. */
export function registerWrite(
  { device, args, set, data }: QueryWrite,
): { kind: string; body: PlainObject } {
  const name = args.name;
  if (typeof name !== "string") {
    throw new UsageError("It is not said which register is written", {
      hint: "Name it behind the device, such as PAOS",
    });
  }
  const register = findRegister(name);
  for (const key of ["data", "argument", "picture"]) {
    if (args[key] === undefined) continue;
    throw new UsageError(`${key}: only a read takes it`, {
      hint: "Leave it out",
    });
  }
  if (data !== undefined) {
    const [key] = Object.keys(args).filter((each) => each !== "name");
    if (key === undefined) {
      return { kind: "mlx5.register", body: { device, register: name, data } };
    }
    throw new UsageError(`${key}: the data is all that is written`, {
      hint: `Leave it out, and give ${key} in the data`,
    });
  }
  if (args.size !== undefined && !hasIndex(register, "size")) {
    throw new UsageError("size: fields are written in the size they have", {
      hint: "Leave it out",
    });
  }
  const fields: Record<string, number> = indexesGiven(register, args);
  // Which one of many is written is never left to a default.
  const [index] = Object.keys(register.known?.indexes ?? {});
  if (index !== undefined && fields[index] === undefined) {
    throw new UsageError(`${register.name} needs ${index}`, {
      hint: `Say which one is written: ${index}=NUMBER`,
    });
  }
  for (const [field, value] of Object.entries(set ?? {})) {
    fields[field] = typeof value === "number"
      ? value
      : namedValue(register, field, value);
  }
  return { kind: "mlx5.register", body: { device, register: name, fields } };
}

/**
 * The number of a value by its name; names of bits are joined by `|`.
 *
 * @throws `UsageError` when the field has no value of that name
 */
function namedValue(
  { known, name }: RegisterRef,
  field: string,
  text: string,
): number {
  if (!known) {
    throw new UsageError(`${field}: the fields of ${name} are not public`, {
      hint: "Give its data as hex digits: --data HEX",
    });
  }
  const { width, layout, field: { name: last } } = fieldPlace(
    known.struct,
    field,
  );
  const values = new Map<string, number>();
  const learn = (value: number): void => {
    const called = valueName(layout.name, last, value)?.toUpperCase();
    if (called !== undefined && !values.has(called)) values.set(called, value);
  };
  for (let bit = 0; bit < Math.min(width, 32); bit++) learn(2 ** bit);
  const few = 2 ** Math.min(width, NAMED_BITS);
  for (let value = 0; value < few; value++) learn(value);
  const parts = text.toUpperCase().split("|");
  let sum = 0n;
  for (const part of parts) {
    const bare = part.trim();
    // Bits without a name are shown as one number among the names.
    const value = /^(0X[0-9A-F]{1,12}|\d{1,15})$/.test(bare)
      ? Number(bare)
      : values.get(bare);
    if (value === undefined) {
      throw new UsageError(
        `${field}: "${text.slice(0, 64)}" is no value of it`,
        {
          hint: didYouMean(part, values.keys()) ??
            (values.size === 0
              ? "Its values have no names: give a number"
              : `Its values: ${[...values.keys()].slice(0, 12).join(", ")}`),
        },
      );
    }
    sum |= BigInt(value);
  }
  const all = Number(sum);
  // Two values of an enum are no third one; names of bits stay several names.
  const several = parts.length === 1 ||
    valueName(layout.name, last, all)?.includes("|");
  if (several) return all;
  throw new UsageError(`${field}: "${text.slice(0, 64)}" is no value of it`, {
    hint: "Its values are not bits: give one of them",
  });
}
