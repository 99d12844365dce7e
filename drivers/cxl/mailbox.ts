/**
 * The CXL mailbox as the kernel's feature code uses it: one command, and a
 * feature read or written in as many commands as it takes
 * (drivers/cxl/core/mbox.c and features.c of Linux 7.2).
 *
 * All integers are little endian; errors are negated errno numbers.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import {
  CXL_MBOX_CMD_RC,
  CXL_MBOX_OP,
  CXL_SET_FEAT_FLAG,
} from "./tables/features.ts";

/** struct cxl_mbox_cmd: one command and its answer. */
export interface CxlMboxCmd {
  /** 16 bits. */
  readonly opcode: number;
  /** What is sent; its length is `size_in`. Must not be kept. */
  readonly payload_in: Bytes;
  /** Where the answer goes: `size_out` bytes at least; what is behind them is kernel memory too. */
  readonly payload_out: Bytes;
  /** Bytes asked for; the device puts the bytes of its answer there when they are fewer. */
  size_out: number;
  /** 0, success, until the device says otherwise. */
  return_code: number;
}

/** struct cxl_mailbox, with a device behind it. */
export interface CxlMailbox {
  /** Longest payload either way; 256 bytes to 1 MiB by the specification. */
  readonly payload_size: number;
  /** Which feature commands the device has, {@linkcode CXL_FEATURES}. */
  readonly feat_cap: number;
  /**
   * One command; a refusal is in `return_code`.
   *
   * @returns 0, or a negated errno
   */
  mbox_send(cmd: CxlMboxCmd): number;
}

/** Bytes of struct cxl_mbox_get_feat_in. */
export const GET_FEAT_IN_LEN = 21;
/** Bytes of struct cxl_mbox_set_feat_hdr. */
export const SET_FEAT_HDR_LEN = 32;
/** Data a mailbox must have room for besides the header. */
const FEAT_DATA_MIN_PAYLOAD_SIZE = 10;
const NOTHING: Bytes = new Uint8Array(0);

/**
 * cxl_internal_send_cmd(). A refusal becomes one errno here: the kernel's
 * table of them is not visible from outside, the return code is.
 *
 * @param min_out least answer; 0 means all of `size_out`
 * @returns 0 or a negated errno
 */
export function cxl_internal_send_cmd(
  mbox: CxlMailbox,
  cmd: CxlMboxCmd,
  min_out: number,
): number {
  const asked = cmd.size_out;
  if (cmd.payload_in.length > mbox.payload_size || asked > mbox.payload_size) {
    return -ERRNO.E2BIG;
  }
  const ret = mbox.mbox_send(cmd);
  // A mailbox never has more to give than was asked for.
  cmd.size_out = Math.min(cmd.size_out, asked);
  if (ret) return ret;
  if (
    cmd.return_code !== CXL_MBOX_CMD_RC.SUCCESS &&
    cmd.return_code !== CXL_MBOX_CMD_RC.BACKGROUND
  ) {
    return -ERRNO.ENXIO;
  }
  return cmd.size_out < (min_out || asked) ? -ERRNO.EIO : 0;
}

/** What came of a feature command: 0 or the bytes read, and the device's word. */
export interface FeatureResult {
  /** Whether all of it was done. */
  readonly done: boolean;
  /** The device's, which is 0 as well when the transport failed. 16 bits. */
  readonly return_code: number;
}

/** What to read of a feature. */
export interface FeatureRead {
  /** 16 bytes. */
  readonly uuid: Bytes;
  /** Current, default or saved value; the kernel passes on any byte. */
  readonly selection: number;
  /** First byte, 16 bits; it wraps, as the kernel's does. */
  readonly offset: number;
}

/**
 * cxl_get_feature(): reads `count` bytes into `out`, in parts of the mailbox's
 * size. What an earlier part brought stays in `out` when a later one fails.
 *
 * @param out `count` bytes at least
 */
export function cxl_get_feature(
  mbox: CxlMailbox,
  { uuid, selection, offset }: FeatureRead,
  out: Bytes,
  count: number,
): FeatureResult {
  for (let received = 0; received < count;) {
    const part = Math.min(count - received, mbox.payload_size);
    const pi = new DataView(new ArrayBuffer(GET_FEAT_IN_LEN));
    const payload_in = new Uint8Array(pi.buffer);
    payload_in.set(uuid);
    pi.setUint16(16, offset + received, true);
    pi.setUint16(18, part, true);
    pi.setUint8(20, selection);
    const cmd: CxlMboxCmd = {
      opcode: CXL_MBOX_OP.GET_FEATURE,
      payload_in,
      payload_out: out.subarray(received),
      size_out: part,
      return_code: 0,
    };
    const ret = cxl_internal_send_cmd(mbox, cmd, part);
    if (ret || !cmd.size_out) {
      return { done: false, return_code: cmd.return_code & 0xffff };
    }
    received += cmd.size_out;
  }
  return { done: true, return_code: CXL_MBOX_CMD_RC.SUCCESS };
}

/** What to write to a feature. */
export interface FeatureWrite {
  /** 16 bytes. */
  readonly uuid: Bytes;
  /** Version of the data. */
  readonly version: number;
  /** The caller's; the kernel replaces the transfer bits and saves across resets. */
  readonly flags: number;
  /** First byte, 16 bits; it wraps, as the kernel's does. */
  readonly offset: number;
}

/**
 * cxl_set_feature(): writes `data`, in parts when it and the header are longer
 * than the mailbox. The parts before one that fails are in the device.
 */
export function cxl_set_feature(
  mbox: CxlMailbox,
  { uuid, version, flags, offset }: FeatureWrite,
  data: Bytes,
): FeatureResult {
  if (SET_FEAT_HDR_LEN + FEAT_DATA_MIN_PAYLOAD_SIZE > mbox.payload_size) {
    return { done: false, return_code: CXL_MBOX_CMD_RC.INPUT };
  }
  const room = mbox.payload_size - SET_FEAT_HDR_LEN;
  const kept = flags & ~CXL_SET_FEAT_FLAG.DATA_TRANSFER_MASK |
    CXL_SET_FEAT_FLAG.DATA_SAVED_ACROSS_RESET;
  for (let sent = 0; sent < data.length;) {
    const part = data.subarray(sent, sent + room);
    const payload_in = new Uint8Array(SET_FEAT_HDR_LEN + part.length);
    const pi = new DataView(payload_in.buffer);
    payload_in.set(uuid);
    pi.setUint32(16, kept | transfer(sent, data.length, room), true);
    pi.setUint16(20, offset + sent, true);
    pi.setUint8(22, version);
    payload_in.set(part, SET_FEAT_HDR_LEN);
    const cmd: CxlMboxCmd = {
      opcode: CXL_MBOX_OP.SET_FEATURE,
      payload_in,
      payload_out: NOTHING,
      size_out: 0,
      return_code: 0,
    };
    if (cxl_internal_send_cmd(mbox, cmd, 0)) {
      return { done: false, return_code: cmd.return_code & 0xffff };
    }
    sent += part.length;
  }
  return { done: true, return_code: CXL_MBOX_CMD_RC.SUCCESS };
}

/** Which part of a transfer the next one is. */
function transfer(sent: number, length: number, room: number): number {
  if (length <= room) return CXL_SET_FEAT_FLAG.FULL_DATA_TRANSFER;
  if (sent === 0) return CXL_SET_FEAT_FLAG.INITIATE_DATA_TRANSFER;
  return length - sent <= room
    ? CXL_SET_FEAT_FLAG.FINISH_DATA_TRANSFER
    : CXL_SET_FEAT_FLAG.CONTINUE_DATA_TRANSFER;
}
