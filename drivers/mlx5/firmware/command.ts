/**
 * One command as the modelled firmware sees it, and how it answers.
 *
 * All integers are big endian. Statuses: enum MLX5_CMD_STAT_* of
 * include/linux/mlx5/device.h.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { writeU16 } from "../protocol.ts";

/** Command statuses, without prefix and `_ERR`. */
export const STAT = {
  OK: 0x00,
  INT_ERR: 0x01,
  BAD_OP: 0x02,
  BAD_PARAM: 0x03,
  BAD_SYS_STATE: 0x04,
  BAD_RES: 0x05,
  RES_BUSY: 0x06,
  NOT_READY: 0x07,
  LIM_ERR: 0x08,
  BAD_RES_STATE: 0x09,
  IX_ERR: 0x0a,
  NO_RES: 0x0f,
  BAD_INP_LEN: 0x50,
  BAD_OUTP_LEN: 0x51,
} as const;

/**
 * Syndromes of this firmware.
 *
 * Assumption: all but `ABOVE_MAX`. Real syndromes differ from version to
 * version and have no public table; these are numbers of ours in the style of
 * the one that is known.
 */
export const SYNDROME = {
  /** Seen on real devices: a capability above its maximum in SET_HCA_CAP. */
  ABOVE_MAX: 0x537801,
  /** A read-only or reserved bit of a capability changed. */
  READ_ONLY: 0x537802,
  /** SET_HCA_CAP of the caller's own function from a user context. */
  OWN_FUNCTION: 0x537803,
  /** The capability type cannot be set. */
  NOT_SETTABLE: 0x537804,
  /** The function's driver is up, or a guest has it. */
  FUNCTION_IN_USE: 0x537805,
  /** The MSI-X vectors of all functions together exceed the pool. */
  MSIX_POOL: 0x537806,
  /** No such capability type. */
  CAP_TYPE: 0x1d9c01,
  /** No such function, or it is not enabled. */
  FUNCTION: 0x1d9c02,
  /** The caller may not ask about other functions. */
  NOT_MANAGER: 0x1d9c03,
  /** The function id type is not supported. */
  FUNCTION_ID_TYPE: 0x1d9c04,
  /** The command is unknown. */
  UNKNOWN_COMMAND: 0x39ba01,
  /** The user context has no TOOLS_RESOURCES. */
  NOT_TOOLS: 0x39ba02,
  /** The user context does not exist. */
  NO_UCTX: 0x39ba03,
  /** The request or the response is too short. */
  LENGTH: 0x39ba04,
  /** No more user contexts. */
  UCTX_LIMIT: 0x5a3c01,
  /** op_mod is none of the command's. */
  OP_MOD: 0x39ba05,
  /** The register cannot be written by this function. */
  REGISTER_ACCESS: 0x7d2e01,
  /** There is no such register. */
  NO_REGISTER: 0x7d2e04,
  /** The nvconfig item does not exist. */
  NO_TLV: 0x7d2e02,
  /** The nvconfig item has another length, or a field is wrong. */
  BAD_TLV: 0x7d2e03,
  /** The nvconfig item was stored by somebody of a higher priority, who keeps it. */
  LOCKED_TLV: 0x7d2e04,
} as const;

/** A command on its way. */
export interface Command {
  /** The request. Not to be kept. */
  readonly in_: Bytes;
  /** The response, zero at first; what does not fit is dropped. */
  readonly out: Bytes;
  /** Bytes 0-1. */
  readonly opcode: number;
  /** Bytes 2-3: 0 is the kernel itself. */
  readonly uid: number;
  /** Bytes 6-7. */
  readonly opMod: number;
  /** Whether the context has TOOLS_RESOURCES; the kernel itself always has. */
  readonly tools: boolean;
  /** The function the command came from: 0 is the PF, n the VF n - 1. */
  readonly functionId: number;
}

/** Answers with a status other than OK. */
export function fail(command: Command, status: number, syndrome: number): void {
  const { out } = command;
  out[0] = status;
  put32(out, 4, syndrome);
}

/** Writes big-endian 32 bits; what is past the end is dropped. */
export function put32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value >>> 16 & 0xffff);
  writeU16(bytes, at + 2, value & 0xffff);
}

/** Copies `data` to `at`; what does not fit is dropped. */
export function putBytes(out: Bytes, at: number, data: Uint8Array): void {
  if (at >= out.length) return;
  const room = out.length - at;
  out.set(data.length > room ? data.subarray(0, room) : data, at);
}
