/**
 * Regular expressions from recipes. A hostile one can run for years, so it
 * runs under V8's own timer, the only thing that stops it.
 *
 * @module
 */
import process from "node:process";
import { RecipeError } from "../errors.ts";

const TIME_LIMIT_MS = 200;
const LONGEST_PATTERN = 1000;

/**
 * Whether the whole of `text` matches `pattern` (flag `u`).
 *
 * @throws {RecipeError} when it is no regular expression, or takes too long
 */
export function matchesWhole(
  pattern: string,
  text: string,
  at: string,
): boolean {
  if (pattern.length > LONGEST_PATTERN) {
    throw new RecipeError(
      `${at}: a pattern of ${pattern.length} characters is too long`,
      { hint: `Keep patterns below ${LONGEST_PATTERN} characters.` },
    );
  }
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern})$`, "u");
  } catch (error) {
    throw new RecipeError(
      `${at}: ${JSON.stringify(pattern)} is not a regular expression`,
      {
        hint: "The recipe must be corrected; the flag u is set.",
        cause: error,
      },
    );
  }
  const vm = process.getBuiltinModule("node:vm");
  const started = performance.now();
  try {
    return vm.runInNewContext(
      "expression.test(text)",
      { expression, text },
      { timeout: TIME_LIMIT_MS },
    ) === true;
  } catch (error) {
    const late = performance.now() - started >= TIME_LIMIT_MS;
    throw new RecipeError(
      late
        ? `${at}: the pattern took more than ${TIME_LIMIT_MS} ms on a text of ${text.length} characters`
        : `${at}: the pattern cannot be used`,
      {
        hint: "The recipe must be corrected: its pattern backtracks too much.",
        cause: error,
      },
    );
  }
}
