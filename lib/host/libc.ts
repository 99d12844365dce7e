/**
 * libc through FFI: the symbol table, how the library is found under whatever
 * `--allow-ffi` was given, and errno.
 *
 * sysfs and /dev go this way too, because Deno wants `--allow-all` for every
 * path below /sys, /dev and /proc, while these calls need `--allow-ffi` only.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Bytes } from "../bytes.ts";

const SYMBOLS = {
  // int open(const char *path, int flags, ...)
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // int close(int fd)
  close: { parameters: ["i32"], result: "i32" },
  // The three ssize_t below are declared i32, which holds what the callers ask
  // for: a 64-bit result is a bigint, and allocating one before errno is read
  // may change errno.
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // int socket(int domain, int type, int protocol)
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int connect(int fd, const struct sockaddr *addr, socklen_t length)
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // ssize_t readlink(const char *path, char *buf, size_t size)
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  // ssize_t getdents64(int fd, void *dirp, size_t count)
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // int statx(int dirfd, const char *path, int flags, unsigned mask, struct
  // statx *buf): unlike struct stat its layout is the same on every machine
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
  // int ioctl(int fd, unsigned long request, ...): fixed parameters follow the
  // variadic convention on x86-64 and on arm64 (AAPCS64). The kernel looks at
  // 32 bits of the request, and a u32 spares a bigint. The argument is an
  // address, kept as a bigint: passing a buffer costs more in every call.
  ioctl: { parameters: ["i32", "u32", "u64"], result: "i32" },
  // void *memset(void *s, int c, size_t n): with n 0 it answers the address of
  // a buffer; UnsafePointer.of is refused under a path-scoped --allow-ffi.
  memset: { parameters: ["buffer", "i32", "usize"], result: "u64" },
  // void *memcpy(void *dest, const void *src, size_t n): reads at an address
  // where UnsafePointerView is refused, for the same reason.
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "void" },
  // int *__errno_location(void): constant for a thread
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The libc of one thread, shared by all that use it. */
export interface Libc {
  /** What {@linkcode SYMBOLS} lists. */
  readonly symbols: Symbols;
  /** The thread's errno. Right only when read at once after the failed call. */
  errno(): number;
  /** Gives back one use; the library is closed with the last. */
  release(): void;
  /** Adds one use. */
  retain(): void;
}

/**
 * Where a libc usually is: with a path-scoped permission dlopen wants the
 * absolute path that was granted, and /lib and /usr/lib are different grants.
 */
export function libcCandidates(arch: string): readonly string[] {
  const triple = `${arch}-linux-gnu`;
  return [
    `/usr/lib/${triple}/libc.so.6`,
    `/lib/${triple}/libc.so.6`,
    "/usr/lib64/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    "/lib/libc.so.6",
  ];
}

function granted(path?: string): boolean {
  return Deno.permissions.querySync(
    path === undefined ? { name: "ffi" } : { name: "ffi", path },
  ).state === "granted";
}

/** The path dlopen is given, or undefined where no permission is in sight. */
export function findLibc(): string | undefined {
  if (granted()) return "libc.so.6";
  return libcCandidates(Deno.build.arch).find((path) => granted(path));
}

let current: { readonly path: string; readonly libc: Libc } | undefined;

/**
 * The libc of this thread, one use of it. It is opened with the first use.
 *
 * @param path the library, where it is not found by itself
 * @throws {UsageError} without permission, or where there is no such library
 */
export function acquireLibc(path?: string): Libc {
  if (Deno.build.os !== "linux") {
    throw new UsageError(
      `fwctl is a part of Linux, and this is ${Deno.build.os}`,
      { hint: "Use the model: it runs everywhere and needs no permission." },
    );
  }
  // Without any grant the attempt below makes Deno ask a user at a terminal.
  const wanted = path ?? findLibc() ?? libcCandidates(Deno.build.arch)[0] ?? "";
  if (current?.path === wanted) {
    current.libc.retain();
    return current.libc;
  }
  const libc = openLibc(wanted, () => {
    if (current?.libc === libc) current = undefined;
  });
  // A second library at once (two `libc` options) is merely not shared.
  current ??= { path: wanted, libc };
  return libc;
}

function openLibc(path: string, onClose: () => void): Libc {
  const library = dlopen(path);
  const { symbols } = library;
  const errno = errnoReader(symbols);
  let uses = 1;
  return {
    symbols,
    errno,
    retain: () => void uses++,
    release: () => {
      if (--uses > 0) return;
      onClose();
      library.close();
    },
  };
}

function dlopen(path: string): Deno.DynamicLibrary<typeof SYMBOLS> {
  try {
    return Deno.dlopen(path, SYMBOLS);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      const scoped = path.startsWith("/")
        ? path
        : libcCandidates(Deno.build.arch)[0] ?? path;
      throw new UsageError(
        "real devices are reached through libc, and Deno was not given --allow-ffi",
        {
          hint:
            `Run deno with --allow-ffi, or with --allow-ffi=${scoped} for that library alone.`,
          cause,
        },
      );
    }
    throw new UsageError(`${path} cannot be opened as libc`, {
      hint:
        "Give the absolute path of this machine's libc in the option `libc`, and the same path to --allow-ffi.",
      cause,
    });
  }
}

/**
 * A function that reads errno and allocates nothing: V8 may collect on an
 * allocation, and a collection makes system calls that change errno.
 */
function errnoReader(symbols: Symbols): () => number {
  const location = symbols.__errno_location();
  if (location !== null && granted()) {
    const cell = new Int32Array(
      Deno.UnsafePointerView.getArrayBuffer(location, 4),
    );
    return () => cell[0] ?? 0;
  }
  const cell = new Int32Array(1);
  const bytes: Bytes = new Uint8Array(cell.buffer);
  const { memcpy } = symbols;
  return () => {
    memcpy(bytes, location, 4n);
    return cell[0] ?? 0;
  };
}
