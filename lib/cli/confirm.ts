/**
 * Asking a person, on standard error, so that standard output stays a result.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Output } from "./output.ts";

/**
 * Asks unless `yes` was said on the command line.
 *
 * @param otherwise what is so when the answer is no
 * @throws {UsageError} when the answer is no, or when nobody can be asked
 */
export function confirm(
  output: Output,
  question: string,
  yes: boolean,
  otherwise = "nothing was sent",
): void {
  if (yes) return;
  if (output.json || !Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) {
    throw new UsageError(`${question} Nobody can be asked; ${otherwise}`, {
      hint: "Add --yes when that is what you want",
    });
  }
  output.note(`${output.errorStyle(question, "bold")} [y/N] `);
  if (!/^y(es)?$/i.test(readLine().trim())) {
    throw new UsageError(`Not confirmed; ${otherwise}`);
  }
}

/** One line from the terminal; "" at its end. */
function readLine(): string {
  const chunk = new Uint8Array(1024);
  const length = Deno.stdin.readSync(chunk) ?? 0;
  return new TextDecoder().decode(chunk.subarray(0, length));
}
