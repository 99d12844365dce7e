/**
 * One command as the modelled firmware sees it, and how it answers.
 *
 * All integers are little endian. Error codes: HWRM_ERR_CODE_* of
 * include/linux/bnxt/hsi.h.
 *
 * @module
 */
import {
  encode,
  type FieldInputs,
  type Layout,
} from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import type { BnxtBuffer } from "../kernel.ts";

/** Error codes of the firmware, those it uses. */
export const ERR = {
  SUCCESS: 0x0,
  FAIL: 0x1,
  INVALID_PARAMS: 0x2,
  RESOURCE_ACCESS_DENIED: 0x3,
  INVALID_FLAGS: 0x5,
  INVALID_ENABLES: 0x6,
  UNSUPPORTED_OPTION: 0x9,
  ENTITY_NOT_PRESENT: 0x13,
  CMD_NOT_SUPPORTED: 0xffff,
} as const;

/** Bytes of struct input. */
export const INPUT_LEN = 16;
/** Bytes of struct hwrm_err_output: the answer of every refusal. */
const ERR_LEN = 16;
/** struct hwrm_err_output: the command's own code for what went wrong. */
const CMD_ERR = 14;

/** A command on its way. */
export interface Command {
  /** The request from its first byte. Not to be kept. */
  readonly msg: Bytes;
  /** Bytes 0-1. */
  readonly reqType: number;
  /** The function it came from: 0 is the PF, n the VF n - 1. */
  readonly functionId: number;
  /** The buffers it names, in the kernel's order: read or filled in place. Not to be kept. */
  readonly buffers: readonly BnxtBuffer[];
}

/** Fills a buffer as far as it goes; what is over is dropped. */
export function fill(buffer: BnxtBuffer | undefined, content: Bytes): void {
  buffer?.bytes.set(content.subarray(0, buffer.bytes.length));
}

/** The firmware's no. */
export interface Refusal {
  /** HWRM_ERR_CODE_*, never 0. */
  readonly error: number;
  /** The command's own code (`cmd_err`), 8 bits. */
  readonly cmdErr?: number;
}

/** What a command answers: fields beside the header, or a refusal. */
export type Answer = FieldInputs | Refusal;

/** Refuses a command. */
export function fail(error: number, cmdErr?: number): Refusal {
  return cmdErr === undefined ? { error } : { error, cmdErr };
}

/** Whether an answer is a refusal: no message has a field `error`. */
export function isRefusal(answer: Answer): answer is Refusal {
  return typeof answer.error === "number";
}

/** 8 bits of the request; 0 past its end. */
export function u8(command: Command, at: number): number {
  return command.msg[at] ?? 0;
}

/** 16 bits of the request; 0 past its end. */
export function u16(command: Command, at: number): number {
  return u8(command, at) | u8(command, at + 1) << 8;
}

/** 32 bits of the request; 0 past its end. */
export function u32(command: Command, at: number): number {
  return (u16(command, at) | u16(command, at + 2) << 16) >>> 0;
}

/** The response of a success: the layout's bytes, header and `valid` filled. */
export function success(
  command: Command,
  layout: Layout,
  values: FieldInputs,
): Bytes {
  return finish(command, encode(layout, values), ERR.SUCCESS);
}

/** The response of a refusal: struct hwrm_err_output. */
export function refused(command: Command, refusal: Refusal): Bytes {
  const bytes = new Uint8Array(ERR_LEN);
  bytes[CMD_ERR] = refusal.cmdErr ?? 0;
  return finish(command, bytes, refusal.error);
}

function finish(command: Command, bytes: Bytes, error: number): Bytes {
  const view = new DataView(bytes.buffer);
  view.setUint16(0, error, true);
  view.setUint16(2, command.reqType, true);
  view.setUint16(4, u16(command, 4), true);
  view.setUint16(6, bytes.length, true);
  bytes[bytes.length - 1] = 1; // valid
  return bytes;
}

/**
 * What bnxt_en makes of an error code: 0 or a negated errno
 * (drivers/net/ethernet/broadcom/bnxt/bnxt_hwrm.c). Who asks through fwctl sees
 * it only where the response has no error code.
 */
export function toErrno(error: number): number {
  const positive = ERRNOS[error] ?? (error === 0 ? 0 : ERRNO.EIO);
  return 0 - positive;
}

/** What is not listed is EIO. */
const ERRNOS: Readonly<Record<number, number>> = {
  0x2: ERRNO.EINVAL,
  0x3: ERRNO.EACCES,
  0x4: ERRNO.ENOSPC,
  0x5: ERRNO.EINVAL,
  0x6: ERRNO.EINVAL,
  0x7: ERRNO.EINVAL,
  0x8: ERRNO.ENOMEM,
  0x9: ERRNO.EINVAL,
  0xa: ERRNO.EAGAIN,
  0x10: ERRNO.EAGAIN,
  0x11: ERRNO.EROFS,
  0xffff: ERRNO.EOPNOTSUPP,
};

/** ASCII in a field of `room` bytes, zeros after it; what is too long is cut. */
export function text(ascii: string, room: number): Bytes {
  const bytes = new Uint8Array(room);
  for (let i = 0; i < Math.min(ascii.length, room); i++) {
    bytes[i] = ascii.charCodeAt(i) & 0x7f;
  }
  return bytes;
}

/** A number's bytes, highest first, as MAC addresses and serials are kept. */
export function bigEndian(value: bigint, length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    bytes[length - 1 - i] = Number(value >> BigInt(8 * i) & 0xffn);
  }
  return bytes;
}
