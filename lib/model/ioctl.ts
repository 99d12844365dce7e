/**
 * FWCTL_INFO and FWCTL_RPC of the modelled fwctl core, every check in the
 * kernel's order: fwctl_fops_ioctl, fwctl_cmd_info and fwctl_cmd_rpc of
 * drivers/fwctl/main.c, copy_struct_from_user of include/linux/uaccess.h.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { ERRNO } from "../uapi/errno.ts";
import {
  FWCTL_INFO,
  fwctl_info,
  FWCTL_RPC,
  fwctl_rpc,
  FWCTL_RPC_SCOPE,
  MAX_RPC_LEN,
} from "../uapi/fwctl.ts";
import type { Caller, FwctlContext, FwctlCore } from "./core.ts";
import type { KernelOps, UserMemory } from "./types.ts";

/** Who calls, and with what. */
export interface FwctlCall {
  /** The open file's context. */
  readonly context: FwctlContext;
  /** Whether the caller holds CAP_SYS_RAWIO; asked where scope 3 wants it. */
  readonly capSysRawio: boolean | (() => boolean);
  /** Who calls, where that is not the program the core was made for. */
  readonly caller?: () => Caller;
  /** The ioctl's argument. */
  readonly arg: bigint;
  /** The caller's memory. */
  readonly memory: UserMemory;
}

/** A call whose struct was copied in; `ops` is the driver that is still there. */
interface Command extends FwctlCall {
  readonly core: FwctlCore;
  readonly ops: KernelOps;
  readonly buffer: Bytes;
  readonly struct: DataView;
}

const PAGE_SIZE = 4096;

/** fwctl_fops_ioctl. Returns 0 or a negated errno, ENOTTY for other numbers. */
export function fwctlIoctl(
  core: FwctlCore,
  cmd: number,
  call: FwctlCall,
): number {
  if (cmd !== FWCTL_INFO && cmd !== FWCTL_RPC) return -ERRNO.ENOTTY;
  const { sizeof } = cmd === FWCTL_INFO ? fwctl_info : fwctl_rpc;
  const buffer = copyStructFromUser(call.memory, call.arg, sizeof);
  if (typeof buffer === "number") return buffer;

  const { device } = call.context;
  const { ops } = device;
  if (!ops) return -ERRNO.ENODEV;
  const struct = new DataView(buffer.buffer);
  const command: Command = { ...call, core, ops, buffer, struct };
  return core.call(
    device,
    () => cmd === FWCTL_INFO ? cmdInfo(command) : cmdRpc(command),
  );
}

/**
 * The known part of a struct that starts with its own size. A longer struct is
 * fine as long as what is beyond the known part is zero.
 */
function copyStructFromUser(
  memory: UserMemory,
  address: bigint,
  known: number,
): Bytes | number {
  const word = memory.read(address, 4);
  if (!word) return -ERRNO.EFAULT;
  const size = new DataView(word.buffer).getUint32(0, true);
  if (size < known) return -ERRNO.EINVAL;
  const tail = checkZeroed(memory, address + BigInt(known), size - known);
  if (tail) return tail;
  return memory.read(address, known) ?? -ERRNO.EFAULT;
}

/** check_zeroed_user: E2BIG at the first byte that is not zero, EFAULT at the first unmapped. */
function checkZeroed(
  memory: UserMemory,
  address: bigint,
  length: number,
): number {
  const end = address + BigInt(length);
  for (let at = memory.zerosUpTo?.(address) ?? address; at < end;) {
    const rest = Number(end - at);
    const toPageEnd = PAGE_SIZE - Number(at % BigInt(PAGE_SIZE));
    const chunk = Math.min(rest, toPageEnd);
    const bytes = memory.read(at, chunk);
    if (!bytes) return checkZeroedBytes(memory, at, chunk);
    // A loop, not some(): the tail may be the 4 GiB that a size word can say.
    for (let i = 0; i < chunk; i++) if (bytes[i] !== 0) return -ERRNO.E2BIG;
    at += BigInt(chunk);
  }
  return 0;
}

/** The same for a stretch that faults somewhere: a mapping may end inside a page here. */
function checkZeroedBytes(
  memory: UserMemory,
  address: bigint,
  length: number,
): number {
  for (let i = 0; i < length; i++) {
    const byte = memory.read(address + BigInt(i), 1);
    if (!byte) return -ERRNO.EFAULT;
    if (byte[0] !== 0) return -ERRNO.E2BIG;
  }
  return 0;
}

/** ucmd_respond: the known part goes back. */
function respond({ memory, arg, buffer }: Command): number {
  return memory.write(arg, buffer) ? 0 : -ERRNO.EFAULT;
}

function cmdInfo(command: Command): number {
  const { struct, memory, ops, context } = command;
  if (struct.getUint32(fwctl_info.flags.offset, true)) {
    return -ERRNO.EOPNOTSUPP;
  }
  const room = struct.getUint32(fwctl_info.device_data_len.offset, true);
  const to = struct.getBigUint64(fwctl_info.out_device_data.offset, true);
  let length = 0;
  if (room > 0) {
    const info = ops.info?.(context.driver);
    if (typeof info === "number") return info;
    length = info?.length ?? 0;
    const data = info?.data.subarray(0, Math.min(length, room)) ??
      new Uint8Array();
    if (!memory.write(to, data)) return -ERRNO.EFAULT;
    if (!memory.clear(to + BigInt(data.length), room - data.length)) {
      return -ERRNO.EFAULT;
    }
  }
  struct.setUint32(fwctl_info.out_device_type.offset, ops.device_type, true);
  struct.setUint32(fwctl_info.device_data_len.offset, length, true);
  return respond(command);
}

function capable({ capSysRawio }: Command): boolean {
  return typeof capSysRawio === "boolean" ? capSysRawio : capSysRawio();
}

function cmdRpc(command: Command): number {
  const { struct, memory, ops, core, context } = command;
  const in_len = struct.getUint32(fwctl_rpc.in_len.offset, true);
  const out_len = struct.getUint32(fwctl_rpc.out_len.offset, true);
  if (in_len > MAX_RPC_LEN || out_len > MAX_RPC_LEN) return -ERRNO.EMSGSIZE;

  const scope = struct.getUint32(fwctl_rpc.scope.offset, true);
  if (scope > FWCTL_RPC_SCOPE.FWCTL_RPC_DEBUG_WRITE_FULL) {
    return -ERRNO.EOPNOTSUPP;
  }
  if (
    scope === FWCTL_RPC_SCOPE.FWCTL_RPC_DEBUG_WRITE_FULL && !capable(command)
  ) {
    return -ERRNO.EPERM;
  }
  // Before anything is read or asked of the driver: a refused request taints too.
  if (scope >= FWCTL_RPC_SCOPE.FWCTL_RPC_DEBUG_WRITE) {
    core.taint(context.device, command.caller);
  }

  const from = struct.getBigUint64(fwctl_rpc.in.offset, true);
  const in_ = memory.read(from, in_len);
  if (!in_) return -ERRNO.EFAULT;
  const answer = ops.fw_rpc(context.driver, scope, in_, out_len, memory);
  if (typeof answer === "number") return answer;

  // The firmware has run: a fault from here on does not undo anything.
  const to = struct.getBigUint64(fwctl_rpc.out.offset, true);
  const copied = answer.out.subarray(0, Math.min(out_len, answer.out_len));
  if (!memory.write(to, copied)) return -ERRNO.EFAULT;
  struct.setUint32(fwctl_rpc.out_len.offset, answer.out_len, true);
  return respond(command);
}
