/**
 * `fwctl completion SHELL`: prints the shell's completion script.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { completionScript, type Shell } from "./scripts.ts";

/** Runs the command. */
export function completion({ output }: Context, shell: Shell): ExitCode {
  if (output.json) {
    throw new UsageError("A completion script is no JSON", {
      hint: "Leave --json out",
    });
  }
  output.text(completionScript(shell));
  return EXIT.done;
}
