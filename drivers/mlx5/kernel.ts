/**
 * The kernel side of mlx5 as TypeScript: what drivers/fwctl/mlx5/main.c does
 * between the fwctl core and mlx5_core's command interface.
 *
 * All integers of the commands are big endian.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KernelOps } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import {
  HEADER_BYTES,
  MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES,
} from "./protocol.ts";
import { leastScope } from "./tables/allow_list.ts";

/** The command interface of mlx5_core, with a firmware behind it. */
export interface Mlx5Core {
  /** `uctx_cap` of the GENERAL capabilities: which contexts the firmware gives out. */
  readonly uctx_cap: number;
  /**
   * mlx5_cmd_do(): one command. `in_` is at least 16 bytes and must not be
   * kept; `out` is at least 16 bytes and zero, the firmware fills it in and
   * drops what does not fit.
   *
   * @returns 0; -EREMOTEIO when `out[0]` holds a status other than 0; another
   *   negated errno when the command did not reach the firmware
   */
  cmd_do(in_: Bytes, out: Bytes): number;
}

const MLX5_CMD_OP_CREATE_UCTX = 0xa04;
const MLX5_CMD_OP_DESTROY_UCTX = 0xa06;

/** struct mlx5ctl_uctx: what the driver keeps for one open file. */
export interface Mlx5Uctx {
  /** Capabilities asked for, 4 or 0. */
  readonly uctx_caps: number;
  /** The firmware's user id; put into every request. */
  readonly uctx_uid: number;
}

/**
 * The errno of a firmware status, as mlx5_core gives it to its own callers
 * (cmd_status_to_err of drivers/net/ethernet/mellanox/mlx5/core/cmd.c).
 *
 * @returns 0 or a negated errno
 */
export function cmd_status_to_err(status: number): number {
  switch (status) {
    case 0x00: // OK
      return 0;
    case 0x02: // BAD_OP_ERR
    case 0x03: // BAD_PARAM_ERR
    case 0x05: // BAD_RES_ERR
    case 0x09: // BAD_RES_STATE_ERR
    case 0x0a: // IX_ERR
    case 0x10: // BAD_QP_STATE_ERR
    case 0x30: // BAD_PKT_ERR
    case 0x40: // BAD_SIZE_OUTS_CQES_ERR
      return -ERRNO.EINVAL;
    case 0x06: // RES_BUSY
      return -ERRNO.EBUSY;
    case 0x07: // NOT_READY
    case 0x0f: // NO_RES_ERR
      return -ERRNO.EAGAIN;
    case 0x08: // LIM_ERR
      return -ERRNO.ENOMEM;
    default: // INT_ERR, SYS_ERR and everything unknown
      return -ERRNO.EIO;
  }
}

/** mlx5_cmd_exec(): {@linkcode Mlx5Core.cmd_do} with the status turned into an errno. */
export function cmd_exec(core: Mlx5Core, in_: Bytes, out: Bytes): number {
  const ret = core.cmd_do(in_, out);
  return ret === -ERRNO.EREMOTEIO ? cmd_status_to_err(out[0] ?? 0) : ret;
}

/** mlx5ctl_ops over one function's command interface. */
export function mlx5KernelOps(core: Mlx5Core): KernelOps<Mlx5Uctx> {
  return {
    device_type: FWCTL_DEVICE_TYPE.MLX5,
    open_uctx: () => openUctx(core),
    close_uctx: (uctx) => closeUctx(core, uctx),
    info: (uctx) => info(uctx),
    fw_rpc: (uctx, scope, in_, out_len) =>
      fwRpc(core, uctx, scope, in_, out_len),
  };
}

/** CREATE_UCTX: in 64 bytes with `uctx.cap` at 16, out 16 bytes with `uid` at 10. */
function openUctx(core: Mlx5Core): Mlx5Uctx | number {
  const uctx_caps = core.uctx_cap & MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES;
  const in_ = new DataView(new ArrayBuffer(64));
  const out = new DataView(new ArrayBuffer(16));
  in_.setUint16(0, MLX5_CMD_OP_CREATE_UCTX);
  in_.setUint32(16, uctx_caps);
  const ret = cmd_exec(
    core,
    new Uint8Array(in_.buffer),
    new Uint8Array(out.buffer),
  );
  if (ret) return ret;
  return { uctx_caps, uctx_uid: out.getUint16(10) };
}

/** DESTROY_UCTX: 16 bytes each way, `uid` at 10. A failure is not looked at. */
function closeUctx(core: Mlx5Core, uctx: Mlx5Uctx): void {
  const in_ = new DataView(new ArrayBuffer(16));
  in_.setUint16(0, MLX5_CMD_OP_DESTROY_UCTX);
  in_.setUint16(10, uctx.uctx_uid);
  cmd_exec(core, new Uint8Array(in_.buffer), new Uint8Array(16));
}

/** struct fwctl_info_mlx5: uid and uctx_caps, 32 bits each, the CPU's byte order. */
function info(uctx: Mlx5Uctx): { data: Bytes; length: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, uctx.uctx_uid, true);
  view.setUint32(4, uctx.uctx_caps, true);
  return { data: new Uint8Array(view.buffer), length: 8 };
}

function fwRpc(
  core: Mlx5Core,
  uctx: Mlx5Uctx,
  scope: number,
  in_: Bytes,
  out_len: number,
): { out: Bytes; out_len: number } | number {
  if (in_.length < HEADER_BYTES || out_len < HEADER_BYTES) {
    return -ERRNO.EMSGSIZE;
  }
  const request = new DataView(in_.buffer, in_.byteOffset, in_.byteLength);
  const least = leastScope(request.getUint16(0), request.getUint16(6));
  if (least === undefined || scope < least) return -ERRNO.EBADMSG;

  // A caller can put any uid there; only its own context's goes out.
  request.setUint16(2, uctx.uctx_uid);
  const out = new Uint8Array(out_len);
  const ret = core.cmd_do(in_, out);
  // -EREMOTEIO: executed, and the status is in out for the caller to read.
  if (ret && ret !== -ERRNO.EREMOTEIO) return ret;
  return { out, out_len };
}
