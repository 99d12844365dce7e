/**
 * The kernel log as /dev/kmsg gives it: one record a read. Never waits, and
 * takes nothing away from other readers.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { ERRNO } from "../uapi/errno.ts";
import { pathError } from "./failure.ts";
import type { Libc } from "./libc.ts";

const PATH = "/dev/kmsg";
/** O_RDONLY | O_NONBLOCK | O_CLOEXEC: a reader that has all of it must not wait for more. */
const FLAGS = 0o4000 | 0o2000000;
/** The kernel's CONSOLE_EXT_LOG_MAX: no record is longer. */
const RECORD = 8192;
/** More than any ring of the kernel holds; a log that grows as fast as it is read must end. */
const MOST = 1_000_000;

/** Its lines, as dmesg shows them. @throws `SyscallError` */
export function readKernelLog(libc: Libc): string[] {
  const name: Bytes = new TextEncoder().encode(`${PATH}\0`);
  const fd = libc.symbols.open(name, FLAGS);
  if (fd < 0) throw pathError("open", PATH, libc.errno());
  const record: Bytes = new Uint8Array(RECORD);
  const decoder = new TextDecoder();
  const lines: string[] = [];
  try {
    while (lines.length < MOST) {
      const n = libc.symbols.read(fd, record, BigInt(RECORD));
      if (n > 0) {
        const line = kmsgLine(decoder.decode(record.subarray(0, n)));
        if (line !== undefined) lines.push(line);
        continue;
      }
      const errno = n === 0 ? ERRNO.EAGAIN : libc.errno();
      if (errno === ERRNO.EAGAIN) break;
      // EPIPE: records were overwritten before they were read; the next follow.
      if (errno !== ERRNO.EPIPE && errno !== ERRNO.EINTR) {
        throw pathError("read", PATH, errno);
      }
    }
  } finally {
    libc.symbols.close(fd);
  }
  return lines;
}

/** `6,1234,5678901,-;text` as `[    5.678901] text`; undefined for anything else. */
export function kmsgLine(record: string): string | undefined {
  const [, micros, text] = /^\d+,\d+,(\d+)[^;\n]*;([^\n]*)/.exec(record) ?? [];
  if (micros === undefined || text === undefined) return undefined;
  const digits = micros.padStart(7, "0");
  const seconds = digits.slice(0, -6).padStart(5);
  return `[${seconds}.${digits.slice(-6)}] ${text}`;
}
