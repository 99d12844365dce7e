/**
 * The fwctl ABI under the kernel's own names.
 *
 * Source: include/uapi/fwctl/fwctl.h. All numbers are in the CPU's byte order,
 * which is little endian on every machine Deno runs on.
 *
 * @module
 */

/** `_IO(0x9A, 0)`: struct {@linkcode fwctl_info}. */
export const FWCTL_INFO = 0x9a00;
/** `_IO(0x9A, 1)`: struct {@linkcode fwctl_rpc}. */
export const FWCTL_RPC = 0x9a01;
/** Longest request and longest response the core accepts, in bytes. */
export const MAX_RPC_LEN: number = 2 << 20;

/** enum fwctl_device_type. */
export const FWCTL_DEVICE_TYPE = {
  ERROR: 0,
  MLX5: 1,
  CXL: 2,
  BNXT: 3,
  PDS: 4,
} as const;

/** Offset and width in bytes of a struct member. */
export interface Member {
  /** Bytes from the start of the struct. */
  readonly offset: number;
  /** Width in bytes. */
  readonly size: number;
}

/** struct fwctl_info, 24 bytes. */
export const fwctl_info = {
  sizeof: 24,
  size: { offset: 0, size: 4 },
  flags: { offset: 4, size: 4 },
  out_device_type: { offset: 8, size: 4 },
  device_data_len: { offset: 12, size: 4 },
  out_device_data: { offset: 16, size: 8 },
} as const satisfies Record<string, Member | number>;

/** struct fwctl_rpc, 32 bytes. */
export const fwctl_rpc = {
  sizeof: 32,
  size: { offset: 0, size: 4 },
  scope: { offset: 4, size: 4 },
  in_len: { offset: 8, size: 4 },
  out_len: { offset: 12, size: 4 },
  in: { offset: 16, size: 8 },
  out: { offset: 24, size: 8 },
} as const satisfies Record<string, Member | number>;

/** enum fwctl_rpc_scope, by the kernel's names. */
export const FWCTL_RPC_SCOPE = {
  FWCTL_RPC_CONFIGURATION: 0,
  FWCTL_RPC_DEBUG_READ_ONLY: 1,
  FWCTL_RPC_DEBUG_WRITE: 2,
  FWCTL_RPC_DEBUG_WRITE_FULL: 3,
} as const;

/** A scope label as users write it, in rising order of what it lets through. */
export const SCOPES = [
  "configuration",
  "debug-read-only",
  "debug-write",
  "debug-write-full",
] as const;

/** A scope label. `SCOPES.indexOf(scope)` is the kernel's number. */
export type Scope = typeof SCOPES[number];

/** The kernel's number of a scope label. */
export function scopeNumber(scope: Scope): number {
  return SCOPES.indexOf(scope);
}

/** Whether a request sent with this label taints the kernel (TAINT_FWCTL, `J`). */
export function scopeTaints(scope: Scope): boolean {
  return scopeNumber(scope) >= FWCTL_RPC_SCOPE.FWCTL_RPC_DEBUG_WRITE;
}

/** Bit of TAINT_FWCTL in /proc/sys/kernel/tainted. */
export const TAINT_FWCTL = 19;
