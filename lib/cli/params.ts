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
import { requireSignedRecipe, type SignedOptions } from "./trust.ts";

/** Shows the parameters of a recipe; one that must be signed is checked before it runs. */
export async function paramsHelp(
  context: Context,
  recipe: string,
  options: SignedOptions,
): Promise<ExitCode> {
  const { output } = context;
  const source = await loadRecipe(recipe);
  await requireSignedRecipe(context, source, options);
  using session = await evaluateRecipe(source);
  const { name, description, params } = session;
  output.result(
    "params",
    () => ({ recipe: name, description, params }),
    (style) => paramsText({ name, description, params }, style),
  );
  return EXIT.done;
}
