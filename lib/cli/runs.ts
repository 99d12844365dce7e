/**
 * What every command that writes has around it: the locks of its devices, and
 * a journal in the state directory.
 *
 * @module
 */
import { type Disk, RealDisk } from "../apply/disk.ts";
import { Journal, type RunKind } from "../apply/journal.ts";
import { lockDevices, lockFolder } from "../apply/locks.ts";
import type { ApplyHooks } from "../apply/types.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Plan } from "../plan/types.ts";
import type { Context, Globals } from "./context.ts";
import { STATE_DIR } from "./policy.ts";
import type { Progress } from "./progress.ts";
import type { OnInterrupt } from "./signals.ts";
import { VERSION } from "./version.ts";

/** The options of commands that write. */
export interface RunOptions {
  /** False for `--no-journal`. */
  readonly journal?: boolean | undefined;
  /** Seconds to wait for a lock. */
  readonly lockTimeout?: number | undefined;
  /** What follows Ctrl-C. */
  readonly onInterrupt?: OnInterrupt | undefined;
}

/** Where runs are kept. */
export interface State {
  /** The file system. */
  readonly disk: Disk;
  /** The state directory. */
  readonly dir: string;
}

/** The state directory of a command: a modelled host or a replay has one only when it is named. */
export function stateOf(
  { stateDir, model, replay }: Globals,
): State | undefined {
  const dir = stateDir ??
    (model === undefined && replay === undefined ? STATE_DIR : undefined);
  return dir === undefined ? undefined : { disk: new RealDisk(), dir };
}

/** The same for commands that are about it. @throws {UsageError} when there is none */
export function needState(globals: Globals): State {
  const state = stateOf(globals);
  if (state) return state;
  throw new UsageError("A modelled host has no state directory of its own", {
    hint: "Name the one its runs were kept in: --state-dir DIR",
  });
}

/**
 * Locks the devices of a plan. `using` lets go of them. A model without a state
 * directory needs none: its state file is locked, or nobody else has it.
 */
export async function lockPlan(
  { globals, output }: Context,
  plan: Plan,
  command: string,
  { lockTimeout = 0 }: RunOptions,
): Promise<Disposable> {
  const state = stateOf(globals);
  if (!state) return { [Symbol.dispose]: () => {} };
  const using = new Set(plan.steps.map(({ device }) => device));
  return await lockDevices(
    plan.devices.filter(({ name }) => using.has(name))
      .map(({ address }) => address),
    {
      disk: state.disk,
      folder: lockFolder(state.dir),
      holder: { pid: Deno.pid, command },
      timeout: lockTimeout,
      waiting: (message) => output.note(`${output.errorStyle(message)}\n`),
    },
  );
}

/** A journal for a run, or none where none is kept, which is said. */
export function journalFor(
  { globals, output }: Context,
  host: Host,
  bootId: string,
  { journal = true }: RunOptions,
  run: {
    readonly kind: RunKind;
    readonly of: string | null;
    readonly after?: string;
  } = { kind: "apply", of: null },
): Journal | undefined {
  const state = stateOf(globals);
  if (!state) return undefined;
  if (!journal) {
    output.warn(
      "No journal is kept (--no-journal): if this is killed, nothing tells what it has done",
    );
    return undefined;
  }
  return new Journal({
    disk: state.disk,
    stateDir: state.dir,
    ...run,
    owner: { pid: Deno.pid, uid: userOf(host), program: `fwctl ${VERSION}` },
    bootId,
  });
}

/** The hooks of a run: its journal first, then the line that says how far it is. */
export function runHooks(
  plan: Plan,
  journal: Journal | undefined,
  progress: Progress,
): ApplyHooks {
  const hooks = journal?.hooks(plan) ?? {};
  const { length } = plan.steps;
  return {
    ...hooks,
    verified: (step, index, undo, image) => {
      hooks.verified?.(step, index, undo, image);
      progress.step(undo ? index : index + 1, length);
    },
  };
}

/** Where a run is on record: a line for people; "" when it is not. */
export function journalLine(
  { output }: Context,
  journal: Journal | undefined,
): string {
  if (!journal?.begun) return "";
  if (journal.broken !== undefined) {
    const { broken } = journal;
    output.warn(
      `The journal of ${journal.run} ends before the run does: ${
        broken instanceof Error ? broken.message : String(broken)
      }`,
    );
  }
  return `  journal: run ${journal.run}\n`;
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
