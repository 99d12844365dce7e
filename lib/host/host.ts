/**
 * Host: everything the library may ask of a machine.
 *
 * The real one is libc through FFI (`linux.ts`), the other is the model
 * (`lib/model/host.ts`). Nothing else in the library touches the machine.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";

/** A pointer that must be written into a buffer before an ioctl reads it. */
export interface UserPointer {
  /** The buffer that holds the pointer: the ioctl's struct, or a request. */
  holder: Bytes;
  /** Byte offset of the 64-bit little-endian pointer in `holder`. */
  at: number;
  /** The buffer it points to. It is kept alive until the ioctl has returned. */
  target: Bytes;
  /** Byte of `target` it points to; the first when absent. */
  offset?: number;
}

/** What a file is, and who may use it. */
export interface FileStat {
  /** File type and permissions, as in `st_mode`. */
  readonly mode: number;
  /** Its owner. */
  readonly uid: number;
  /** Its group. */
  readonly gid: number;
  /** Major number of the device that a device node stands for. */
  readonly major: number;
  /** Minor number of it. */
  readonly minor: number;
}

/** An open device node. `using` closes it. */
export interface DeviceNode extends Disposable {
  /** The path it was opened by. */
  readonly path: string;
  /**
   * One ioctl: writes the pointers, calls, and leaves what the kernel wrote in
   * `arg` and in the targets.
   *
   * @returns the call's value, or the negated errno; it never throws
   */
  ioctl(cmd: number, arg: Bytes, pointers: readonly UserPointer[]): number;
  /** Closes the descriptor; a second call does nothing. */
  close(): void;
}

/**
 * A machine. Paths are absolute. Every method but `exists` throws a
 * `SyscallError` with the errno when the machine says no.
 */
export interface Host extends Disposable {
  /** Real or modelled. */
  readonly kind: "linux" | "model";
  /** Opens a device node for reading and writing, close-on-exec. */
  open(path: string): DeviceNode;
  /** The whole content of a sysfs or procfs file; at most `limit` bytes (default 1 MiB). */
  readFile(path: string, limit?: number): Bytes;
  /** Names in a directory without `.` and `..`, sorted by code unit. */
  list(path: string): string[];
  /** The text of a symbolic link, not resolved. */
  readLink(path: string): string;
  /**
   * What tells an entry of a folder from another of the same name that comes
   * after it, such as a device node made anew: its inode. Absent where the
   * machine has no such thing.
   */
  instance?(path: string): string;
  /** What a file is, links followed. Absent where the machine cannot be asked. */
  stat?(path: string): FileStat;
  /**
   * The lines of the kernel log that are still there, without waiting for more.
   * Absent where the machine cannot be asked.
   */
  kernelLog?(): string[];
  /** Whether the path leads to something, links followed. */
  exists(path: string): boolean;
}
