/**
 * The kernel side of bnxt as TypeScript: what drivers/fwctl/bnxt/main.c does
 * between the fwctl core and bnxt_en's message interface.
 *
 * All integers of the messages are little endian. A request starts with struct
 * input: req_type:16 cmpl_ring:16 seq_id:16 target_id:16 resp_addr:64; a
 * response with struct output: error_code:16 req_type:16 seq_id:16 resp_len:16.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KernelOps } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import { allowList } from "./tables/allow_list.ts";

/** struct bnxt_fw_msg: one request on its way to the firmware. */
export interface BnxtFwMsg {
  /** The request, 16 to 128 bytes; it must not be kept. */
  readonly msg: Bytes;
  /** The response, at least 8 bytes and zero; what does not fit is dropped. */
  readonly resp: Bytes;
  /** Milliseconds that the firmware has. */
  readonly timeout: number;
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

/** FWCTL_BNXT_INLINE_COMMANDS, _QUERY_COMMANDS and _SEND_COMMANDS, one bit each. */
export const BNXT_UCTX_CAPS = 0x7;

/** sizeof(struct input). */
const INPUT_LEN = 16;
/** sizeof(struct output). */
const OUTPUT_LEN = 8;
/** HWRM_MAX_REQ_LEN. */
const HWRM_MAX_REQ_LEN = 128;

/** struct bnxtctl_uctx: what the driver keeps for one open file. */
export interface BnxtUctx {
  /** What INFO tells, always {@linkcode BNXT_UCTX_CAPS}. */
  readonly uctx_caps: number;
}

/** bnxtctl_ops over one function's message interface. The firmware hears nothing of open and close. */
export function bnxtKernelOps(core: BnxtCore): KernelOps<BnxtUctx> {
  return {
    device_type: FWCTL_DEVICE_TYPE.BNXT,
    open_uctx: () => ({ uctx_caps: BNXT_UCTX_CAPS }),
    close_uctx: () => {},
    info: (uctx) => info(uctx),
    fw_rpc: (_uctx, scope, in_, out_len) => fwRpc(core, scope, in_, out_len),
  };
}

/** struct fwctl_info_bnxt: uctx_caps, 32 bits, the CPU's byte order. */
function info(uctx: BnxtUctx): { data: Bytes; length: number } {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, uctx.uctx_caps, true);
  return { data: new Uint8Array(view.buffer), length: 4 };
}

function fwRpc(
  core: BnxtCore,
  scope: number,
  in_: Bytes,
  out_len: number,
): { out: Bytes; out_len: number } | number {
  if (in_.length < INPUT_LEN || in_.length > HWRM_MAX_REQ_LEN) {
    return -ERRNO.EINVAL;
  }
  if (out_len < OUTPUT_LEN) return -ERRNO.EINVAL;

  const request = new DataView(in_.buffer, in_.byteOffset, in_.byteLength);
  const command = allowList().get(request.getUint16(0, true));
  const stopped = (core.flags & BNXT_EN_FLAG_ULP_STOPPED) !== 0;
  if (stopped || !command || scope < command.scope) return -ERRNO.EPERM;

  const out = new Uint8Array(out_len);
  const { timeout } = command;
  const rc = core.bnxt_send_msg({ msg: in_, resp: out, timeout });
  if (rc) {
    // Never an errno: the caller finds it where the firmware's own code would
    // be, and cannot tell one from the other.
    const response = new DataView(out.buffer);
    if (!response.getUint16(0, true)) response.setUint16(0, rc, true);
  }
  return { out, out_len };
}
