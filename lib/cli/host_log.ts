/**
 * `--log FILE`: a line for each recipe and run, for whoever asks months later.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { printable } from "../view/style.ts";

/** Adds lines to a log; `2026-11-29T12:00:00.000Z apply 10-sriov.ts applied …`. @throws {UsageError} */
export function addToLog(
  path: string | undefined,
  command: string,
  lines: readonly string[],
): void {
  if (path === undefined || lines.length === 0) return;
  const time = new Date().toISOString();
  const text = lines.map((line) => `${time} ${command} ${printable(line)}\n`);
  try {
    // One write, so that two commands do not cut each other's lines.
    Deno.writeTextFileSync(path, text.join(""), {
      append: true,
      create: true,
      mode: 0o640,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`The log ${path} cannot be written: ${reason}`, {
      cause,
      hint: "What it was about is done; name another file with --log",
    });
  }
}
