/**
 * What every run that writes has around it, whoever started it: locks on its
 * devices, and a journal in the state directory.
 *
 * @module
 */
import type { Disk } from "../apply/disk.ts";
import { Journal, type RunKind } from "../apply/journal.ts";
import { lockDevices, lockFolder } from "../apply/locks.ts";
import type { ApplyHooks } from "../apply/types.ts";
import type { Host } from "../host/host.ts";
import type { Plan } from "../plan/types.ts";

/** Where runs are kept. */
export interface State {
  /** The file system. */
  readonly disk: Disk;
  /** The state directory. */
  readonly dir: string;
}

/** Who waits for a lock, and how. */
export interface LockWish {
  /** What is done, for whoever meets the lock: `apply`. */
  readonly command: string;
  /** Seconds to wait; fails at once when absent. */
  readonly timeout?: number | undefined;
  /** Told once when there is something to wait for. */
  waiting?(message: string): void;
}

/** Locks the devices that a plan writes to. `using` lets go. @throws `PlanError` `locked` */
export async function lockPlan(
  { disk, dir }: State,
  plan: Plan,
  { command, timeout = 0, waiting }: LockWish,
): Promise<Disposable> {
  const using = new Set(plan.steps.map(({ device }) => device));
  return await lockDevices(
    plan.devices.filter(({ name }) => using.has(name))
      .map(({ address }) => address),
    {
      disk,
      folder: lockFolder(dir),
      holder: { pid: Deno.pid, command },
      timeout,
      ...(waiting ? { waiting } : {}),
    },
  );
}

/** What a run is, for its journal. */
export interface RunAbout {
  /** What it does. */
  readonly kind: RunKind;
  /** The run it finishes or takes back; null for an apply. */
  readonly of: string | null;
  /** The last run of the same group. */
  readonly after?: string;
}

/** A journal for a run; nothing is written yet. */
export function newJournal(
  { disk, dir }: State,
  host: Host,
  bootId: string,
  program: string,
  about: RunAbout = { kind: "apply", of: null },
): Journal {
  return new Journal({
    disk,
    stateDir: dir,
    ...about,
    owner: { pid: Deno.pid, uid: userOf(host), program },
    bootId,
  });
}

/** The user of this process; null where that cannot be read. */
function userOf(host: Host): number | null {
  if (host.kind !== "linux") return null;
  try {
    const status = new TextDecoder().decode(host.readFile("/proc/self/status"));
    const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
    return uid === undefined ? null : Number(uid);
  } catch {
    return null;
  }
}

/**
 * Hooks of which each is told after those before it. A journal goes first: what
 * throws behind it is on record.
 */
export function allHooks(
  ...all: readonly (ApplyHooks | undefined)[]
): ApplyHooks {
  const each = all.filter((hooks) => hooks !== undefined);
  return {
    begin(plan) {
      for (const hooks of each) hooks.begin?.(plan);
    },
    beforeWrite(step, index, undo) {
      for (const hooks of each) hooks.beforeWrite?.(step, index, undo);
    },
    afterWrite(step, index, undo, error) {
      for (const hooks of each) hooks.afterWrite?.(step, index, undo, error);
    },
    verified(step, index, undo, image) {
      for (const hooks of each) hooks.verified?.(step, index, undo, image);
    },
    end(result) {
      for (const hooks of each) hooks.end?.(result);
    },
  };
}
