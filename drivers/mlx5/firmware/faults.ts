/**
 * Faults a scenario injects: refusals, transport errors, unplugs, short and
 * corrupt answers, and changes behind the caller's back.
 *
 * @module
 */
import { fieldOf } from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import {
  asInteger,
  didYouMean,
  ObjectReader,
  refuse,
} from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { ERRNO, type ErrnoName } from "../../../lib/uapi/errno.ts";
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

/** One fault. What it does is done together. */
export interface Fault {
  /** Opcode it waits for; undefined is any but the contexts' own. */
  readonly opcode: number | undefined;
  /** Function the request is about; undefined is any. */
  readonly functionId: number | undefined;
  /** Register id of a register access; undefined is any. */
  readonly register: number | undefined;
  /** It strikes at the nth match, and from then on when it repeats. */
  readonly nth: number;
  /** Whether it strikes again. */
  readonly repeat: boolean;
  /** The firmware refuses with this instead of executing. */
  readonly refusal: { status: number; syndrome: number } | undefined;
  /** The command fails with this errno, number. */
  readonly errno: number | undefined;
  /** With errno: the firmware executes all the same. */
  readonly executes: boolean;
  /** The function's fwctl device goes when the call has ended. */
  readonly unplug: boolean;
  /** The answer is zero from this byte on. */
  readonly truncate: number | undefined;
  /** One byte of the answer is XORed. */
  readonly corrupt: { byte: number; xor: number } | undefined;
  /** Done before the command executes. */
  readonly drift: Drift | undefined;
}

/** Most faults of one device. */
const MAX_FAULTS = 1000;
const UCTX: Readonly<Record<string, number>> = {
  CREATE_UCTX: 0xa04,
  DESTROY_UCTX: 0xa06,
};

/** Reads `faults`. @throws `ModelError` naming the key path */
export function readFaults(reader: ObjectReader, vfs: number): Fault[] {
  const at = reader.path("faults");
  return (reader.list("faults", MAX_FAULTS) ?? []).map((item, index) =>
    readFault(new ObjectReader(item, `${at}[${index}]`), vfs)
  );
}

function readFault(reader: ObjectReader, vfs: number): Fault {
  const status = reader.integer("status", { min: 1, max: 0xff });
  const syndrome = reader.integer("syndrome", { max: 0xffffffff });
  const errno = readErrno(reader);
  const executes = reader.flag("executes") ?? false;
  const fault: Fault = {
    opcode: readOpcode(reader),
    functionId: reader.integer("function", { max: 0xffff }),
    register: reader.integer("register", { max: 0xffff }),
    nth: reader.integer("nth", { min: 1, max: 1_000_000 }) ?? 1,
    repeat: reader.flag("repeat") ?? false,
    refusal: status === undefined
      ? undefined
      : { status, syndrome: syndrome ?? 0 },
    errno,
    executes,
    unplug: reader.flag("unplug") ?? false,
    truncate: reader.integer("truncate", { max: 2 << 20 }),
    corrupt: readCorrupt(reader.object("corrupt")),
    drift: readDrift(reader.object("drift"), vfs),
  };
  reader.end();
  if (status === undefined && syndrome !== undefined) {
    refuse(reader.path("syndrome"), "needs a status");
  }
  if (status !== undefined && errno !== undefined) {
    refuse(reader.path("status"), "and errno cannot both be given");
  }
  if (executes && errno === undefined) {
    refuse(reader.path("executes"), "needs an errno");
  }
  return fault;
}

function readOpcode(reader: ObjectReader): number | undefined {
  const value = reader.raw("request");
  const at = reader.path("request");
  if (value === undefined) {
    refuse(at, "is missing", 'Name a command such as SET_HCA_CAP, or "*".');
  }
  if (value === "*") return undefined;
  if (typeof value === "number") return asInteger(value, at, { max: 0xffff });
  const text = typeof value === "string"
    ? value.toUpperCase()
    : refuse(at, "must be a command's name or number");
  if (Object.hasOwn(UCTX, text)) return UCTX[text];
  const names: string[] = Object.keys(UCTX);
  for (const [opcode, { name }] of allowList()) {
    if (name === text) return opcode;
    names.push(name);
  }
  refuse(at, `names no command${didYouMean(text, names)}`);
}

function readErrno(reader: ObjectReader): number | undefined {
  const name = reader.text("errno");
  if (name === undefined) return undefined;
  if (!Object.hasOwn(ERRNO, name)) {
    refuse(
      reader.path("errno"),
      `is no errno${didYouMean(name, Object.keys(ERRNO))}`,
    );
  }
  // mlx5_cmd_do() keeps this one for "look into the answer".
  if (name === "EREMOTEIO") refuse(reader.path("errno"), "cannot be EREMOTEIO");
  return ERRNO[name as ErrnoName];
}

function readCorrupt(reader: ObjectReader | undefined) {
  if (!reader) return undefined;
  const byte = reader.integer("byte", { max: 2 << 20 }) ??
    refuse(reader.path("byte"), "is missing");
  const xor = reader.integer("xor", { min: 1, max: 0xff }) ?? 0xff;
  reader.end();
  return { byte, xor };
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
export class Faults {
  readonly #faults: readonly Fault[];
  /** Matches seen, by fault. */
  #seen: number[];

  /** Fresh faults. */
  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
    this.#seen = faults.map(() => 0);
  }

  /** Whether there are none at all: nothing to look for. */
  get none(): boolean {
    return this.#faults.length === 0;
  }

  /**
   * Those that strike at this command, counted.
   *
   * @param about the function the command is about
   */
  strike(command: Command, about: number): Fault[] {
    return this.#faults.filter((fault, index) => {
      if (!matches(fault, command, about)) return false;
      const seen = (this.#seen[index] ?? 0) + 1;
      this.#seen[index] = seen;
      return fault.repeat ? seen >= fault.nth : seen === fault.nth;
    });
  }

  /** Matches seen, by fault; empty when none was. */
  save(): number[] {
    return this.#seen.some((seen) => seen > 0) ? [...this.#seen] : [];
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: readonly PlainData[] | undefined, at: string): void {
    const seen = (state ?? []).map((item) => asInteger(item, at));
    if (seen.length !== 0 && seen.length !== this.#faults.length) {
      refuse(at, `has ${seen.length} counts for ${this.#faults.length} faults`);
    }
    this.#seen = this.#faults.map((_, index) => seen[index] ?? 0);
  }
}

function matches(fault: Fault, command: Command, about: number): boolean {
  const { opcode } = command;
  if (fault.opcode === undefined) {
    if (Object.values(UCTX).includes(opcode)) return false;
  } else if (fault.opcode !== opcode) return false;
  if (fault.functionId !== undefined && fault.functionId !== about) {
    return false;
  }
  if (fault.register === undefined) return true;
  const register = (command.in_[10] ?? 0) << 8 | (command.in_[11] ?? 0);
  return (opcode === 0x805 || opcode === 0xb0c) && register === fault.register;
}

/** Changes an answer as the faults say. */
export function spoil(out: Bytes, faults: readonly Fault[]): void {
  for (const { truncate, corrupt } of faults) {
    if (truncate !== undefined) out.fill(0, Math.min(truncate, out.length));
    if (corrupt && corrupt.byte < out.length) {
      out[corrupt.byte] = (out[corrupt.byte] ?? 0) ^ corrupt.xor;
    }
  }
}

/** Refuses a command if a fault says so. */
export function refusal(command: Command, faults: readonly Fault[]): boolean {
  const fault = faults.find((fault) => fault.refusal);
  if (!fault?.refusal) return false;
  fail(command, fault.refusal.status, fault.refusal.syndrome);
  return true;
}
