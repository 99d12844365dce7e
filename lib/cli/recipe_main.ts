/**
 * Running a recipe by itself: `deno run … recipe.ts plan|apply …` is
 * `fwctl plan|apply recipe.ts …`.
 *
 * @module
 */
import { main } from "./main.ts";

/**
 * Runs the command line of this process on the recipe at `url`, and ends the
 * process with the exit code.
 */
export async function recipeMain(url: string): Promise<never> {
  Deno.exit(await main(recipeArgs(url, Deno.args)));
}

/** The arguments of `fwctl` for a recipe's own; without a command it is the recipe's help. */
export function recipeArgs(url: string, args: readonly string[]): string[] {
  const at = args.findIndex((arg) => arg === "plan" || arg === "apply");
  if (at < 0) {
    // Whatever else was said: what the recipe takes, and how it is run.
    return [
      "plan",
      url,
      "--params-help",
      ...args.filter((arg) => arg === "--json"),
    ];
  }
  return [...args.slice(0, at + 1), url, ...args.slice(at + 1)];
}
