/**
 * The kernel side of pds as TypeScript: what drivers/fwctl/pds/main.c does
 * between the fwctl core and pds_core's admin queue.
 *
 * Unlike its sisters this driver remembers something of its own: what the
 * firmware offers, asked for at probe (endpoints) and at an endpoint's first
 * use (operations). All integers of the messages are little endian.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KernelOps, UserMemory } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import {
  attributeScope,
  fwctl_rpc_pds,
  opcodeMatches,
  PDS_FWCTL_CAP,
} from "./tables/rpc.ts";

/** struct pds_fwctl_ident, as far as the driver looks at it. */
export interface PdsIdent {
  /** Longest request payload, bytes. */
  readonly max_req_sz: number;
  /** Longest response payload, bytes. */
  readonly max_resp_sz: number;
}

/** struct pds_fwctl_query_data_operation. */
export interface PdsOperation {
  /** Command in bits 0..15, newest version understood in bits 16..23. */
  readonly id: number;
  /** PDSFC_FW_CMD_ATTR_*, 8 bits; `scope` of the kernel's struct before it is translated. */
  readonly attribute: number;
}

/** struct pds_fwctl_rpc_cmd. */
export interface PdsRpcCmd {
  /** Endpoint, one of those queried. */
  readonly ep: number;
  /** Operation as the caller sent it, all 32 bits. */
  readonly op: number;
  /** Request payload; must not be kept. */
  readonly req: Bytes;
  /** Response payload, zero; the firmware fills it in. */
  readonly resp: Bytes;
}

/**
 * pds_client_adminq_cmd() of pds_core, one method for each command the driver
 * sends. Each may answer with a negated errno instead.
 */
export interface PdsCore {
  /** PDS_FWCTL_CMD_IDENT. */
  ident(): PdsIdent | number;
  /** PDS_FWCTL_CMD_QUERY of PDS_FWCTL_RPC_ROOT: the endpoints. */
  query_endpoints(): readonly number[] | number;
  /** PDS_FWCTL_CMD_QUERY of PDS_FWCTL_RPC_ENDPOINT. */
  query_operations(ep: number): readonly PdsOperation[] | number;
  /** PDS_FWCTL_CMD_RPC: `err` is what the caller gets as `out.retval`. */
  rpc(cmd: PdsRpcCmd): { readonly err: number } | number;
}

/** struct pdsfc_uctx: what the driver keeps for one open file. */
export interface PdsUctx {
  /** What FWCTL_INFO was meant to tell. */
  readonly uctx_caps: number;
}

/** Entries of 4 bytes after the head of 8 in the page a query fills. */
const MAX_ENDPOINTS = 1022;
/** Entries of 8 bytes there. */
const MAX_OPERATIONS = 511;
/** KMALLOC_MAX_SIZE with pages of 4096 bytes; only a firmware with huge limits lets a caller reach it. */
const KMALLOC_MAX_SIZE = 4 << 20;

/** struct pdsfc_dev: one bound device. */
interface PdsfcDev {
  readonly core: PdsCore;
  readonly ident: PdsIdent;
  readonly endpoints: ReadonlySet<number>;
  /** By endpoint, from its first use on. `scope` is the kernel's number. */
  readonly operations: Map<number, readonly Operation[]>;
  readonly caps: number;
}

interface Operation {
  readonly id: number;
  readonly scope: number;
}

/** struct fwctl_rpc_pds, decoded. */
interface Rpc {
  readonly op: number;
  readonly ep: number;
  readonly in_len: number;
  readonly in_payload: bigint;
  readonly out_len: number;
  readonly out_payload: bigint;
}

/**
 * pdsfc_probe(): asks the firmware for its limits and its endpoints. To be
 * called at every bind, as what the ops remember does not outlive an unbind.
 *
 * @returns pdsfc_ops of the device now bound, or the admin queue's negated
 *   errno, when no fwctl device appears
 */
export function pdsfc_probe(core: PdsCore): KernelOps<PdsUctx> | number {
  const ident = core.ident();
  if (typeof ident === "number") return ident;
  const endpoints = core.query_endpoints();
  if (typeof endpoints === "number") return endpoints;
  const { PDS_FWCTL_QUERY_CAP, PDS_FWCTL_SEND_CAP } = PDS_FWCTL_CAP;
  return pdsfcOps({
    core,
    ident,
    endpoints: new Set(endpoints.slice(0, MAX_ENDPOINTS)),
    operations: new Map(),
    // The kernel takes the numbers of the bits for masks: this is 1.
    caps: PDS_FWCTL_QUERY_CAP | PDS_FWCTL_SEND_CAP,
  });
}

function pdsfcOps(pdsfc: PdsfcDev): KernelOps<PdsUctx> {
  return {
    device_type: FWCTL_DEVICE_TYPE.PDS,
    open_uctx: () => ({ uctx_caps: pdsfc.caps }),
    close_uctx: () => {},
    info: (uctx) => info(uctx),
    fw_rpc: (_uctx, scope, in_, _out_len, memory) =>
      fwRpc(pdsfc, scope, in_, memory),
  };
}

/**
 * struct fwctl_info_pds: uctx_caps, 32 bits. The driver never says how long it
 * is, so nobody ever gets to see it.
 */
function info({ uctx_caps }: PdsUctx): { data: Bytes; length: number } {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, uctx_caps, true);
  return { data: new Uint8Array(view.buffer), length: 0 };
}

/** The answer is the request itself with `retval` filled in; the core's out_len plays no part. */
function fwRpc(
  pdsfc: PdsfcDev,
  scope: number,
  in_: Bytes,
  memory: UserMemory,
): { out: Bytes; out_len: number } | number {
  if (in_.length < fwctl_rpc_pds.sizeof) return -ERRNO.EINVAL;
  const view = new DataView(in_.buffer, in_.byteOffset, in_.byteLength);
  const rpc = decode(view);
  const refused = validateRpc(pdsfc, rpc, scope);
  if (refused) return refused;

  const req = requestPayload(rpc, memory);
  if (typeof req === "number") return req;
  if (rpc.out_len > KMALLOC_MAX_SIZE) return -ERRNO.ENOMEM;
  const resp = new Uint8Array(rpc.out_len);
  const comp = pdsfc.core.rpc({ ep: rpc.ep, op: rpc.op, req, resp });
  if (typeof comp === "number") return comp;

  // The firmware has run: a fault here does not undo anything. Without a
  // response the pointer is not looked at.
  if (resp.length > 0 && !memory.write(rpc.out_payload, resp)) {
    return -ERRNO.EFAULT;
  }
  view.setUint32(fwctl_rpc_pds.out_retval.offset, comp.err, true);
  return { out: in_, out_len: in_.length };
}

function decode(view: DataView): Rpc {
  const u32 = (member: { offset: number }) =>
    view.getUint32(member.offset, true);
  const u64 = (member: { offset: number }) =>
    view.getBigUint64(member.offset, true);
  return {
    op: u32(fwctl_rpc_pds.in_op),
    ep: u32(fwctl_rpc_pds.in_ep),
    in_len: u32(fwctl_rpc_pds.in_len),
    in_payload: u64(fwctl_rpc_pds.in_payload),
    out_len: u32(fwctl_rpc_pds.out_len),
    out_payload: u64(fwctl_rpc_pds.out_payload),
  };
}

/** pdsfc_validate_rpc. Returns 0 or a negated errno. */
function validateRpc(pdsfc: PdsfcDev, rpc: Rpc, scope: number): number {
  if (rpc.in_len > pdsfc.ident.max_req_sz) return -ERRNO.EINVAL;
  if (rpc.out_len > pdsfc.ident.max_resp_sz) return -ERRNO.EINVAL;
  if (!pdsfc.endpoints.has(rpc.ep)) return -ERRNO.EINVAL;
  const operations = operationsOf(pdsfc, rpc.ep);
  if (!operations) return -ERRNO.ENOMEM;
  // The first that fits decides, even where a later one asks for less.
  const operation = operations.find(({ id }) => opcodeMatches(rpc.op, id));
  if (!operation) return -ERRNO.EINVAL;
  return scope < operation.scope ? -ERRNO.EPERM : 0;
}

/** An endpoint's operations, asked for until the firmware has answered once. */
function operationsOf(
  pdsfc: PdsfcDev,
  ep: number,
): readonly Operation[] | undefined {
  const cached = pdsfc.operations.get(ep);
  if (cached) return cached;
  const answer = pdsfc.core.query_operations(ep);
  // Whatever it was that failed, the caller only hears ENOMEM.
  if (typeof answer === "number") return undefined;
  const operations = answer.slice(0, MAX_OPERATIONS)
    .map(({ id, attribute }) => ({ id, scope: attributeScope(attribute) }));
  pdsfc.operations.set(ep, operations);
  return operations;
}

/** memdup_user of the request payload, before anything is sent. */
function requestPayload(rpc: Rpc, memory: UserMemory): Bytes | number {
  if (rpc.in_len === 0) return new Uint8Array();
  if (rpc.in_len > KMALLOC_MAX_SIZE) return -ERRNO.ENOMEM;
  return memory.read(rpc.in_payload, rpc.in_len) ?? -ERRNO.EFAULT;
}
