/**
 * Operations that a process can be killed before. The real command's own disk
 * and host are instrumented: every call of the journal's and the locks' file
 * system, every open and every ioctl counts. Half a journal line is a point of
 * its own. Reads of sysfs change nothing and do not count.
 *
 * @module
 */
import {
  type Disk,
  type DiskFile,
  type DiskLock,
  RealDisk,
} from "../../lib/apply/disk.ts";
import type { DeviceNode } from "../../lib/host/host.ts";
import { ServedHost } from "../../lib/model/served/client.ts";

/** What a process says on standard error, as one line, when it dies here or ends. */
export interface LastWords {
  /** The operation before which it killed itself; null when it ran to its end. */
  readonly before: string | null;
  /** Operations before that. */
  readonly done: number;
}

/** What the line begins with. */
export const MARK = "\u0001crash ";

/** Kills this process before its nth operation. */
export class Points {
  readonly #dieAt: number;
  #count = 0;

  constructor(dieAt: number) {
    this.#dieAt = dieAt;
  }

  /** One operation; `half` is what of it happens when it is the last. */
  pass(kind: string, half?: () => unknown): void {
    if (++this.#count !== this.#dieAt) return;
    half?.();
    this.#say(kind);
    Deno.kill(Deno.pid, "SIGKILL");
    // The signal is there before the call returns.
    for (;;);
  }

  /** The process got to its end. */
  end(): void {
    this.#say(null);
  }

  #say(before: string | null): void {
    const words: LastWords = { before, done: this.#count - (before ? 1 : 0) };
    Deno.stderr.writeSync(
      new TextEncoder().encode(`${MARK}${JSON.stringify(words)}\n`),
    );
  }
}

/** Instruments the command's disk and host. */
export function instrument(points: Points): void {
  const disk = { ...methodsOf() };
  const { prototype } = RealDisk;
  prototype.makeFolder = function (path): void {
    points.pass("make folder");
    disk.makeFolder.call(this, path);
  };
  prototype.create = function (path): DiskFile {
    points.pass("create file");
    return mortalFile(disk.create.call(this, path), points);
  };
  prototype.syncFolder = function (path): void {
    points.pass("fsync folder");
    disk.syncFolder.call(this, path);
  };
  prototype.list = function (path): string[] {
    points.pass("list files");
    return disk.list.call(this, path);
  };
  prototype.read = function (path, last) {
    points.pass("read file");
    return disk.read.call(this, path, last);
  };
  prototype.lock = function (path): DiskLock | undefined {
    points.pass("lock");
    const lock = disk.lock.call(this, path);
    return lock && {
      note(text): void {
        points.pass("note the holder");
        lock.note(text);
      },
      [Symbol.dispose](): void {
        points.pass("unlock");
        lock[Symbol.dispose]();
      },
    };
  };
  // How records of functions come and go.
  const { renameSync, removeSync } = Deno;
  Object.assign(Deno, {
    renameSync(from: string, to: string): void {
      points.pass("rename file");
      renameSync(from, to);
    },
    removeSync(path: string, options?: Deno.RemoveOptions): void {
      points.pass("remove file");
      removeSync(path, options);
    },
  });
  const open = ServedHost.prototype.open;
  ServedHost.prototype.open = function (path): DeviceNode {
    points.pass("open device");
    const node = open.call(this, path);
    return {
      path: node.path,
      ioctl(cmd, arg, pointers): number {
        points.pass("ioctl");
        return node.ioctl(cmd, arg, pointers);
      },
      close: () => node.close(),
      [Symbol.dispose]: () => node.close(),
    };
  };
}

/** The disk's own methods, before they are replaced. */
function methodsOf(): Disk {
  const { makeFolder, create, syncFolder, list, read, lock } =
    RealDisk.prototype;
  return { makeFolder, create, syncFolder, list, read, lock };
}

function mortalFile(file: DiskFile, points: Points): DiskFile {
  return {
    write(bytes): number {
      points.pass("write a line");
      points.pass(
        "write the other half",
        () => file.write(bytes.subarray(0, bytes.length >> 1)),
      );
      return file.write(bytes);
    },
    sync(): void {
      points.pass("fsync file");
      file.sync();
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
