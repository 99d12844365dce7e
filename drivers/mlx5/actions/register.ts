/**
 * Action `mlx5.register`: writes an access register once, field by field or as
 * raw data. What a write does is said by tables/registers.ts; the policy goes
 * by it.
 *
 * @module
 */
import { readNumber } from "../../../lib/bits/decode.ts";
import { locate, toPlain } from "../../../lib/bits/mod.ts";
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { RecipeError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import type { ActionArgument, ActionType } from "../../driver.ts";
import { HEADER_BYTES, readU16 } from "../protocol.ts";
import {
  accessRegister,
  findRegister,
  indexData,
  readRegisterData,
  type RegisterRef,
  registerRows,
} from "../reading/registers.ts";
import { writeFields } from "../reading/register_fields.ts";
import { locateDevice } from "../reading/target.ts";
import { deviceOf, ofRecipe, onlyKeys } from "../resources/nvconfig_body.ts";
import { registerLayouts } from "../tables/register_layouts.ts";
import { registerOf } from "../tables/registers.ts";

const KIND = "mlx5.register";

/** A checked write. */
export interface RegisterWrite {
  /** The device by any of its names. */
  readonly device: string;
  /** The register. */
  readonly register: RegisterRef;
  /** Fields to write over what is read; undefined for raw data. */
  readonly fields: Readonly<Record<string, number>> | undefined;
  /** The whole of its data; undefined for fields. */
  readonly data: Bytes | undefined;
}

function numbersOf(value: PlainData, key: string): Record<string, number> {
  if (!isPlainObject(value) || Object.keys(value).length === 0) {
    throw new RecipeError(`${key}: is not an object of fields and numbers`, {
      hint: `For instance ${key}: { local_port: 1, admin_status: 1 }`,
    });
  }
  const out: Record<string, number> = {};
  for (const [name, one] of Object.entries(value)) {
    if (typeof one !== "number" || !Number.isSafeInteger(one) || one < 0) {
      throw new RecipeError(
        `${key}.${name.slice(0, 64)}: is not a whole number`,
        { hint: "Give a number that fits the field" },
      );
    }
    out[name] = one;
  }
  return out;
}

/** Refuses fields the register has not, or that do not fit. */
function checkFields(
  { known, name, bytes }: RegisterRef,
  fields: Readonly<Record<string, number>>,
): void {
  if (!known) {
    throw new RecipeError(`fields: those of ${name} are not public`, {
      hint: "Give its data as hex digits: data",
    });
  }
  const blank = new Uint8Array(bytes);
  for (const [field, value] of Object.entries(fields)) {
    ofRecipe(
      `fields.${field.slice(0, 64)}`,
      () => writeFields(known.struct, { [field]: value }, blank),
    );
  }
}

/** The fields that select, and their values. */
function indexesOf(
  { known }: RegisterRef,
  fields: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) =>
      known !== undefined && Object.hasOwn(known.indexes, name)
    ),
  );
}

function changes(
  register: RegisterRef,
  before: Bytes,
  after: Bytes,
  fields: Readonly<Record<string, number>>,
): ActionArgument[] {
  const { known } = register;
  if (!known) return [];
  return Object.keys(fields).map((name) => {
    const { offset, width } = locate(known.struct, name);
    const was = toPlain(readNumber(before, offset, width, "big"));
    const is = toPlain(readNumber(after, offset, width, "big"));
    return {
      name,
      value: was === is ? String(is) : `${String(was)} → ${String(is)}`,
    };
  });
}

/** The action. */
export const registerAction: ActionType<RegisterWrite> = {
  kind: KIND,
  summary: "Writes an access register: named fields, or raw data",
  scope: "configuration",
  effect: null,

  parse(body: PlainObject): RegisterWrite {
    onlyKeys(KIND, body, ["device", "register", "fields", "data"]);
    const device = deviceOf(body);
    const { register: name, fields, data } = body;
    if (typeof name !== "string") {
      throw new RecipeError("register: is not a name", {
        hint: "Name it, such as PAOS or 0x5006",
      });
    }
    if ((fields === undefined) === (data === undefined)) {
      throw new RecipeError("Give either fields or data", {
        hint: "fields are written over what is read, data is all of it",
      });
    }
    if (data !== undefined) {
      const bytes = ofRecipe("data", () => hexOf(data));
      // Longer than the structure is fine: it may have a flexible end.
      const register = ofRecipe(
        "register",
        () => findRegister(name, bytes.length),
      );
      return { device, register, fields: undefined, data: bytes };
    }
    const register = ofRecipe("register", () => findRegister(name));
    const values = numbersOf(fields ?? null, "fields");
    checkFields(register, values);
    return { device, register, fields: values, data: undefined };
  },

  locate: ({ device, register }, inventory) =>
    locateDevice(
      inventory,
      device,
      `register ${register.name}`,
      `register ${register.name}`,
    ),

  prepare({ register, fields, data }, _located, { channel }) {
    const { effect, reason } = registerOf(register.id);
    let after = data ?? new Uint8Array(register.bytes);
    let shown: ActionArgument[] = [{ name: "data", value: toHex(after) }];
    if (fields && register.known) {
      const before = readRegisterData(
        channel,
        register,
        indexData(register, indexesOf(register, fields)),
      );
      after = writeFields(register.known.struct, fields, before);
      shown = changes(register, before, after, fields);
    }
    return {
      request: accessRegister(register.id, after, true),
      capacity: HEADER_BYTES + after.length,
      identity: {},
      arguments: shown,
      notes: [
        `Writing ${register.name} is ${effect}: ${reason}`,
        ...(fields
          ? ["The fields that are not named are written as they were read"]
          : []),
      ],
      refused: [],
    };
  },

  answer(request, response): PlainObject {
    const id = readU16(request, 10);
    const { name } = registerOf(id);
    const data = response.subarray(HEADER_BYTES);
    if (!registerLayouts().has(id)) return { register: name, raw: toHex(data) };
    try {
      const rows = registerRows(findRegister(`0x${id.toString(16)}`), data);
      return { register: name, ...(rows ? { fields: rows } : {}) };
    } catch {
      // The answer is shorter than the structure: shown as it is.
      return { register: name, raw: toHex(data) };
    }
  },
};

function hexOf(value: PlainData): Bytes {
  try {
    if (typeof value === "string" && value !== "") return fromHex(value);
  } catch {
    // Said below.
  }
  throw new RecipeError("is not hex digits", {
    hint: "Give two digits for each byte",
  });
}
