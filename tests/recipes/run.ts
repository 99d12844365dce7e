/** Runs a recipe of the repository on a modelled machine, as a user would. */
import { loadDrivers } from "../../drivers/load.ts";
import { discover } from "../../lib/device/discovery.ts";
import type { Inventory } from "../../lib/device/inventory.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import {
  evaluateRecipe,
  type RecipeSession,
} from "../../lib/recipe/evaluate.ts";
import { loadRecipe, type RecipeSource } from "../../lib/recipe/load.ts";
import { ROOT } from "../paths.ts";

/** All drivers. */
export const DRIVERS = await loadDrivers();

/** A modelled machine by its scenario's name. */
export async function machine(scenario: string): Promise<ModelHost> {
  return await ModelHost.create(await loadScenario(scenario), DRIVERS);
}

/** The machine's inventory. */
export function inventoryOf(host: ModelHost): Inventory {
  return discover(host);
}

/** A recipe's source by its file name. */
export async function source(name: string): Promise<RecipeSource> {
  return await loadRecipe(`${ROOT}recipes/${name}.ts`);
}

/** An open recipe by its file name. */
export async function recipe(name: string): Promise<RecipeSession> {
  return await evaluateRecipe(await source(name));
}
