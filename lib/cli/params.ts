/**
 * `fwctl plan RECIPE --params-help`: what a recipe takes. Needs no device.
 *
 * @module
 */
import { evaluateRecipe } from "../recipe/evaluate.ts";
import { loadRecipe } from "../recipe/load.ts";
import { paramsText } from "../view/params.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";

/** Shows the parameters of a recipe. */
export async function paramsHelp(
  { output }: Context,
  recipe: string,
): Promise<ExitCode> {
  using session = await evaluateRecipe(await loadRecipe(recipe));
  const { name, description, params } = session;
  output.result(
    "params",
    () => ({ recipe: name, description, params }),
    (style) => paramsText({ name, description, params }, style),
  );
  return EXIT.done;
}
