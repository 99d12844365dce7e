/**
 * Access registers by name: what is asked for, read and decoded.
 *
 * access_register_in: op_mod 1 reads, register_id bytes 10-11, argument 12-15,
 * register_data from byte 16; the answer has its data at the same place.
 *
 * @module
 */
import { encode, fieldOf, readBits } from "../../../lib/bits/mod.ts";
import { type Layout, layoutBytes } from "../../../lib/bits/layout.ts";
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { DecodeError, UsageError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { Channel } from "../../driver.ts";
import { HEADER_BYTES, newRequest, OPCODE, writeU16 } from "../protocol.ts";
import { layout as ifc } from "../tables/ifc.ts";
import {
  type RegisterLayout,
  registerLayouts,
} from "../tables/register_layouts.ts";
import { registerOf, registers } from "../tables/registers.ts";
import { fieldRows } from "./fields.ts";

/** Most bytes of a register's data; the longest with a layout has 272. */
export const MAX_REGISTER_BYTES = 4096;
/** Bytes of a register without a layout unless told. */
const RAW_BYTES = 64;

/** One register, found by its name or its id. */
export interface RegisterRef {
  /** Its id. */
  readonly id: number;
  /** The vendor's name, or `register 0x1234`. */
  readonly name: string;
  /** What its fields are; undefined when they are not public. */
  readonly known: (RegisterLayout & { readonly struct: Layout }) | undefined;
  /** Bytes of its data. */
  readonly bytes: number;
}

/**
 * Finds a register.
 *
 * @param name `PTYS`, in any case, or an id: `0x5004`
 * @throws `UsageError` with the nearest names when there is none
 */
export function findRegister(name: string, bytes?: number): RegisterRef {
  const id = idOf(name);
  const layout = registerLayouts().get(id);
  const known = layout && { ...layout, struct: ifc(layout.layout) };
  const length = bytes ??
    (known ? layoutBytes(known.struct) + known.room : RAW_BYTES);
  if (
    !Number.isInteger(length) || length < 4 || length > MAX_REGISTER_BYTES ||
    length % 4 !== 0
  ) {
    throw new UsageError(`size: ${length} is not a size of a register`, {
      hint: `Give a multiple of 4 from 4 to ${MAX_REGISTER_BYTES}`,
    });
  }
  if (known && length < layoutBytes(known.struct)) {
    throw new UsageError(
      `size: ${registerOf(id).name} has ${layoutBytes(known.struct)} bytes`,
      { hint: "Leave the size out" },
    );
  }
  return { id, name: registerOf(id).name, known, bytes: length };
}

function idOf(name: string): number {
  if (/^0x[0-9a-f]{1,4}$/i.test(name)) return Number(name);
  const wanted = name.toUpperCase();
  // Structures are called ptys_reg, one register FPGA_ACCESS_REG.
  for (const spelling of [wanted, wanted.replace(/_REG$/, "")]) {
    for (const [id, register] of registers()) {
      if (register.name === spelling) return id;
    }
  }
  throw new UsageError(
    `There is no register "${name.slice(0, 64)}" with a name here`,
    {
      hint:
        didYouMean(wanted, [...registers().values()].map((one) => one.name)) ??
          "Give its id as 0x and hex digits, or leave the name out for a list",
    },
  );
}

/**
 * The data that is sent to read a register: its indexes.
 *
 * @param given values of index fields by name
 * @throws `UsageError` when the register has no such index, or it does not fit
 */
export function indexData(
  { name, known, bytes }: RegisterRef,
  given: Readonly<Record<string, number>>,
): Bytes {
  if (!known) {
    const [key] = Object.keys(given);
    if (key === undefined) return new Uint8Array(bytes);
    throw new UsageError(`${key}: the fields of ${name} are not public`, {
      hint: "Give the register's data as hex digits: data=…",
    });
  }
  const names = Object.keys(known.indexes);
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(known.indexes, key)) continue;
    throw new UsageError(`${key}: ${name} is not read by a field "${key}"`, {
      hint: didYouMean(key, names) ??
        (names.length === 0
          ? "It is read without any"
          : `It is read by ${names.join(", ")}`),
    });
  }
  return encode(
    known.struct,
    { ...known.indexes, ...given },
    new Uint8Array(bytes),
  );
}

/**
 * The data of a register as hex digits, filled up with zeros.
 *
 * @throws `UsageError` when it is too long, or asks for more than a read
 */
export function rawData(
  { name, known, bytes }: RegisterRef,
  hex: string,
): Bytes {
  let given: Bytes;
  try {
    given = fromHex(hex);
  } catch (error) {
    throw new UsageError(
      `data: ${error instanceof Error ? error.message : ""}`,
      {
        hint: "Give hex digits, two for each byte",
      },
    );
  }
  if (given.length > bytes) {
    throw new UsageError(
      `data: ${given.length} bytes are more than the ${bytes} of ${name}`,
      { hint: "Give size=BYTES too when the register is longer" },
    );
  }
  const data = new Uint8Array(bytes);
  data.set(given);
  const clears = known?.struct.fields.find((field) => field.name === "clr");
  if (clears && readBits(data, clears.offset, clears.width) !== 0) {
    throw new UsageError(`data: clr is set, which clears what ${name} counts`, {
      hint: "A query only reads. Leave the bit out",
    });
  }
  return data;
}

/** access_register_in. */
export function accessRegister(
  id: number,
  data: Uint8Array,
  write: boolean,
  argument = 0,
): Bytes {
  const request = newRequest(
    OPCODE.ACCESS_REG,
    write ? 0 : 1,
    HEADER_BYTES + data.length,
  );
  writeU16(request, 10, id);
  writeU16(request, 12, Math.floor(argument / 0x10000));
  writeU16(request, 14, argument % 0x10000);
  request.set(data, HEADER_BYTES);
  return request;
}

/**
 * Reads a register's data.
 *
 * @throws `DecodeError` when the answer is short; what `Channel.send` throws
 */
export function readRegisterData(
  channel: Channel,
  { id, name }: RegisterRef,
  data: Uint8Array,
  argument = 0,
): Bytes {
  const response = channel.send(
    accessRegister(id, data, false, argument),
    HEADER_BYTES + data.length,
  );
  if (response.length < HEADER_BYTES + data.length) {
    throw new DecodeError(
      `${name} answered ${
        Math.max(0, response.length - HEADER_BYTES)
      } bytes, not ${data.length}`,
      { device: channel.device, hint: "Check the firmware version" },
    );
  }
  return response.subarray(HEADER_BYTES, HEADER_BYTES + data.length);
}

/** The fields of a register's data, or nothing when they are not public. */
export function registerRows(
  { known }: RegisterRef,
  data: Uint8Array,
): PlainObject[] | undefined {
  if (!known) return undefined;
  const choose = known.choose((name) => {
    const { offset, width } = fieldOf(known.struct, name);
    return readBits(data, offset, width);
  });
  return fieldRows(known.struct, data, { choose });
}
