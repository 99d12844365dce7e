/**
 * What the kernel's file layer answers before a driver is asked: open flags and
 * the ioctl numbers of do_vfs_ioctl (fs/ioctl.c) on a character device in
 * devtmpfs.
 *
 * @module
 */
import { ERRNO } from "../uapi/errno.ts";
import type { UserMemory } from "./types.ts";

/** open(2) flags of x86-64 (asm-generic/fcntl.h); arm64 differs in O_DIRECT, O_DIRECTORY and O_NOFOLLOW. */
export const OPEN = {
  O_ACCMODE: 0o3,
  O_RDONLY: 0o0,
  O_WRONLY: 0o1,
  O_RDWR: 0o2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NONBLOCK: 0o4000,
  O_ASYNC: 0o20000,
  O_DIRECT: 0o40000,
  O_DIRECTORY: 0o200000,
  O_NOFOLLOW: 0o400000,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
  __O_TMPFILE: 0o20000000,
} as const;

/**
 * build_open_flags: the flags as the kernel goes on with them, or -EINVAL.
 * O_PATH drops all but O_DIRECTORY, O_NOFOLLOW and O_CLOEXEC.
 */
export function openFlags(flags: number): number {
  if (flags & OPEN.O_PATH) {
    return flags &
      (OPEN.O_PATH | OPEN.O_DIRECTORY | OPEN.O_NOFOLLOW | OPEN.O_CLOEXEC);
  }
  const directory = (flags & OPEN.O_DIRECTORY) !== 0;
  if (directory && flags & OPEN.O_CREAT) return -ERRNO.EINVAL;
  if (flags & OPEN.__O_TMPFILE) {
    if (!directory || (flags & OPEN.O_ACCMODE) === OPEN.O_RDONLY) {
      return -ERRNO.EINVAL;
    }
  }
  return flags;
}

/** FMODE_READ: access mode 3 has neither this nor the other. */
export function readable(flags: number): boolean {
  const mode = flags & OPEN.O_ACCMODE;
  return mode === OPEN.O_RDONLY || mode === OPEN.O_RDWR;
}

/** FMODE_WRITE. */
export function writable(flags: number): boolean {
  const mode = flags & OPEN.O_ACCMODE;
  return mode === OPEN.O_WRONLY || mode === OPEN.O_RDWR;
}

const FIGETBSZ = 0x2;
const FIONBIO = 0x5421;
const FIONCLEX = 0x5450;
const FIOCLEX = 0x5451;
const FIOASYNC = 0x5452;
const FIFREEZE = 0xc0045877;
const FITHAW = 0xc0045878;
const FS_IOC_FIEMAP = 0xc020660b;
const FS_IOC_SETFLAGS = 0x40086602;
const FS_IOC_FSSETXATTR = 0x401c5820;

const FICLONE = 0x40049409;
const FICLONERANGE = 0x4020940d;
const FIDEDUPERANGE = 0xc0189436;
const FS_IOC_GETFSUUID = 0x80111500;

/** Bits of fsx_xflags that 7.2 does not know, as measured. */
const UNKNOWN_XFLAGS = 0x7ff00004;
/** Longest struct file_dedupe_range; each destination in it takes 32 bytes after 24. */
const DEDUPE_LIMIT = 4096;
/** devtmpfs has blocks of a page. */
const BLOCK_SIZE = 4096;

/** The open file an ioctl is about: its flags can change. */
export interface FlaggedFile {
  /** file->f_flags. */
  flags: number;
}

/** An ioctl on its way through the file layer. */
export interface VfsCall {
  /** The open file. */
  readonly file: FlaggedFile;
  /** The number, 32 bits. */
  readonly cmd: number;
  /** The argument. */
  readonly arg: bigint;
  /** The caller's memory. */
  readonly memory: UserMemory;
  /** Whether the caller holds CAP_SYS_ADMIN. */
  readonly capSysAdmin: boolean;
  /** Whether a descriptor of the caller's is an open fwctl node. */
  isOpen(fd: number): boolean;
}

/**
 * do_vfs_ioctl.
 *
 * @returns 0 or a negated errno; undefined when the driver is to be asked
 */
export function vfsIoctl(call: VfsCall): number | undefined {
  const { cmd, arg, memory, capSysAdmin } = call;
  switch (cmd) {
    case FIOCLEX:
    case FIONCLEX:
      return 0;
    case FIONBIO:
    case FIOASYNC:
      return toggle(call);
    case FIGETBSZ: {
      const word = new Uint8Array(4);
      new DataView(word.buffer).setInt32(0, BLOCK_SIZE, true);
      return memory.write(arg, word) ? 0 : -ERRNO.EFAULT;
    }
    // struct fsuuid2: a length and 16 bytes, which differ with every boot.
    case FS_IOC_GETFSUUID:
      return memory.write(arg, Uint8Array.of(16, ...new Uint8Array(16)))
        ? 0
        : -ERRNO.EFAULT;
    case FIFREEZE:
      return capSysAdmin ? -ERRNO.EOPNOTSUPP : -ERRNO.EPERM;
    case FITHAW:
      return capSysAdmin ? -ERRNO.EINVAL : -ERRNO.EPERM;
    case FS_IOC_FIEMAP:
      return -ERRNO.EOPNOTSUPP;
    // These two read their argument before they find that there are no attributes.
    case FS_IOC_SETFLAGS:
      return memory.read(arg, 4) ? undefined : -ERRNO.EFAULT;
    case FS_IOC_FSSETXATTR: {
      const struct = memory.read(arg, 28);
      if (!struct) return -ERRNO.EFAULT;
      const xflags = new DataView(struct.buffer).getUint32(0, true);
      return xflags & UNKNOWN_XFLAGS ? -ERRNO.EOPNOTSUPP : undefined;
    }
    case FICLONE:
      return cloneFrom(call, BigInt.asUintN(32, arg));
    case FICLONERANGE: {
      const struct = memory.read(arg, 32);
      if (!struct) return -ERRNO.EFAULT;
      const source = new DataView(struct.buffer).getBigUint64(0, true);
      return cloneFrom(call, BigInt.asUintN(32, source));
    }
    case FIDEDUPERANGE:
      return dedupe(call);
    default:
      return undefined;
  }
}

/** FIONBIO and FIOASYNC; fwctl has no fasync, so a change of the latter is ENOTTY. */
function toggle({ file, cmd, arg, memory }: VfsCall): number {
  const word = memory.read(arg, 4);
  if (!word) return -ERRNO.EFAULT;
  const on = word.some((byte) => byte !== 0);
  if (cmd === FIONBIO) {
    file.flags = on
      ? file.flags | OPEN.O_NONBLOCK
      : file.flags & ~OPEN.O_NONBLOCK;
    return 0;
  }
  const was = (file.flags & OPEN.O_ASYNC) !== 0;
  return on === was ? 0 : -ERRNO.ENOTTY;
}

/** Neither side is a regular file; the standard streams are on another file system. */
function cloneFrom(call: VfsCall, source: bigint): number {
  const fd = Number(source);
  if (fd <= 2) return -ERRNO.EXDEV;
  return call.isOpen(fd) ? -ERRNO.EINVAL : -ERRNO.EBADF;
}

function dedupe({ arg, memory }: VfsCall): number {
  const count = memory.read(arg + 16n, 2);
  if (!count) return -ERRNO.EFAULT;
  const length = 24 + 32 * new DataView(count.buffer).getUint16(0, true);
  if (length > DEDUPE_LIMIT) return -ERRNO.ENOMEM;
  return memory.read(arg, length) ? -ERRNO.EINVAL : -ERRNO.EFAULT;
}
