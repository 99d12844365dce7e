/**
 * `--log FILE`: a line for each recipe and run, for whoever asks months later.
 *
 * @module
 */
import { printable } from "../../view/style.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Output } from "../output.ts";

/**
 * Adds lines to a log: `2026-11-29T12:00:00.000Z apply 10-sriov.ts applied …`.
 * What they are about is done and told: that they cannot be written is a
 * warning, and an error where there was none.
 *
 * @param code the exit code so far
 */
export function logged(
  { output }: { readonly output: Output },
  path: string | undefined,
  command: string,
  lines: readonly string[],
  code: ExitCode,
): ExitCode {
  if (path === undefined || lines.length === 0) return code;
  const time = new Date().toISOString();
  const text = lines.map((line) => `${time} ${command} ${printable(line)}\n`);
  try {
    // One write, so that two commands do not cut each other's lines.
    Deno.writeTextFileSync(path, text.join(""), {
      append: true,
      create: true,
      mode: 0o640,
    });
    return code;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    output.warn(`The log ${path} cannot be written: ${reason}`);
    return code === EXIT.done ? EXIT.error : code;
  }
}
