/**
 * What a file is, by statx(2).
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { pathError } from "./failure.ts";
import type { FileStat } from "./host.ts";
import type { Libc } from "./libc.ts";

// include/uapi/linux/stat.h and fcntl.h
const AT_FDCWD = -100;
const STATX_BASIC_STATS = 0x7ff;
const SIZEOF_STATX = 256;
const STX_UID = 20;
const STX_GID = 24;
const STX_MODE = 28;
const STX_RDEV_MAJOR = 128;
const STX_RDEV_MINOR = 132;

/** `name` is `path` with its NUL. @throws `SyscallError` */
export function readStat(libc: Libc, name: Bytes, path: string): FileStat {
  const buffer: Bytes = new Uint8Array(SIZEOF_STATX);
  const result = libc.symbols.statx(
    AT_FDCWD,
    name,
    0,
    STATX_BASIC_STATS,
    buffer,
  );
  if (result < 0) throw pathError("stat", path, libc.errno());
  const view = new DataView(buffer.buffer);
  return {
    mode: view.getUint16(STX_MODE, true),
    uid: view.getUint32(STX_UID, true),
    gid: view.getUint32(STX_GID, true),
    major: view.getUint32(STX_RDEV_MAJOR, true),
    minor: view.getUint32(STX_RDEV_MINOR, true),
  };
}
