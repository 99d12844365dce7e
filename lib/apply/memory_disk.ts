/**
 * A disk in memory: what is kept there is gone with the program. For modelled
 * machines, whose devices are gone with it too.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import type { Disk, DiskFile, DiskLock } from "./disk.ts";

/** Files and locks of this object alone. */
export class MemoryDisk implements Disk {
  readonly #files = new Map<string, Bytes[]>();
  readonly #locked = new Set<string>();

  /** Folders are there as soon as they are named. */
  makeFolder(_path: string): void {}

  /** Makes a file, and throws when there is one. */
  create(path: string): DiskFile {
    if (this.#files.has(path)) throw new UsageError(`${path} is there already`);
    const parts: Bytes[] = [];
    this.#files.set(path, parts);
    return {
      write(bytes) {
        parts.push(bytes.slice());
        return bytes.length;
      },
      sync: () => {},
      [Symbol.dispose]: () => {},
    };
  }

  /** Nothing is to be waited for. */
  syncFolder(_path: string): void {}

  /** Names of the files in a folder, sorted. */
  list(path: string): string[] {
    const folder = `${path}/`;
    return [...this.#files.keys()]
      .filter((name) =>
        name.startsWith(folder) && !name.slice(folder.length).includes("/")
      )
      .map((name) => name.slice(folder.length)).sort();
  }

  /** The bytes of a file, or only its last. */
  read(path: string, last?: number): Bytes {
    const parts = this.#files.get(path);
    if (!parts) throw new UsageError(`${path} is not there`);
    const bytes = concatBytes(...parts);
    return last === undefined
      ? bytes
      : bytes.slice(Math.max(0, bytes.length - last));
  }

  /** Locks a name. */
  lock(path: string): DiskLock | undefined {
    if (this.#locked.has(path)) return undefined;
    this.#locked.add(path);
    return {
      note: () => {},
      [Symbol.dispose]: () => void this.#locked.delete(path),
    };
  }
}
