/**
 * From a recipe to a plan: evaluate, read what it asks for, place what it
 * declares. Sends reads only.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import type { Inventory, InventoryDevice } from "../device/inventory.ts";
import { findDevice } from "../device/find.ts";
import { isFwctlError, RecipeError } from "../errors.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { type EvaluateOptions, evaluateRecipe } from "../recipe/evaluate.ts";
import type { RecipeSource } from "../recipe/load.ts";
import { type GivenParams, parseParams } from "../recipe/params.ts";
import type { ReadWish } from "../recipe/types.ts";
import { makePlan, type PlanInput, type PlanSession } from "./make.ts";
import type { Plan, PlannedDefinition } from "./types.ts";

/** A machine's devices as planning needs them; `Sessions` is one. */
export interface PlanSessions {
  /** The machine. */
  readonly inventory: Inventory;
  /** The definition files they know. */
  readonly definitions?: readonly PlannedDefinition[];
  /** An open device by name. */
  get(device: string): PlanSession;
}

/** Devices that are read side by side, elsewhere than on this thread. */
export interface PlanLanes {
  /** Carries out what a recipe asked to read, in its order. */
  observe(wishes: readonly ReadWish[]): Promise<readonly PlainData[]>;
  /** Makes the plan that {@linkcode makePlan} makes. */
  plan(input: Omit<PlanInput, "session">): Promise<Plan>;
}

/** What planning from a recipe needs. */
export interface RecipePlanInput {
  /** The recipe's source. */
  readonly source: RecipeSource;
  /** Parameters as given. */
  readonly params?: GivenParams;
  /** The machine and its open devices. */
  readonly sessions: PlanSessions;
  /** Drivers whose resources can be declared. */
  readonly drivers: readonly Driver[];
  /** Where devices are read side by side; over `sessions` when absent. */
  readonly lanes?: PlanLanes | undefined;
  /** Limits of the recipe's evaluation. */
  readonly limits?: EvaluateOptions;
  /** Told after each resource: how many of how many are read. */
  progress?(done: number, total: number): void;
}

/** What came of a recipe. */
export interface RecipePlan {
  /** The plan; it may be empty. */
  readonly plan: Plan;
  /** What the recipe reports, if it does. */
  readonly report?: PlainData;
}

/**
 * Plans what a recipe declares.
 *
 * @throws {RecipeError} when the recipe or a parameter is wrong
 * @throws {PlanError} when what it declares cannot be planned
 * @throws `SyscallError`, `DeviceError`, `DecodeError`, `PolicyError` from reading the devices
 */
export async function planRecipe(input: RecipePlanInput): Promise<RecipePlan> {
  const { source, sessions, lanes } = input;
  const { inventory } = sessions;
  using recipe = await evaluateRecipe(source, input.limits);
  const params = parseParams(recipe.params, input.params ?? {});
  const wishes = await recipe.observe({ params, inventory });
  const observed = lanes
    ? await lanes.observe(wishes)
    : wishes.map((wish) => grant(wish, sessions));
  const context = { params, inventory, observed };
  const declarations = await recipe.desired(context);
  const report = await recipe.report(context);
  // Its worker holds memory that planning many functions has better use for.
  recipe.close();
  const wanted = {
    recipe: {
      name: recipe.name,
      url: source.url,
      digest: source.digest,
      params,
    },
    declarations,
    inventory,
    drivers: input.drivers,
    definitions: sessions.definitions ?? [],
    ...(input.progress
      ? {
        progress: (done: number, total: number) =>
          input.progress?.(done, total),
      }
      : {}),
  };
  const plan = lanes
    ? await lanes.plan(wanted)
    : makePlan({ ...wanted, session: (name) => sessions.get(name) });
  return report === undefined ? { plan } : { plan, report };
}

/**
 * One read a recipe asked for. A device that refuses is an answer too: the
 * recipe gets `{ error }` and decides.
 */
export function grant(wish: ReadWish, sessions: PlanSessions): PlainData {
  const entry: InventoryDevice = findDevice(sessions.inventory, wish.device);
  let session: PlanSession;
  try {
    session = sessions.get(entry.name);
  } catch (error) {
    // Also when no driver here speaks its type: the recipe named no such thing.
    return failed(error, true);
  }
  const { driver } = session;
  const query = Object.hasOwn(driver.queries, wish.query)
    ? driver.queries[wish.query]
    : undefined;
  if (!query) {
    throw new RecipeError(
      `observe() asks ${entry.name} for "${wish.query}", which ${driver.name} does not have`,
      {
        device: entry.name,
        hint: `It has ${Object.keys(driver.queries).sort().join(", ")}`,
      },
    );
  }
  try {
    return query.run(session, wish.args ?? {});
  } catch (error) {
    return failed(error);
  }
}

/** An error as the data a recipe gets. @throws what is not ours, and what its author must mend */
function failed(error: unknown, opening = false): PlainObject {
  if (!isFwctlError(error)) throw error;
  if (error.code === "UsageError" && !opening) throw error;
  return { error: { code: error.code, message: error.message } };
}
