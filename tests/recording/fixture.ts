/**
 * Recordings made in this process, of the command or of a host.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Folder } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";

/** What was recorded. */
export interface Recorded {
  /** The file. */
  readonly file: string;
  /** Its text. */
  readonly text: string;
  /** What the command printed. */
  readonly out: string;
  /** Its exit code. */
  readonly code: number;
  /** What was said about it. */
  readonly err: string;
}

/** Runs `fwctl record FILE OPTIONS --model MODEL -- ARGS`. */
export async function recorded(
  folder: Folder,
  model: string,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<Recorded> {
  const file = `${folder.path}/${crypto.randomUUID()}.jsonl`;
  const { code, out, err } = await fwctlHere(
    ["--model", model, "record", ...options, file, "--", ...args],
  );
  return { file, text: Deno.readTextFileSync(file), out, code, err };
}

/** Runs the same command against a recording and holds it to the same output. */
export async function replaysTheSame(
  { file, out, code }: Recorded,
  args: readonly string[],
): Promise<void> {
  const replayed = await fwctlHere(["--replay", file, ...args]);
  assertEquals(replayed.out, out, replayed.err);
  assertEquals(replayed.code, code);
}
