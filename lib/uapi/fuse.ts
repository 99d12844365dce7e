/**
 * As much of the FUSE and CUSE protocol as a character device needs, under the
 * kernel's own names.
 *
 * Source: include/uapi/linux/fuse.h (7.46 in Linux 7.3) and fs/fuse/cuse.c. All
 * numbers are in the CPU's byte order, which is little endian on every machine
 * Deno runs on.
 *
 * @module
 */
import type { Member } from "./fwctl.ts";

/** FUSE_KERNEL_VERSION: the major number of the protocol. */
export const FUSE_KERNEL_VERSION = 7;
/** The oldest minor number whose iovecs look as ours do: Linux 2.6.39. */
export const FUSE_OLDEST_MINOR = 16;
/** The minor number we speak. Nothing of what came later is used. */
export const FUSE_OUR_MINOR = 36;

/** enum fuse_opcode, those that a character device can see. */
export const FUSE_OPCODE = {
  FUSE_FORGET: 2,
  FUSE_OPEN: 14,
  FUSE_READ: 15,
  FUSE_WRITE: 16,
  FUSE_RELEASE: 18,
  FUSE_INTERRUPT: 36,
  FUSE_IOCTL: 39,
  FUSE_POLL: 40,
  FUSE_BATCH_FORGET: 42,
  CUSE_INIT: 4096,
} as const;

/** CUSE_UNRESTRICTED_IOCTL: the server says which memory an ioctl is about. */
export const CUSE_UNRESTRICTED_IOCTL: number = 1 << 0;
/** FUSE_IOCTL_COMPAT: a 32-bit program called. */
export const FUSE_IOCTL_COMPAT: number = 1 << 0;
/** FUSE_IOCTL_RETRY: the answer is a list of iovecs to come back with. */
export const FUSE_IOCTL_RETRY: number = 1 << 2;
/** FUSE_DEFAULT_MAX_PAGES_PER_REQ in bytes: what one round carries in, and out. */
export const FUSE_MAX_ROUND: number = 32 * 4096;
/** FUSE_MIN_READ_BUFFER: the least a read of the channel must have room for. */
export const FUSE_MIN_READ_BUFFER = 8192;

type Struct = Record<string, Member | number>;

/** struct fuse_in_header, 40 bytes. */
export const fuse_in_header = {
  sizeof: 40,
  len: { offset: 0, size: 4 },
  opcode: { offset: 4, size: 4 },
  unique: { offset: 8, size: 8 },
  nodeid: { offset: 16, size: 8 },
  uid: { offset: 24, size: 4 },
  gid: { offset: 28, size: 4 },
  pid: { offset: 32, size: 4 },
  total_extlen: { offset: 36, size: 2 },
} as const satisfies Struct;

/** struct fuse_out_header, 16 bytes. */
export const fuse_out_header = {
  sizeof: 16,
  len: { offset: 0, size: 4 },
  error: { offset: 4, size: 4 },
  unique: { offset: 8, size: 8 },
} as const satisfies Struct;

/** struct cuse_init_in, 16 bytes. */
export const cuse_init_in = {
  sizeof: 16,
  major: { offset: 0, size: 4 },
  minor: { offset: 4, size: 4 },
  flags: { offset: 12, size: 4 },
} as const satisfies Struct;

/** struct cuse_init_out, 72 bytes; the device's info follows. */
export const cuse_init_out = {
  sizeof: 72,
  major: { offset: 0, size: 4 },
  minor: { offset: 4, size: 4 },
  flags: { offset: 12, size: 4 },
  max_read: { offset: 16, size: 4 },
  max_write: { offset: 20, size: 4 },
  dev_major: { offset: 24, size: 4 },
  dev_minor: { offset: 28, size: 4 },
} as const satisfies Struct;

/** struct fuse_open_in, 8 bytes. */
export const fuse_open_in = {
  sizeof: 8,
  flags: { offset: 0, size: 4 },
} as const satisfies Struct;

/** struct fuse_open_out, 16 bytes. */
export const fuse_open_out = {
  sizeof: 16,
  fh: { offset: 0, size: 8 },
} as const satisfies Struct;

/** struct fuse_release_in, 24 bytes. */
export const fuse_release_in = {
  sizeof: 24,
  fh: { offset: 0, size: 8 },
} as const satisfies Struct;

/** struct fuse_ioctl_in, 32 bytes; `in_size` bytes of the caller's follow. */
export const fuse_ioctl_in = {
  sizeof: 32,
  fh: { offset: 0, size: 8 },
  flags: { offset: 8, size: 4 },
  cmd: { offset: 12, size: 4 },
  arg: { offset: 16, size: 8 },
  in_size: { offset: 24, size: 4 },
  out_size: { offset: 28, size: 4 },
} as const satisfies Struct;

/** struct fuse_ioctl_out, 16 bytes; data or iovecs follow. */
export const fuse_ioctl_out = {
  sizeof: 16,
  result: { offset: 0, size: 4 },
  flags: { offset: 4, size: 4 },
  in_iovs: { offset: 8, size: 4 },
  out_iovs: { offset: 12, size: 4 },
} as const satisfies Struct;

/** struct fuse_ioctl_iovec, 16 bytes. */
export const fuse_ioctl_iovec = {
  sizeof: 16,
  base: { offset: 0, size: 8 },
  len: { offset: 8, size: 8 },
} as const satisfies Struct;
