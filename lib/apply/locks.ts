/**
 * Locks: one a device, held from before the last look at it to the end of the
 * run. The kernel lets go of them when a process ends, however it does. They
 * bind only those who ask: other tools can still write to the device.
 *
 * @module
 */
import { PlanError } from "../errors.ts";
import type { Disk, DiskLock } from "./disk.ts";

/** Who holds a lock, for whoever meets it held. */
export interface LockHolder {
  /** Its process. */
  readonly pid: number;
  /** What it does: `apply`. */
  readonly command: string;
}

/** What locking needs. */
export interface LockOptions {
  /** The file system. */
  readonly disk: Disk;
  /** The folder of the lock files; made when it is not there. */
  readonly folder: string;
  /** What is written beside the lock. */
  readonly holder: LockHolder;
  /** Seconds to wait for all of them; 0 fails at once. */
  readonly timeout: number;
  /** Told once when there is something to wait for. */
  waiting?(message: string): void;
  /** The clock. */
  readonly now?: () => Date;
  /** Waits. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** How often a held lock is tried again. */
const POLL_MS = 50;

/** The folder of the device locks in a state directory. */
export function lockFolder(stateDir: string): string {
  return `${stateDir}/locks`;
}

/**
 * Locks all devices, in one order for everybody, so that no two wait for each
 * other. `using` lets go of all.
 *
 * @param addresses PCI addresses or parent names; each once or more
 * @throws {PlanError} with reason `locked`, saying who has it
 */
export async function lockDevices(
  addresses: Iterable<string>,
  options: LockOptions,
): Promise<Disposable> {
  const { disk, folder } = options;
  const names = [...new Set(addresses)].sort();
  disk.makeFolder(folder);
  const held: DiskLock[] = [];
  const release = (): void => {
    for (const lock of held.reverse()) lock[Symbol.dispose]();
    held.length = 0;
  };
  const deadline = clock(options) + 1000 * options.timeout;
  try {
    for (const address of names) {
      const path = `${folder}/${fileName(address)}.lock`;
      held.push(await lockFile(path, address, deadline, options));
    }
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}

/**
 * Locks one file. `what` is what it stands for, in messages.
 *
 * @throws {PlanError} with reason `locked`, saying who has it
 */
export async function lockFile(
  path: string,
  what: string,
  deadline: number,
  options: LockOptions,
): Promise<DiskLock> {
  const { disk, holder } = options;
  const sleep = options.sleep ?? pause;
  let told = false;
  for (;;) {
    const lock = disk.lock(path);
    if (lock) {
      try {
        const since = new Date(clock(options)).toISOString();
        lock.note(`${JSON.stringify({ ...holder, since })}\n`);
      } catch (error) {
        lock[Symbol.dispose]();
        throw error;
      }
      return lock;
    }
    const who = holderText(disk, path);
    if (clock(options) >= deadline) {
      throw new PlanError(`${what} is locked by ${who}`, "locked", [], {
        hint:
          "Nothing was sent. Wait for it to end, or let this one wait: --lock-timeout SECONDS",
      });
    }
    if (!told) options.waiting?.(`waiting for ${what}, locked by ${who}`);
    told = true;
    await sleep(POLL_MS);
  }
}

function clock({ now }: LockOptions): number {
  return (now?.() ?? new Date()).getTime();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** Who holds it, as far as the file tells: it may be read half written. */
function holderText(disk: Disk, path: string): string {
  try {
    const text = new TextDecoder().decode(disk.read(path, 4096));
    const { pid, command, since } = JSON.parse(text) as Record<string, unknown>;
    if (
      typeof pid === "number" && typeof command === "string" &&
      typeof since === "string"
    ) {
      return `process ${pid} (fwctl ${command.slice(0, 40)}, since ${
        since.slice(0, 24)
      })`;
    }
  } catch {
    // Whoever holds it may be writing it just now.
  }
  return "another process";
}

/** An address as a file's name: nothing in it can leave the folder. */
function fileName(address: string): string {
  return address.replaceAll(/[^A-Za-z0-9:._-]/g, "_").replace(/^\.+/, "_");
}
