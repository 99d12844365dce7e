/**
 * One change of functions from the look at them to the end of the run: what
 * `prepare`, `release` and the hook have in common.
 *
 * @module
 */
import { applyPlanAsync } from "../../apply/apply.ts";
import type { Journal } from "../../apply/journal.ts";
import { refuseUnfinished } from "../../apply/runs.ts";
import type { ApplyResult } from "../../apply/types.ts";
import { isFwctlError } from "../../errors.ts";
import type { Plan } from "../../plan/types.ts";
import { enforcePlan } from "../../plan/policy.ts";
import { gate } from "../../vfio/gate.ts";
import type { Context } from "../context.ts";
import { journalFor } from "../runs.ts";
import { Interrupts } from "../signals.ts";
import { checkShared, planVfs, type Wishes } from "./plan.ts";
import type { KnownVf, Room, VfioOptions } from "./room.ts";

/** What a change asks of its command. */
export interface ChangeInput {
  /** What the functions are to be, once it is known who they are. */
  wishes(vfs: readonly KnownVf[]): Wishes;
  /** Told of the plan before anything is written; may ask, and may throw. */
  planned(plan: Plan, vfs: readonly KnownVf[]): void;
}

/** How a change ended. */
export interface Changed {
  /** The functions. */
  readonly vfs: readonly KnownVf[];
  /** What was planned. */
  readonly plan: Plan;
  /** What came of it. */
  readonly result: ApplyResult;
  /** Its journal, if one was begun. */
  readonly journal: Journal | undefined;
}

/** Milliseconds before each further try, while the firmware says that it is busy. */
const PAUSES: readonly number[] = [50, 100, 200, 400];
/** RES_BUSY and NOT_READY. */
const BUSY: ReadonlySet<unknown> = new Set([6, 7]);

/**
 * Gate, identity, plan, policy, journal, writes. A firmware that is busy is
 * asked again a few times, from the look on; nothing of a try that failed is
 * on the device.
 *
 * @throws `PlanError`, `PolicyError`, `DeviceError`, `SyscallError` before anything is written
 */
export async function change(
  context: Context,
  room: Room,
  options: VfioOptions,
  input: ChangeInput,
): Promise<Changed> {
  for (let turn = 0;; turn++) {
    const pause = PAUSES[turn];
    try {
      const done = await once(context, room, options, input);
      const { outcome, error } = done.result;
      const clean = outcome === "failed" || outcome === "undone";
      if (pause === undefined || !clean || !isBusy(error)) return done;
    } catch (error) {
      if (pause === undefined || !isBusy(error)) throw error;
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}

async function once(
  context: Context,
  room: Room,
  options: VfioOptions,
  { wishes, planned }: ChangeInput,
): Promise<Changed> {
  const { opened: { sessions }, policy, state, host } = room;
  const looks = room.look();
  gate(looks);
  const vfs = looks.map((look): KnownVf => ({
    look,
    child: room.identify(look),
  }));
  const plan = await planVfs(room, looks, wishes(vfs));
  checkShared(room, looks, plan);
  const world = { inventory: room.opened.inventory, now: () => new Date() };
  enforcePlan(plan, policy, world);
  planned(plan, vfs);
  const nothing: ApplyResult = { outcome: "nothing", steps: [] };
  if (plan.steps.length === 0 || options.dryRun) {
    return { vfs, plan, result: nothing, journal: undefined };
  }
  if (state) refuseUnfinished(state.disk, state.dir, plan);
  // Between the first look and the first write a VM may have started.
  const inventory = room.now();
  gate(room.look());
  using journal = journalFor(context, host, inventory.bootId, options);
  using control = new Interrupts(context.output, {
    onInterrupt: options.onInterrupt,
    run: () => journal?.run,
  });
  const session = (name: string) => sessions.get(name);
  const hooks = journal?.hooks(plan) ?? {};
  const result = await applyPlanAsync(
    { plan, policy, inventory, session, hooks },
    control,
  );
  return { vfs, plan, result, journal };
}

function isBusy(error: unknown): boolean {
  return isFwctlError(error) && error.code === "DeviceError" &&
    BUSY.has(error.details().status);
}

/** For a refusal that names no field: which ones it can be about, most likely first. */
export function suspects({ plan, result }: Changed): string | undefined {
  const { error } = result;
  if (!error || error.code !== "DeviceError" || error.details().status !== 3) {
    return undefined;
  }
  const step = result.steps.find(({ errors }) => errors.includes(error))?.step;
  const planned = step === undefined ? undefined : plan.steps[step];
  const changes = plan.resources[planned?.resource ?? -1]?.changes ?? [];
  if (changes.length === 0) return undefined;
  // A value above what the function had is what firmware refuses most.
  const raised = (change: typeof changes[number]): number =>
    Number(Number(change.after) > Number(change.before));
  const fields = [...changes].sort((a, b) => raised(b) - raised(a))
    .map(({ field, before, after }) => `${field} ${before} → ${after}`);
  return `The firmware does not say which value it refused; most likely first: ${
    fields.join(", ")
  }`;
}
