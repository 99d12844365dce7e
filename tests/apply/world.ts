/**
 * A world that can be stopped between any two operations, and a disk in memory
 * that can be full, take fewer bytes than it is given, or lose what was not
 * synced.
 */
import { type Bytes, concatBytes } from "../../lib/bytes.ts";
import type { Disk, DiskFile, DiskLock } from "../../lib/apply/disk.ts";
import { UsageError } from "../../lib/errors.ts";

/** What happens to the operation at which the world stops. */
export type Death = "before" | "after" | "torn";

/** Counts operations; at the one that is ordered, everything stops for good. */
export class World {
  /** Operations so far. */
  count = 0;
  /** What each was. */
  readonly names: string[] = [];
  #dead = false;
  readonly #dieAt: number;
  readonly #death: Death;

  constructor(dieAt = Number.POSITIVE_INFINITY, death: Death = "before") {
    this.#dieAt = dieAt;
    this.#death = death;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** One operation; `torn` is half of it, where there is such a thing. */
  op<T>(name: string, body: () => T, torn: () => unknown = body): T {
    if (this.#dead) throw new Error("the process is dead");
    this.names.push(name);
    if (++this.count < this.#dieAt) return body();
    this.#dead = true;
    if (this.#death === "after") body();
    if (this.#death === "torn") torn();
    throw new Error(`the process was killed at ${name}`);
  }
}

interface MemoryFile {
  bytes: Uint8Array;
  synced: number;
  /** Whether its name is on the disk. */
  named: boolean;
}

/** Files that outlive a world. */
export class MemoryFiles {
  readonly files = new Map<string, MemoryFile>();
  readonly locked = new Set<string>();

  /** What is there after the power went: only what was synced. */
  losePower(): void {
    this.locked.clear();
    for (const [path, file] of this.files) {
      if (!file.named) this.files.delete(path);
      else file.bytes = file.bytes.slice(0, file.synced);
    }
  }
}

/** An order to fail: the nth operation of the disk, and all after it until told otherwise. */
export interface DiskTrouble {
  /** The first operation that fails, from 1. */
  fullAt?: number;
  /** Most bytes one write takes. */
  takes?: number;
}

/** A disk in memory. */
export class MemoryDisk implements Disk {
  operations = 0;
  readonly files: MemoryFiles;
  readonly world: World;
  readonly trouble: DiskTrouble;

  constructor(
    files: MemoryFiles,
    world: World = new World(),
    trouble: DiskTrouble = {},
  ) {
    this.files = files;
    this.world = world;
    this.trouble = trouble;
  }

  makeFolder(_path: string): void {
    this.#op("mkdir", () => {});
  }

  create(path: string): DiskFile {
    return this.#op("create", () => {
      if (this.files.files.has(path)) throw new UsageError(`${path} exists`);
      const file = { bytes: new Uint8Array(), synced: 0, named: false };
      this.files.files.set(path, file);
      return {
        write: (bytes: Uint8Array) => {
          const taken = bytes.subarray(0, this.trouble.takes ?? bytes.length);
          const add = (part: Uint8Array): void => {
            file.bytes = concatBytes(file.bytes, part);
          };
          this.#op(
            "write",
            () => add(taken),
            () => add(taken.subarray(0, taken.length >> 1)),
          );
          return taken.length;
        },
        sync: () =>
          this.#op("sync", () => {
            file.synced = file.bytes.length;
          }),
        [Symbol.dispose]: () => {},
      };
    });
  }

  syncFolder(path: string): void {
    this.#op("sync folder", () => {
      for (const [name, file] of this.files.files) {
        if (name.startsWith(`${path}/`)) file.named = true;
      }
    });
  }

  list(path: string): string[] {
    return [...this.files.files.keys()]
      .filter((name) => name.startsWith(`${path}/`))
      .map((name) => name.slice(path.length + 1)).sort();
  }

  read(path: string, last?: number): Bytes {
    const file = this.files.files.get(path);
    if (!file) throw new UsageError(`${path} is not there`);
    return new Uint8Array(
      file.bytes.slice(Math.max(0, file.bytes.length - (last ?? Infinity))),
    );
  }

  lock(path: string): DiskLock | undefined {
    if (this.files.locked.has(path)) return undefined;
    this.files.locked.add(path);
    return {
      note: () => {},
      [Symbol.dispose]: () => this.files.locked.delete(path),
    };
  }

  #op<T>(name: string, body: () => T, torn?: () => unknown): T {
    return this.world.op(name, () => {
      if (++this.operations >= (this.trouble.fullAt ?? Infinity)) {
        throw new UsageError(`${name}: No space left on device`);
      }
      return body();
    }, torn);
  }
}
