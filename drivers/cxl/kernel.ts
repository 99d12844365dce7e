/**
 * The kernel side of CXL as TypeScript: what drivers/cxl/core/features.c of
 * Linux 7.2 does between the fwctl core and a memory device's mailbox.
 *
 * A request is struct fwctl_rpc_cxl: opcode, flags, op_size and reserved1, 32
 * bits each, then `op_size` bytes of payload. An answer is struct
 * fwctl_rpc_cxl_out: size and retval, 32 bits each, then the payload. All
 * integers are little endian; errors are negated errno numbers.
 *
 * @module
 */
import { type Bytes, toHex } from "../../lib/bytes.ts";
import type { KernelOps } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import {
  cxl_get_feature,
  cxl_set_feature,
  type CxlMailbox,
  type FeatureResult,
  GET_FEAT_IN_LEN,
  SET_FEAT_HDR_LEN,
} from "./mailbox.ts";
import {
  type CxlFeaturesState,
  devm_cxl_setup_features,
} from "./supported_features.ts";
import {
  cxl_feat_entry,
  CXL_FEATURE_F,
  CXL_FEATURES,
  CXL_MBOX_CMD_RC,
  CXL_MBOX_OP,
  exclusiveFeature,
  setFeatureScope,
} from "./tables/features.ts";

/** CXL keeps nothing for an open file. */
export type CxlUctx = Record<string, never>;

/** Bytes of struct fwctl_rpc_cxl_hdr. */
const RPC_HDR_LEN = 16;
/** Where the payload of struct fwctl_rpc_cxl_out begins. */
const OUT_PAYLOAD = 8;
/**
 * sizeof(struct fwctl_rpc_cxl_out): with the 8 bytes of the Supported Features
 * header in its union, so every length the kernel reports is 8 too large.
 */
const OUT_SIZEOF = 16;
/** Bytes of struct cxl_mbox_get_sup_feats_in. */
const GET_SUP_FEATS_IN_LEN = 8;
/** Bytes of struct cxl_mbox_get_sup_feats_out without its entries. */
const SUP_FEATS_HDR_LEN = 8;
const UUID_LEN = 16;

type Answer = { out: Bytes; out_len: number };

/** A request whose header was looked at. */
interface Request {
  /** The payload, cut to `op_size`. */
  readonly payload: Bytes;
  /** The same, for its integers. */
  readonly view: DataView;
  /** Room for the answer. */
  readonly out_len: number;
}

/**
 * cxlctl_ops over one device's mailbox, once its features were read, as at
 * probe (devm_cxl_setup_features and devm_cxl_setup_fwctl).
 *
 * @returns the ops, or -ENODEV when such a device gets no fwctl device: it has
 *   no feature commands, lists nothing sensible, or only features that are
 *   exclusive to the kernel
 */
export function cxlKernelOps(mbox: CxlMailbox): KernelOps<CxlUctx> | number {
  const state = devm_cxl_setup_features(mbox);
  if (typeof state === "number" || state.num_user_features === 0) {
    return -ERRNO.ENODEV;
  }
  return {
    device_type: FWCTL_DEVICE_TYPE.CXL,
    open_uctx: () => ({}),
    close_uctx: () => {},
    fw_rpc: (_uctx, scope, in_, out_len) => fwRpc(state, scope, in_, out_len),
  };
}

function fwRpc(
  state: CxlFeaturesState,
  scope: number,
  in_: Bytes,
  out_len: number,
): Answer | number {
  if (in_.length < RPC_HDR_LEN) return -ERRNO.EINVAL;
  const header = new DataView(in_.buffer, in_.byteOffset, in_.byteLength);
  const op_size = header.getUint32(8, true);
  if (op_size > in_.length - RPC_HDR_LEN) return -ERRNO.EINVAL;
  // 32 bits in the request, 16 in the driver: 0x10500 is 0x500.
  const opcode = header.getUint16(0, true);
  const payload = in_.subarray(RPC_HDR_LEN, RPC_HDR_LEN + op_size);
  const view = new DataView(
    payload.buffer,
    payload.byteOffset,
    payload.byteLength,
  );
  const request: Request = { payload, view, out_len };
  const { feat_cap } = state.mbox;
  switch (opcode) {
    case CXL_MBOX_OP.GET_SUPPORTED_FEATURES:
      return getSupportedFeatures(state, request);
    case CXL_MBOX_OP.GET_FEATURE:
      return getFeature(state, request);
    case CXL_MBOX_OP.SET_FEATURE:
      if (feat_cap < CXL_FEATURES.RW) return -ERRNO.EINVAL;
      if (!maySet(state, scope, payload)) return -ERRNO.EINVAL;
      return setFeature(state, request);
    default:
      return -ERRNO.EINVAL;
  }
}

/** cxlctl_validate_set_features(): by the entry the device gave at probe. */
function maySet(
  state: CxlFeaturesState,
  scope: number,
  payload: Bytes,
): boolean {
  if (payload.length < UUID_LEN) return false;
  const uuid = toHex(payload.subarray(0, UUID_LEN));
  const entry = state.entries.find((entry) => entry.uuid === uuid);
  if (!entry) return false;
  const view = new DataView(entry.bytes.buffer, entry.bytes.byteOffset);
  const least = setFeatureScope(
    view.getUint32(cxl_feat_entry.flags, true),
    view.getUint16(cxl_feat_entry.effects, true),
  );
  return least !== undefined && scope >= least;
}

/** Answered from what was read at probe; the caller's room is not looked at. */
function getSupportedFeatures(
  { entries }: CxlFeaturesState,
  { payload, view }: Request,
): Answer | number {
  if (payload.length !== GET_SUP_FEATS_IN_LEN) return -ERRNO.EINVAL;
  const start = view.getUint16(4, true);
  if (start >= entries.length) return -ERRNO.EINVAL;
  // Whole entries; the header's 8 bytes are not taken off.
  const asked = Math.floor(view.getUint32(0, true) / cxl_feat_entry.sizeof);
  const found = entries.slice(start, start + asked);
  const size = SUP_FEATS_HDR_LEN + found.length * cxl_feat_entry.sizeof;
  const out = new Uint8Array(OUT_SIZEOF + size);
  const answer = new DataView(out.buffer);
  answer.setUint32(0, size, true);
  answer.setUint32(4, CXL_MBOX_CMD_RC.SUCCESS, true);
  answer.setUint16(8, found.length, true);
  answer.setUint16(10, entries.length, true);
  let at = OUT_PAYLOAD + SUP_FEATS_HDR_LEN;
  for (const { uuid, bytes } of found) {
    out.set(bytes, at);
    if (exclusiveFeature(uuid) !== undefined) hideChangeable(answer, at);
    at += cxl_feat_entry.sizeof;
  }
  return { out, out_len: out.length };
}

/** An exclusive feature is listed as one that cannot be set. */
function hideChangeable(view: DataView, entry: number): void {
  const at = entry + cxl_feat_entry.flags;
  const flags = view.getUint32(at, true) & ~CXL_FEATURE_F.CHANGEABLE;
  view.setUint32(at, flags, true);
  view.setUint16(entry + cxl_feat_entry.set_feat_size, 0, true);
}

function getFeature(
  { mbox }: CxlFeaturesState,
  { payload, view, out_len }: Request,
): Answer | number {
  if (payload.length !== GET_FEAT_IN_LEN) return -ERRNO.EINVAL;
  const count = view.getUint16(18, true);
  if (count === 0) return -ERRNO.EINVAL;
  if (out_len < OUT_PAYLOAD || count > out_len - OUT_PAYLOAD) {
    return -ERRNO.EINVAL;
  }
  const out = new Uint8Array(out_len);
  const read = {
    uuid: payload.subarray(0, UUID_LEN),
    offset: view.getUint16(16, true),
    selection: view.getUint8(20),
  };
  const result = cxl_get_feature(mbox, read, out.subarray(OUT_PAYLOAD), count);
  return answered(out, result, count);
}

function setFeature(
  { mbox }: CxlFeaturesState,
  { payload, view, out_len }: Request,
): Answer | number {
  if (payload.length <= SET_FEAT_HDR_LEN) return -ERRNO.EINVAL;
  const uuid = payload.subarray(0, UUID_LEN);
  if (exclusiveFeature(toHex(uuid)) !== undefined) return -ERRNO.EPERM;
  if (out_len < OUT_PAYLOAD) return -ERRNO.EINVAL;
  const write = {
    uuid,
    flags: view.getUint32(16, true),
    offset: view.getUint16(20, true),
    version: view.getUint8(22),
  };
  const data = payload.subarray(SET_FEAT_HDR_LEN);
  const result = cxl_set_feature(mbox, write, data);
  return answered(new Uint8Array(out_len), result, 0);
}

/** The header of an answer; a refusal of the device is one too, and has size 0. */
function answered(
  out: Bytes,
  { done, return_code }: FeatureResult,
  count: number,
): Answer {
  const size = done ? count : 0;
  const view = new DataView(out.buffer);
  view.setUint32(0, size, true);
  view.setUint32(4, return_code, true);
  return { out, out_len: OUT_SIZEOF + size };
}
