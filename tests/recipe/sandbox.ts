/** Helpers of the recipe tests: a recipe from text, an empty machine. */
import type { Inventory } from "../../lib/device/inventory.ts";
import {
  type EvaluateOptions,
  evaluateRecipe,
  type RecipeInput,
  type RecipeSession,
} from "../../lib/recipe/evaluate.ts";
import { recipeFromText } from "../../lib/recipe/load.ts";

/** A machine without devices. */
export const EMPTY: Inventory = {
  bootId: "b",
  kernel: "7.2.0",
  lockdown: "none",
  tainted: false,
  rawio: true,
  devices: [],
};

/** What a recipe's functions are given. */
export const INPUT: RecipeInput = { params: {}, inventory: EMPTY };

/** Opens a recipe given as text. */
export async function open(
  text: string,
  options: EvaluateOptions = {},
): Promise<RecipeSession> {
  const source = await recipeFromText(text, "file:///site/recipe.ts");
  return await evaluateRecipe(source, options);
}

/** A recipe whose `desired` has this body. */
export function desiring(body: string): string {
  return `export default { name: "r", description: "d", desired(context) { ${body} } }`;
}

/** Opens a recipe and calls `desired`. */
export async function run(
  text: string,
  options: EvaluateOptions = {},
): Promise<unknown> {
  using session = await open(text, options);
  return await session.desired(INPUT);
}
