/**
 * Disk: everything the journal and the locks ask of a file system. Tests give
 * another one that is full, cuts writes short, or stops the world.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { isFwctlError, UsageError } from "../errors.ts";

/** A new file that is only ever appended to. `using` closes it. */
export interface DiskFile extends Disposable {
  /** Writes at the end; says how many bytes were taken, which may be fewer than given. */
  write(bytes: Uint8Array): number;
  /** Returns when everything written is on the disk. */
  sync(): void;
}

/** A lock that is held until it is disposed of, or its process ends. */
export interface DiskLock extends Disposable {
  /** Replaces the text beside the lock, for whoever meets it held. */
  note(text: string): void;
}

/** A file system. Every method throws a `UsageError` when the machine says no. */
export interface Disk {
  /** Makes a folder and those above it, for its owner alone; one that is there is fine. */
  makeFolder(path: string): void;
  /** Makes a file for its owner alone, and throws when there is one. */
  create(path: string): DiskFile;
  /** Returns when the names in a folder are on the disk. */
  syncFolder(path: string): void;
  /** Names of the files in a folder, sorted; none when there is no folder. */
  list(path: string): string[];
  /** The bytes of a file, or only its last `most`. */
  read(path: string, last?: number): Bytes;
  /** Locks a file, made when it is not there; undefined when someone else has it. */
  lock(path: string): DiskLock | undefined;
}

/** Most bytes of a file that is read whole. */
const MOST = 512 << 20;

/** The file system of this machine, with Deno's permission to read and write it. */
export class RealDisk implements Disk {
  /** Makes a folder and those above it. */
  makeFolder(path: string): void {
    attempt("make the folder", path, () => {
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    });
  }

  /** Makes a file. */
  create(path: string): DiskFile {
    const file = attempt("make", path, () =>
      Deno.openSync(path, {
        write: true,
        append: true,
        createNew: true,
        mode: 0o600,
      }));
    return {
      write: (bytes) => attempt("write", path, () => file.writeSync(bytes)),
      sync: () => attempt("write", path, () => file.syncSync()),
      [Symbol.dispose]: () => file.close(),
    };
  }

  /** fsync of a folder. */
  syncFolder(path: string): void {
    attempt("write", path, () => {
      using folder = Deno.openSync(path);
      folder.syncSync();
    });
  }

  /** Names of the files in a folder. */
  list(path: string): string[] {
    try {
      return [...Deno.readDirSync(path)].filter(({ isFile }) => isFile)
        .map(({ name }) => name).sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw diskError("read", path, error);
    }
  }

  /** The bytes of a file. */
  read(path: string, last?: number): Bytes {
    return attempt("read", path, () => {
      using file = Deno.openSync(path);
      const { isFile, size } = file.statSync();
      const length = Math.min(size, last ?? size);
      if (!isFile || length > MOST) {
        throw new UsageError(`${path} is no file of at most ${MOST} bytes`);
      }
      file.seekSync(size - length, Deno.SeekMode.Start);
      const bytes = new Uint8Array(length);
      let at = 0;
      while (at < length) {
        const got = file.readSync(bytes.subarray(at));
        if (got === null) break;
        at += got;
      }
      return bytes.slice(0, at);
    });
  }

  /** flock(2), which the kernel lets go when the process ends, however it does. */
  lock(path: string): DiskLock | undefined {
    return attempt("lock", path, () => {
      const file = Deno.openSync(path, {
        read: true,
        write: true,
        create: true,
        mode: 0o600,
      });
      try {
        if (!file.tryLockSync(true)) {
          file.close();
          return undefined;
        }
      } catch (error) {
        file.close();
        throw error;
      }
      return {
        note: (text) =>
          attempt("write", path, () => {
            file.truncateSync(0);
            file.seekSync(0, Deno.SeekMode.Start);
            let rest = new TextEncoder().encode(text);
            while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
          }),
        [Symbol.dispose]: () => file.close(),
      };
    });
  }
}

function attempt<T>(what: string, path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw diskError(what, path, error);
  }
}

function diskError(what: string, path: string, error: unknown): unknown {
  if (isFwctlError(error)) return error;
  if (error instanceof Deno.errors.NotCapable) {
    const folder = path.slice(0, path.lastIndexOf("/")) || "/";
    return new UsageError(
      `Cannot ${what} ${path}: Deno was not given the permission`,
      {
        cause: error,
        hint:
          `Run deno with --allow-read=${folder} --allow-write=${folder}, or name another folder with --state-dir`,
      },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new UsageError(`Cannot ${what} ${path}: ${reason}`, {
    cause: error,
    hint: "Check the disk and who may use it, or name another --state-dir",
  });
}
