/**
 * The kernel side of bnxt as TypeScript: what drivers/fwctl/bnxt/main.c does
 * between the fwctl core and bnxt_en's message interface, as Linux 7.2 has it and
 * as Linux 7.3 has it, which takes requests that name buffers too.
 *
 * All integers of the messages are little endian. A request starts with struct
 * input: req_type:16 cmpl_ring:16 seq_id:16 target_id:16 resp_addr:64; a
 * response with struct output: error_code:16 req_type:16 seq_id:16 resp_len:16.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KernelOps, UserMemory } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import { allowList, type BnxtKernel } from "./tables/allow_list.ts";
import {
  bufferBytes,
  type BufferCommand,
  type BufferMember,
  buffersOf,
  MAX_BUFFER_BYTES,
} from "./tables/buffers.ts";

/** A buffer of the kernel's that a request names. */
export interface BnxtBuffer {
  /** Which one of the request's it is. */
  readonly member: BufferMember;
  /** Its bytes: what the firmware is to read, or zeros for it to fill. Not to be kept. */
  readonly bytes: Bytes;
}

/** struct bnxt_fw_msg: one request on its way to the firmware. */
export interface BnxtFwMsg {
  /** The request, 16 to 128 bytes; it must not be kept. */
  readonly msg: Bytes;
  /** The response, at least 8 bytes and zero; what does not fit is dropped. */
  readonly resp: Bytes;
  /** Milliseconds that the firmware has. */
  readonly timeout: number;
  /**
   * The buffers that the request names, in the kernel's order. Where the kernel
   * puts their addresses `msg` has zeros, as there is no bus here to reach them.
   */
  readonly buffers: readonly BnxtBuffer[];
}

/** struct bnxt_en_dev with bnxt_en's message interface and a firmware behind it. */
export interface BnxtCore {
  /** `bnxt_en_dev.flags`; with {@linkcode BNXT_EN_FLAG_ULP_STOPPED} nothing is sent. */
  readonly flags: number;
  /**
   * bnxt_send_msg(): one request.
   *
   * @returns 0, or a negated errno when the request did not reach the firmware
   *   or the firmware refused it; `resp` may hold the firmware's answer then too
   */
  bnxt_send_msg(message: BnxtFwMsg): number;
}

/** bnxt_en has stopped the drivers on top of it, as it does around a reset. */
export const BNXT_EN_FLAG_ULP_STOPPED = 0x8;

/** FWCTL_BNXT_INLINE_COMMANDS, _QUERY_COMMANDS and _SEND_COMMANDS, and from Linux 7.3 on _DMA_COMMANDS, one bit each. */
export const BNXT_UCTX_CAPS: Readonly<Record<BnxtKernel, number>> = {
  "7.2": 0x7,
  "7.3": 0xf,
};

/** sizeof(struct input). */
const INPUT_LEN = 16;
/** sizeof(struct output). */
const OUTPUT_LEN = 8;
/** HWRM_MAX_REQ_LEN. */
const HWRM_MAX_REQ_LEN = 128;

/** struct bnxtctl_uctx: what the driver keeps for one open file. */
export interface BnxtUctx {
  /** What INFO tells: the kernel's {@linkcode BNXT_UCTX_CAPS}. */
  readonly uctx_caps: number;
}

/** bnxtctl_ops over one function's message interface. The firmware hears nothing of open and close. */
export function bnxtKernelOps(
  core: BnxtCore,
  kernel: BnxtKernel,
): KernelOps<BnxtUctx> {
  return {
    device_type: FWCTL_DEVICE_TYPE.BNXT,
    open_uctx: () => ({ uctx_caps: BNXT_UCTX_CAPS[kernel] }),
    close_uctx: () => {},
    info: (uctx) => info(uctx),
    fw_rpc: (_uctx, scope, in_, out_len, memory) =>
      fwRpc({ core, kernel, memory }, scope, in_, out_len),
  };
}

/** struct fwctl_info_bnxt: uctx_caps, 32 bits, the CPU's byte order. */
function info(uctx: BnxtUctx): { data: Bytes; length: number } {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, uctx.uctx_caps, true);
  return { data: new Uint8Array(view.buffer), length: 4 };
}

/** Where a call goes and whose memory its buffers are in. */
interface Call {
  readonly core: BnxtCore;
  readonly kernel: BnxtKernel;
  readonly memory: UserMemory;
}

/** A buffer of a request in user memory. */
interface UserBuffer {
  readonly member: BufferMember;
  readonly address: bigint;
  readonly length: number;
}

function fwRpc(
  { core, kernel, memory }: Call,
  scope: number,
  in_: Bytes,
  out_len: number,
): { out: Bytes; out_len: number } | number {
  if (in_.length < INPUT_LEN || in_.length > HWRM_MAX_REQ_LEN) {
    return -ERRNO.EINVAL;
  }
  if (out_len < OUTPUT_LEN) return -ERRNO.EINVAL;

  const request = new DataView(in_.buffer, in_.byteOffset, in_.byteLength);
  const reqType = request.getUint16(0, true);
  const named = kernel === "7.2" ? undefined : buffersOf(reqType);
  const user = named ? userBuffers(request, in_, named) : [];
  if (typeof user === "number") return user;

  const command = allowList(kernel).get(reqType);
  const stopped = (core.flags & BNXT_EN_FLAG_ULP_STOPPED) !== 0;
  if (stopped || !command || scope < command.scope) return -ERRNO.EPERM;

  const buffers = mapped(user, memory);
  if (typeof buffers === "number") return buffers;
  const out = new Uint8Array(out_len);
  const { timeout } = command;
  const rc = core.bnxt_send_msg({ msg: in_, resp: out, timeout, buffers });
  if (rc) {
    // Never an errno: the caller finds it where the firmware's own code would
    // be, and cannot tell one from the other.
    const response = new DataView(out.buffer);
    if (!response.getUint16(0, true)) response.setUint16(0, rc, true);
  }
  return givenBack(user, buffers, memory) ? { out, out_len } : -ERRNO.EFAULT;
}

/**
 * The buffers a request names, before anyone asks whether it may be sent: the
 * kernel takes their addresses out of it. A negated errno when the request or
 * one of its buffers has not the right length.
 */
function userBuffers(
  request: DataView,
  in_: Bytes,
  { size, buffers }: BufferCommand,
): UserBuffer[] | number {
  if (in_.length !== size) return -ERRNO.EINVAL;
  const lengths = buffers.map((member) => bufferBytes(in_, member));
  if (lengths.some((length) => length === 0 || length > MAX_BUFFER_BYTES)) {
    return -ERRNO.EINVAL;
  }
  return buffers.map((member, index) => {
    const address = request.getBigUint64(member.address, true);
    request.setBigUint64(member.address, 0n, true);
    return { member, address, length: lengths[index] ?? 0 };
  });
}

/** bnxtctl_map_dma_bufs: the kernel's buffers, with what the firmware is to read in them. */
function mapped(
  user: readonly UserBuffer[],
  memory: UserMemory,
): BnxtBuffer[] | number {
  const buffers: BnxtBuffer[] = [];
  for (const { member, address, length } of user) {
    const bytes = member.reads
      ? memory.read(address, length)
      : new Uint8Array(length);
    // Nothing was filled yet: those that are read stand first.
    if (!bytes) return -ERRNO.EFAULT;
    buffers.push({ member, bytes });
  }
  return buffers;
}

/**
 * bnxtctl_unmap_dma_bufs: what the firmware filled, whether it refused or not.
 * One that cannot be written fails the call, though the firmware has run; the
 * others are written all the same.
 */
function givenBack(
  user: readonly UserBuffer[],
  buffers: readonly BnxtBuffer[],
  memory: UserMemory,
): boolean {
  let good = true;
  user.forEach(({ member, address }, index) => {
    const filled = buffers[index]?.bytes;
    if (!member.reads && filled && !memory.write(address, filled)) good = false;
  });
  return good;
}
