/** CXL requests and entries as hex, a scripted mailbox, and the driver on one. */
import { assert } from "@std/assert";
import { fromHex, toHex } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { cxlKernelOps } from "../../../drivers/cxl/kernel.ts";
import type { CxlMailbox, CxlMboxCmd } from "../../../drivers/cxl/mailbox.ts";

/** The kernel's mock's own feature. */
export const VENDOR = "ff".repeat(16);
/** A feature exclusive to the kernel. */
export const PATROL_SCRUB = "96dad7d6fde8482ba73375774e06db8a";

/** UUID of the lab's feature i. */
export const LAB = (i: number): string =>
  i === 14 ? PATROL_SCRUB : le(i, 1).repeat(16);

/** An integer, little endian. */
export function le(value: number, bytes: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value), true);
  return toHex(new Uint8Array(view.buffer, 0, bytes));
}

/** struct fwctl_rpc_cxl; `op_size` is the payload's unless given. */
export const request = (
  opcode: number,
  payload: string,
  op_size: number = payload.length / 2,
): string => le(opcode, 4) + le(0, 4) + le(op_size, 4) + le(0, 4) + payload;

/** Get Supported Features. */
export const supported = (count: number, start = 0): string =>
  request(0x500, le(count, 4) + le(start, 2) + "0000");

/** Get Feature. */
export const getFeature = (
  uuid: string,
  count: number,
  { offset = 0, selection = 0 } = {},
): string =>
  request(0x501, uuid + le(offset, 2) + le(count, 2) + le(selection, 1));

/** Set Feature. */
export const setFeature = (
  uuid: string,
  data: string,
  { flags = 0, offset = 0, version = 1 } = {},
): string => request(0x502, setPayload(uuid, data, flags, offset, version));

/** struct cxl_mbox_set_feat_in. */
export const setPayload = (
  uuid: string,
  data: string,
  flags: number,
  offset: number,
  version: number,
): string =>
  uuid + le(flags, 4) + le(offset, 2) + le(version, 1) + "00".repeat(9) + data;

/** struct cxl_feat_entry of 8 bytes, number 1. */
export const entry = (uuid: string, effects: number, flags = 1): string =>
  uuid + "0100" + "0800" + "0800" + le(flags, 4) + "0101" + le(effects, 2) +
  "00".repeat(18);

/** A mailbox that lists what it is told, keeps what it gets and answers as told. */
export class Scripted implements CxlMailbox {
  payload_size = 4096;
  feat_cap = 2;
  entries: string[] = [entry(LAB(1), 0x001)];
  /** Payloads of the feature commands it got. */
  readonly requests: string[] = [];
  /** How often it was asked for its features. */
  queries = 0;
  /** What a feature command comes to. */
  answer: (cmd: CxlMboxCmd) => number = () => 0;
  /** Spoils a list. */
  spoil: (cmd: CxlMboxCmd) => number = () => 0;

  mbox_send(cmd: CxlMboxCmd): number {
    if (cmd.opcode !== 0x500) {
      this.requests.push(toHex(cmd.payload_in));
      return this.answer(cmd);
    }
    assert(++this.queries < 100, "the kernel asks on and on");
    const input = new DataView(cmd.payload_in.buffer);
    const start = input.getUint16(4, true);
    const room = Math.floor((input.getUint32(0, true) - 8) / 48);
    const found = this.entries.slice(start, start + room);
    cmd.payload_out.set(fromHex(le(found.length, 2)));
    cmd.payload_out.set(fromHex(le(this.entries.length, 2)), 2);
    cmd.payload_out.set(fromHex(found.join("")), 8);
    cmd.size_out = 8 + 48 * found.length;
    return this.spoil(cmd);
  }
}

/** One RPC: an errno, or the bytes the caller gets and the length it is told. */
export type Rpc = (
  scope: number,
  request: string,
  out_len?: number,
) => number | [hex: string, out_len: number];

/** The driver on a mailbox, with the core's cut to the caller's room. */
export function bound(mbox: CxlMailbox): Rpc {
  const ops = cxlKernelOps(mbox);
  assert(typeof ops === "object");
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  const memory = new ModelMemory();
  return (scope, request, out_len = 64) => {
    const in_ = fromHex(request);
    const answer = ops.fw_rpc(uctx, scope, in_, out_len, memory);
    if (typeof answer === "number") return answer;
    const copied = Math.min(out_len, answer.out_len);
    return [toHex(answer.out.subarray(0, copied)), answer.out_len];
  };
}
