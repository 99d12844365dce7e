/**
 * What mlx5's faults have beside every driver's: the function and the register
 * they wait for, a syndrome, and changes behind the caller's back.
 *
 * @module
 */
import { fieldOf } from "../../../lib/bits/mod.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import {
  eachFault,
  type Fault,
  FaultList,
  readFault,
} from "../../../lib/model/faults.ts";
import {
  asInteger,
  didYouMean,
  type ObjectReader,
  refuse,
} from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { allowList } from "../tables/allow_list.ts";
import { layout } from "../tables/ifc.ts";
import { capTypeNamed } from "./caps.ts";
import { CAP_LAYOUTS } from "./cards.ts";
import { type Command, fail } from "./command.ts";

/** A field of a VF that somebody else changes. */
export interface Drift {
  /** The VF's function id. */
  readonly functionId: number;
  /** Capability type. */
  readonly type: number;
  /** Field of its layout. */
  readonly field: string;
  /** The new value. */
  readonly value: number;
}

/** One fault. What it does is done together; `request` is an opcode. */
export interface Mlx5Fault extends Fault {
  /** Function the request is about; undefined is any. */
  readonly functionId: number | undefined;
  /** Register id of a register access; undefined is any. */
  readonly register: number | undefined;
  /** Done before the command executes. */
  readonly drift: Drift | undefined;
}

const UCTX: Readonly<Record<string, number>> = {
  CREATE_UCTX: 0xa04,
  DESTROY_UCTX: 0xa06,
};

/** Reads `faults`. @throws `ModelError` naming the key path */
export function readFaults(reader: ObjectReader, vfs: number): Mlx5Fault[] {
  return eachFault(reader, (item) => {
    const fault: Mlx5Fault = {
      ...readFault(item, opcodeOf, "syndrome"),
      functionId: item.integer("function", { max: 0xffff }),
      register: item.integer("register", { max: 0xffff }),
      drift: readDrift(item.object("drift"), vfs),
    };
    const status = fault.refusal?.status;
    if (status !== undefined) asInteger(status, item.path("status"), BYTE);
    // mlx5_cmd_do() keeps this one for "look into the answer".
    if (fault.errno === ERRNO.EREMOTEIO) {
      refuse(item.path("errno"), "cannot be EREMOTEIO");
    }
    return fault;
  });
}

/** The status is one byte, and 0 is no refusal. */
const BYTE = { min: 1, max: 0xff };

function opcodeOf(value: PlainData, at: string): number {
  if (typeof value === "number") return asInteger(value, at, { max: 0xffff });
  const text = typeof value === "string"
    ? value.toUpperCase()
    : refuse(at, "must be a command's name or number");
  const own = Object.hasOwn(UCTX, text) ? UCTX[text] : undefined;
  if (own !== undefined) return own;
  const names: string[] = Object.keys(UCTX);
  for (const [opcode, { name }] of allowList()) {
    if (name === text) return opcode;
    names.push(name);
  }
  refuse(at, `names no command${didYouMean(text, names)}`);
}

function readDrift(
  reader: ObjectReader | undefined,
  vfs: number,
): Drift | undefined {
  if (!reader) return undefined;
  const functionId = reader.integer("function", { min: 1, max: vfs }) ??
    refuse(reader.path("function"), "is missing");
  const type = capTypeNamed(
    reader.text("cap_type") ?? "GENERAL",
    reader.path("cap_type"),
  );
  const field = reader.text("field") ??
    refuse(reader.path("field"), "is missing");
  const width = fieldWidth(type, field, reader.path("field"));
  const value = reader.integer("value", { max: 2 ** width - 1 }) ??
    refuse(reader.path("value"), "is missing");
  reader.end();
  return { functionId, type, field, value };
}

/** Width in bits of a plain field. @throws `ModelError` with near names */
export function fieldWidth(type: number, field: string, at: string): number {
  try {
    const found = fieldOf(layout(CAP_LAYOUTS[type] ?? ""), field);
    if (found.type === "u8" && !found.flex) return Math.min(found.width, 53);
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    refuse(at, `is unknown: ${error.message}`, error.hint);
  }
  refuse(at, "is no plain field");
}

/** The faults of one card and which of them are used up. */
export class Mlx5Faults extends FaultList<Mlx5Fault> {
  /**
   * Those that strike at this command, counted.
   *
   * @param about the function the command is about
   */
  strike(command: Command, about: number): Mlx5Fault[] {
    return this.strikeAll((fault) => matches(fault, command, about));
  }
}

function matches(fault: Mlx5Fault, command: Command, about: number): boolean {
  const { opcode } = command;
  if (fault.request === undefined) {
    if (Object.values(UCTX).includes(opcode)) return false;
  } else if (fault.request !== opcode) return false;
  if (fault.functionId !== undefined && fault.functionId !== about) {
    return false;
  }
  if (fault.register === undefined) return true;
  const register = (command.in_[10] ?? 0) << 8 | (command.in_[11] ?? 0);
  return (opcode === 0x805 || opcode === 0xb0c) && register === fault.register;
}

/** Refuses a command if a fault says so. */
export function refusal(command: Command, faults: readonly Fault[]): boolean {
  const fault = faults.find((fault) => fault.refusal);
  if (!fault?.refusal) return false;
  fail(command, fault.refusal.status, fault.refusal.detail);
  return true;
}
