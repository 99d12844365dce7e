/**
 * The message of pds as user space sends it, and the numbers around it.
 *
 * Source: include/uapi/fwctl/pds.h and include/linux/pds/pds_adminq.h (Linux
 * 7.2). All numbers are little endian.
 *
 * @module
 */
import { FWCTL_RPC_SCOPE, type Member } from "../../../lib/uapi/fwctl.ts";

/** struct fwctl_rpc_pds, 48 bytes. `*_payload` are addresses in the caller's memory. */
export const fwctl_rpc_pds = {
  sizeof: 48,
  in_op: { offset: 0, size: 4 },
  in_ep: { offset: 4, size: 4 },
  in_rsvd: { offset: 8, size: 4 },
  in_len: { offset: 12, size: 4 },
  in_payload: { offset: 16, size: 8 },
  out_retval: { offset: 24, size: 4 },
  out_rsvd: { offset: 28, size: 8 },
  out_len: { offset: 36, size: 4 },
  out_payload: { offset: 40, size: 8 },
} as const satisfies Record<string, Member | number>;

/** enum pds_fwctl_capabilities: the numbers of bits by its name, values as the driver uses it. */
export const PDS_FWCTL_CAP = {
  PDS_FWCTL_QUERY_CAP: 0,
  PDS_FWCTL_SEND_CAP: 1,
} as const;

/** What a firmware says of an operation: PDSFC_FW_CMD_ATTR_*. */
export const PDSFC_FW_CMD_ATTR = {
  READ: 0x00,
  DEBUG_READ: 0x02,
  WRITE: 0x04,
  DEBUG_WRITE: 0x08,
  SYNC: 0x10,
} as const;

/** PDS_FWCTL_RPC_OPCODE_GET_CMD: bits 0..15 of an operation. */
export function opcodeCmd(op: number): number {
  return op & 0xffff;
}

/** PDS_FWCTL_RPC_OPCODE_GET_VER: bits 16..23 of an operation. */
export function opcodeVer(op: number): number {
  return op >>> 16 & 0xff;
}

/**
 * PDS_FWCTL_RPC_OPCODE_CMP: whether a requested operation is one that the
 * firmware lists. The command must be the same and the version not newer; bits
 * 24..31 of both are not looked at.
 */
export function opcodeMatches(requested: number, listed: number): boolean {
  return opcodeCmd(requested) === opcodeCmd(listed) &&
    opcodeVer(requested) <= opcodeVer(listed);
}

/** Least scope number of an operation with this attribute; 3 for any attribute the driver does not know. */
export function attributeScope(attribute: number): number {
  switch (attribute) {
    case PDSFC_FW_CMD_ATTR.READ:
    case PDSFC_FW_CMD_ATTR.WRITE:
    case PDSFC_FW_CMD_ATTR.SYNC:
      return FWCTL_RPC_SCOPE.FWCTL_RPC_CONFIGURATION;
    case PDSFC_FW_CMD_ATTR.DEBUG_READ:
      return FWCTL_RPC_SCOPE.FWCTL_RPC_DEBUG_READ_ONLY;
    case PDSFC_FW_CMD_ATTR.DEBUG_WRITE:
      return FWCTL_RPC_SCOPE.FWCTL_RPC_DEBUG_WRITE;
    default:
      return FWCTL_RPC_SCOPE.FWCTL_RPC_DEBUG_WRITE_FULL;
  }
}
