/**
 * The one implementation of {@linkcode Machine}: sessions under the policy,
 * and runs with their locks and journals.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { applyPlanAsync } from "../apply/apply.ts";
import { planRecovery, recoverAsync, type Want } from "../apply/recover.ts";
import {
  findRun,
  groupOf,
  listRuns,
  planOf,
  readRun,
  refuseUnfinished,
  type RunRecord,
} from "../apply/runs.ts";
import { type Definition, remadeDefinitions } from "../device/definition.ts";
import { discover, findDevice } from "../device/discovery.ts";
import type { Inventory } from "../device/inventory.ts";
import { type Session, Sessions } from "../device/sessions.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { planRecipe, type RecipePlan } from "../plan/from_recipe.ts";
import {
  enforcePlan,
  planRefusals,
  type Policy,
  type PolicyWorld,
  type Seals,
} from "../plan/policy.ts";
import type { Plan } from "../plan/types.ts";
import { loadRecipe, type RecipeSource } from "../recipe/load.ts";
import { didYouMean } from "../suggest.ts";
import { allHooks, lockPlan, newJournal, type State } from "./state.ts";
import type {
  Machine,
  MachineRun,
  PlanOptions,
  RecoverOptions,
  RunOptions,
} from "./types.ts";

/** What a machine is put together from. */
export interface MachineParts {
  /** The machine. */
  readonly host: Host;
  /** Every driver. */
  readonly drivers: readonly Driver[];
  /** Definitions, checked. */
  readonly definitions: readonly Definition[];
  /** The whole policy. */
  readonly policy: Policy;
  /** Where runs are kept; undefined when nobody said. */
  readonly state: State | undefined;
  /** Devices that are closed to writes; none is known without. */
  readonly seals: Seals | undefined;
  /** Seconds to wait for a lock. */
  readonly lockTimeout: number;
  /** Who writes, for the journal. */
  readonly program: string;
  /** The clock. */
  now(): Date;
  /** Writes a model's state down. */
  save(): PlainObject;
  /** Lets go of what was opened for it. */
  close(): void;
}

/** A machine over its parts. */
export class OpenMachine implements Machine {
  readonly #parts: MachineParts;
  #inventory: Inventory;
  #reading: Sessions | undefined;

  /** Looks at the machine and opens no device. */
  constructor(parts: MachineParts) {
    this.#parts = parts;
    this.#inventory = discover(parts.host, parts.drivers);
  }

  get host(): Host {
    return this.#parts.host;
  }

  get drivers(): readonly Driver[] {
    return this.#parts.drivers;
  }

  get policy(): Policy {
    return this.#parts.policy;
  }

  get inventory(): Inventory {
    return this.#inventory;
  }

  look(): Inventory {
    this.#reading?.[Symbol.dispose]();
    this.#reading = undefined;
    return this.#inventory = discover(this.host, this.drivers);
  }

  session(device: string): Session {
    const { name } = findDevice(this.#inventory, device);
    this.#reading ??= this.#sessions(this.#eyes());
    return this.#reading.get(name);
  }

  query(device: string, name: string, args: PlainObject = {}): PlainData {
    const session = this.session(device);
    const { queries, name: driver } = session.driver;
    const query = Object.hasOwn(queries, name) ? queries[name] : undefined;
    if (query) return query.run(session, args);
    const names = Object.keys(queries).sort();
    throw new UsageError(`${driver} has no query "${name}"`, {
      device,
      hint: didYouMean(name, names) ?? `It has ${names.join(", ")}`,
    });
  }

  async plan(
    recipe: string | URL | RecipeSource,
    params: PlainObject = {},
    { progress, limits }: PlanOptions = {},
  ): Promise<RecipePlan> {
    const source = typeof recipe === "string" || recipe instanceof URL
      ? await loadRecipe(recipe)
      : recipe;
    this.look();
    using sessions = this.#sessions(this.#eyes());
    return await planRecipe({
      source,
      params: { data: params },
      sessions,
      drivers: this.drivers,
      ...(limits ? { limits } : {}),
      ...(progress ? { progress } : {}),
    });
  }

  refusals(plan: Plan): string[] {
    return planRefusals(plan, this.policy, this.#world());
  }

  async apply(
    plan: Plan,
    { hooks, control }: RunOptions = {},
  ): Promise<MachineRun> {
    enforcePlan(plan, this.policy, this.#world());
    if (plan.steps.length === 0) {
      return { result: { outcome: "nothing", steps: [] }, run: null };
    }
    const { host, program } = this.#parts;
    const state = this.#state();
    using _locks = await this.#lock(plan, "apply");
    refuseUnfinished(state.disk, state.dir, plan);
    // The machine went on while it was planned and waited.
    const inventory = this.look();
    using sessions = this.#sessions(this.policy, plan);
    using journal = newJournal(state, host, inventory.bootId, program);
    const result = await applyPlanAsync({
      plan,
      policy: this.policy,
      inventory,
      session: (name) => sessions.get(name),
      hooks: allHooks(journal.hooks(plan), hooks),
    }, control);
    return { result, run: journal.begun ? journal.run : null };
  }

  async undo(run: string, options: RecoverOptions = {}): Promise<MachineRun> {
    return await this.#recover("undo", run, options);
  }

  async resume(run: string, options: RecoverOptions = {}): Promise<MachineRun> {
    return await this.#recover("resume", run, options);
  }

  runs(): string[] {
    const { disk, dir } = this.#state();
    return listRuns(disk, dir);
  }

  run(name: string): RunRecord | undefined {
    const { disk, dir } = this.#state();
    return readRun(disk, dir, findRun(disk, dir, name));
  }

  save(): PlainObject {
    return this.#parts.save();
  }

  [Symbol.dispose](): void {
    this.#reading?.[Symbol.dispose]();
    this.#reading = undefined;
    this.#parts.close();
  }

  async #recover(
    want: Want,
    given: string,
    { force = false, hooks, control }: RecoverOptions,
  ): Promise<MachineRun> {
    const { host, program } = this.#parts;
    const state = this.#state();
    const { disk, dir } = state;
    const name = findRun(disk, dir, given);
    const recorded = planOf(groupOf(disk, dir, name).root);
    using _locks = await this.#lock(recorded, want);
    const inventory = this.look();
    using sessions = this.#sessions(this.policy, recorded);
    const session = (device: string) => sessions.get(device);
    // Another process may have gone on with it until it was locked.
    const group = groupOf(disk, dir, name);
    const { policy } = this;
    const recovery = planRecovery(
      { group, want, force, policy, inventory, session },
    );
    using journal = newJournal(state, host, inventory.bootId, program, {
      kind: want,
      of: group.root.run,
      after: group.all.at(-1)?.run ?? group.root.run,
    });
    const result = await recoverAsync(
      recovery,
      session,
      allHooks(journal.hooks(recovery.plan), hooks),
      control,
    );
    return { result, run: journal.begun ? journal.run : null };
  }

  async #lock(plan: Plan, command: string): Promise<Disposable> {
    const { lockTimeout: timeout } = this.#parts;
    return await lockPlan(this.#state(), plan, { command, timeout });
  }

  #state(): State {
    const { state } = this.#parts;
    if (state) return state;
    throw new UsageError("Nobody said where runs of this host are kept", {
      hint:
        'Give stateDir: "/var/lib/fwctl" where it is this machine, null (in memory) where it is a replay',
    });
  }

  /** The same eyes as apply will have, and no hands. */
  #eyes(): Policy {
    return { ...this.policy, effect: "read" };
  }

  #world(): PolicyWorld {
    const { seals, now } = this.#parts;
    return { inventory: this.#inventory, now, seals };
  }

  /** Sessions on what was found last; with the definitions that a plan has, if one is given. */
  #sessions(policy: Policy, plan?: Plan): Sessions {
    const { host, drivers, seals, now, definitions } = this.#parts;
    return new Sessions({
      host,
      inventory: this.#inventory,
      drivers,
      policy,
      seals,
      now,
      definitions: plan
        ? remadeDefinitions(plan.definitions, drivers)
        : definitions,
    });
  }
}
