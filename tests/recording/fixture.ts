/**
 * Recordings made in this process, of the command or of a host.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { main } from "../../lib/cli/main.ts";
import { checkPrinted } from "../answers.ts";
import type { Ended, Folder } from "../cli/fwctl.ts";
import { Kept } from "../cli/in_process.ts";

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

/** `fwctl ARGS`, here, with what the command says that it runs. */
export async function here(args: readonly string[]): Promise<Ended> {
  const kept: Kept[] = [];
  const code = await main(args, (json) => {
    const output = new Kept(json);
    kept.push(output);
    return output;
  });
  const out = kept.map((each) => each.out).join("");
  const err = kept.map((each) => each.err).join("");
  assert(!/internal error: /.test(out + err), out + err);
  await checkPrinted(args, out);
  return { code, out, err };
}

/** Runs `fwctl record FILE OPTIONS --model MODEL -- ARGS`. */
export async function recorded(
  folder: Folder,
  model: string,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<Recorded> {
  const file = `${folder.path}/${crypto.randomUUID()}.jsonl`;
  const { code, out, err } = await here(
    ["--model", model, "record", ...options, file, "--", ...args],
  );
  return { file, text: Deno.readTextFileSync(file), out, code, err };
}

/** Runs the same command against a recording and holds it to the same output. */
export async function replaysTheSame(
  { file, out, code }: Recorded,
  args: readonly string[],
): Promise<void> {
  const replayed = await here(["--replay", file, ...args]);
  assertEquals(replayed.out, out, replayed.err);
  assertEquals(replayed.code, code);
}
