/**
 * Running the command that can be killed.
 *
 * @module
 */
import { checkPrinted } from "../answers.ts";
import { MODEL_FLAGS } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { type LastWords, MARK } from "./points.ts";

/** How it ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
  /** What it said of its operations; only the instrumented one does. */
  readonly words: LastWords | undefined;
}

/** The command with its operations counted; it dies before the `point`th. */
export function mortal(point: number, args: readonly string[]): Promise<Ended> {
  return run(["-A", "tests/crash/child.ts", String(point), ...args]);
}

/** The command as it is. */
export function command(args: readonly string[]): Promise<Ended> {
  return run(["--allow-ffi", "lib/cli/main.ts", ...args]);
}

async function run(args: readonly string[]): Promise<Ended> {
  const { code, signal, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    {
      args: [
        "run",
        "--no-prompt",
        "--quiet",
        "--no-check",
        ...(args[0] === "-A" ? ["--unstable-worker-options"] : MODEL_FLAGS),
        ...args,
      ],
      cwd: ROOT,
      stdin: "null",
    },
  ).output();
  const decoder = new TextDecoder();
  const err = decoder.decode(stderr);
  const out = decoder.decode(stdout);
  await checkPrinted(args, out);
  const at = err.indexOf(MARK);
  return {
    code,
    signal,
    out,
    err: at < 0 ? err : err.slice(0, at),
    words: at < 0 ? undefined : JSON.parse(err.slice(at + MARK.length)),
  };
}
