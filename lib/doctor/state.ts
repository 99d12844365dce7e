/**
 * The state directory: runs that never ended, locks, seals, and whether it can
 * be written. Nothing is written and no lock is tried.
 *
 * @module
 */
import type { Disk } from "../apply/disk.ts";
import { lockFolder } from "../apply/locks.ts";
import { unfinishedOn } from "../apply/runs.ts";
import { FileSeals } from "../apply/seals.ts";
import type { Inventory } from "../device/inventory.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { parentPath } from "../host/sysfs.ts";
import type {
  ErrorFact,
  LockFact,
  SealFact,
  StateFact,
  UnfinishedFact,
} from "./facts.ts";
import { attempt, textFact } from "./read.ts";

/** Where it is. */
export interface StatePlace {
  /** The file system. */
  readonly disk: Disk;
  /** The folder. */
  readonly dir: string;
}

/** What stands in a state directory about these devices. */
export function stateFact(
  host: Host,
  { disk, dir }: StatePlace,
  inventory: Inventory,
): StateFact {
  const errors: ErrorFact[] = [];
  const told = <T>(read: () => T, otherwise: T): T => {
    const got = attempt(read);
    if ("value" in got) return got.value;
    errors.push(got.error);
    return otherwise;
  };
  const nearest = told(() => nearestFolder(dir), undefined);
  const exists = nearest?.path === dir;
  return {
    dir,
    at: nearest?.path ?? "",
    mode: nearest?.mode ?? 0,
    uid: nearest?.uid ?? 0,
    gid: nearest?.gid ?? 0,
    exists,
    unfinished: exists
      ? told(() => unfinishedRuns(disk, dir, inventory), [])
      : [],
    locks: exists ? told(() => locksOf(host, disk, dir), []) : [],
    seals: exists ? told(() => sealsOf(dir, inventory), []) : [],
    errors,
  };
}

/** The folder, or the nearest above it that is there. @throws `UsageError` */
function nearestFolder(
  dir: string,
): { path: string; mode: number; uid: number; gid: number } | undefined {
  for (let path = dir; path !== ""; path = parentPath(path)) {
    try {
      const { mode, uid, gid } = Deno.statSync(path);
      return { path, mode: mode ?? 0, uid: uid ?? 0, gid: gid ?? 0 };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(`Cannot look at ${path}: ${reason}`, {
        cause: error,
        hint: `Run deno with --allow-read=${dir}, or name another --state-dir`,
      });
    }
  }
  return undefined;
}

function unfinishedRuns(
  disk: Disk,
  dir: string,
  { devices }: Inventory,
): UnfinishedFact[] {
  const by = new Map<string, string[]>();
  for (const { name, pci, parent } of devices) {
    const addresses = new Set([parent, ...(pci === null ? [] : [pci])]);
    for (const run of unfinishedOn(disk, dir, addresses)) {
      by.set(run, [...by.get(run) ?? [], name]);
    }
  }
  return [...by].map(([run, names]) => ({ run, devices: names }));
}

/** Who holds what: by /proc/locks, so that looking takes no lock away from anybody. */
function locksOf(host: Host, disk: Disk, dir: string): LockFact[] {
  const folder = lockFolder(dir);
  const table = host.kind === "linux"
    ? textFact(host, "/proc/locks", 1 << 20).text
    : undefined;
  return disk.list(folder).filter((name) => name.endsWith(".lock"))
    .map((name): LockFact => {
      const path = `${folder}/${name}`;
      const note = new TextDecoder().decode(disk.read(path, 512)).trim();
      if (table === undefined) return { path, note, pid: null };
      const inode = Deno.statSync(path).ino;
      const line = new RegExp(
        `^\\d+:\\s+FLOCK\\s+\\S+\\s+\\S+\\s+(\\d+)\\s+[0-9a-f]+:[0-9a-f]+:${inode}\\s`,
        "m",
      );
      return { path, note, pid: Number(line.exec(table)?.[1] ?? 0) };
    });
}

function sealsOf(dir: string, { devices, bootId }: Inventory): SealFact[] {
  const seals = new FileSeals(`${dir}/seals`);
  return devices.flatMap(({ name, pci, parent }) => {
    const seal = seals.sealed(pci ?? parent, bootId);
    return seal
      ? [{ device: name, at: seal.at, breakable: seal.breakable }]
      : [];
  });
}
