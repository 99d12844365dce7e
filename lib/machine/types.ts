/**
 * Machine: everything a program needs to look at devices, to plan, to apply
 * and to take back, opened by one call.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import type { RunRecord } from "../apply/runs.ts";
import type { ApplyHooks, ApplyResult, RunControl } from "../apply/types.ts";
import type { Inventory } from "../device/inventory.ts";
import type { Session } from "../device/sessions.ts";
import type { Host } from "../host/host.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import type { RecipePlan } from "../plan/from_recipe.ts";
import type { Policy } from "../plan/policy.ts";
import type { Plan } from "../plan/types.ts";
import type { EvaluateOptions } from "../recipe/evaluate.ts";
import type { RecipeSource } from "../recipe/load.ts";

/** Which machine is opened, and how. */
export interface MachineOptions {
  /**
   * A modelled machine instead of this one: a built-in scenario by name
   * (`connectx`), a scenario's JSON file by URL or by a path with a slash or a
   * dot in it, its data, or `unix:` and the socket of a served model.
   */
  readonly model?: string | URL | PlainObject;
  /** What {@linkcode Machine.save} gave, to go on from there; for a model in this process. */
  readonly modelState?: PlainData;
  /** A host of your own instead, which stays yours to dispose of. */
  readonly host?: Host;
  /** Drivers from outside, beside those of this project. */
  readonly drivers?: readonly Driver[];
  /** The data of definition files, which name what a vendor keeps to itself. */
  readonly definitions?: readonly PlainObject[];
  /**
   * What may be sent; what it does not say is as in `DEFAULT_POLICY`: changes
   * that are live at once, nothing that taints.
   */
  readonly policy?: Partial<Policy>;
  /**
   * Where journals, locks and seals are kept; null for nowhere but in memory.
   * When absent it is `/var/lib/fwctl`, as for the command, and null for a
   * model. A host of your own that is a real machine, or a replay of one, must
   * be told before anything is applied.
   */
  readonly stateDir?: string | null;
  /** Seconds to wait for a device that someone else has locked; 0 when absent. */
  readonly lockTimeout?: number;
  /** Name and version of your program, for the journal. */
  readonly program?: string;
  /** The clock that windows of a policy go by; the machine's when absent. */
  now?(): Date;
}

/** How planning is watched and limited. */
export interface PlanOptions {
  /** Told after each resource: how many of how many are read. */
  progress?(done: number, total: number): void;
  /** Limits of the recipe's evaluation. */
  readonly limits?: EvaluateOptions;
}

/** How a run is watched and ended. */
export interface RunOptions {
  /**
   * Told of every point of the run, after its journal. What throws here stops
   * the run, and what was written is taken back.
   */
  readonly hooks?: ApplyHooks;
  /** Tells it to end early. */
  readonly control?: RunControl;
}

/** How an earlier run is finished or taken back. */
export interface RecoverOptions extends RunOptions {
  /** Write over values that are neither as before nor as planned. */
  readonly force?: boolean;
}

/** What came of a run. It comes back also when a step failed. */
export interface MachineRun {
  /** How it ended, and every step. */
  readonly result: ApplyResult;
  /** The run's name in the journal; null when nothing was begun. */
  readonly run: string | null;
}

/**
 * An open machine. It looks again before each plan and each run; devices are
 * opened when they are needed. `using` closes all.
 *
 * Errors are of type `FwctlError`; compare their `code`.
 */
export interface Machine extends Disposable {
  /** The machine itself. */
  readonly host: Host;
  /** Every driver: those of this project, then those from outside. */
  readonly drivers: readonly Driver[];
  /** The policy that holds for everything it does. */
  readonly policy: Policy;
  /** What was found when it looked last. */
  readonly inventory: Inventory;
  /** Looks again, and closes the devices that were open to read. */
  look(): Inventory;
  /**
   * A device that is open to read, by any of its names, for what
   * {@linkcode Machine.query} does not give: its identity, its driver's
   * `describe`, requests of your own that read.
   *
   * @throws `UsageError` when there is none, or no driver speaks to it
   * @throws `SyscallError` when it cannot be opened
   */
  session(device: string): Session;
  /**
   * Asks a device for something by name: `identity`, `caps`. `fwctl describe`
   * lists what there is.
   *
   * @throws `UsageError` for a name or an argument that there is not
   * @throws `SyscallError`, `DeviceError`, `DecodeError`, `PolicyError` from the device
   */
  query(device: string, name: string, args?: PlainObject): PlainData;
  /**
   * Evaluates a recipe and compares what it declares with what is. Sends reads
   * only. The policy is not asked yet: see {@linkcode Machine.refusals}.
   *
   * @param recipe a path, a `file:`, `http:` or `https:` URL, or a source that was loaded
   * @param params its parameters by name
   */
  plan(
    recipe: string | URL | RecipeSource,
    params?: PlainObject,
    options?: PlanOptions,
  ): Promise<RecipePlan>;
  /** Why the policy forbids a plan: a sentence a rule, none when it may be applied. */
  refusals(plan: Plan): string[];
  /**
   * Locks the devices, reads everything once more, writes, reads back, and
   * takes everything back when a step fails. Each run has a journal.
   *
   * @throws `PolicyError` when the policy forbids a step; nothing is sent
   * @throws `UsageError` when it is not known where the journal goes
   * @throws `PlanError` when the plan is stale, a device is locked, or an
   *   earlier run on it never ended; nothing is written
   */
  apply(plan: Plan, options?: RunOptions): Promise<MachineRun>;
  /** Takes a run back, by its name, the beginning or end of it, or `last`. */
  undo(run: string, options?: RecoverOptions): Promise<MachineRun>;
  /** Finishes a run that was killed. */
  resume(run: string, options?: RecoverOptions): Promise<MachineRun>;
  /** Names of all runs on record, oldest first. */
  runs(): string[];
  /** A run's journal, checked; undefined when its first line was cut. */
  run(name: string): RunRecord | undefined;
  /**
   * What differs from the scenario, for `modelState` of another process.
   *
   * @throws `UsageError` when it is no model in this process
   */
  save(): PlainObject;
}
