/**
 * What every command that writes has around it: the locks of its devices, and
 * a journal in the state directory.
 *
 * @module
 */
import { RealDisk } from "../apply/disk.ts";
import type { Journal, RunKind } from "../apply/journal.ts";
import type { ApplyHooks } from "../apply/types.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import {
  allHooks,
  lockPlan as lockDevicesOf,
  newJournal,
  type State,
} from "../machine/state.ts";
import { STATE_DIR } from "../machine/state_dir.ts";
import type { Plan } from "../plan/types.ts";
import type { Context, Globals } from "./context.ts";
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

export type { State } from "../machine/state.ts";

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
  return await lockDevicesOf(state, plan, {
    command,
    timeout: lockTimeout,
    waiting: (message) => output.note(`${output.errorStyle(message)}\n`),
  });
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
  return newJournal(state, host, bootId, `fwctl ${VERSION}`, run);
}

/** The hooks of a run: its journal first, then the line that says how far it is. */
export function runHooks(
  plan: Plan,
  journal: Journal | undefined,
  progress: Progress,
): ApplyHooks {
  const { length } = plan.steps;
  return allHooks(journal?.hooks(plan), {
    verified: (_step, index, undo) =>
      progress.step(undo ? index : index + 1, length),
  });
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
