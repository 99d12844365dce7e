/**
 * Whether this process may give a worker fewer permissions than it has itself.
 *
 * Asking for that without `--unstable-worker-options` ends the process at
 * once, past every handler, so it must be known before. Deno has no question
 * for it; what it does tell is which flags a forked child would be started
 * with, and these include the one of deno.json's `unstable` list.
 *
 * @module
 */
import process from "node:process";

const FLAG = "--unstable-worker-options";

interface ForkArguments {
  readonly args: readonly unknown[];
}

let known: boolean | undefined;

/**
 * Whether workers may be confined. Nothing is started and no permission is
 * used or asked for: `fork` is stopped at the moment it would start the child.
 * When Deno does not answer as expected, the answer is no.
 */
export function workersCanBeConfined(): boolean {
  known ??= flagsOfAForkedChild().includes(FLAG);
  return known;
}

/** The flags Deno would hand on to a forked child; empty when it will not say. */
function flagsOfAForkedChild(): readonly unknown[] {
  const children = process.getBuiltinModule("node:child_process");
  const prototype: object = children.ChildProcess.prototype;
  const spawn: unknown = Reflect.get(prototype, "spawn");
  const env: { get(name: string): string | undefined } = Deno.env;
  const get = env.get;
  let flags: readonly unknown[] = [];
  const stop = new Error("stopped before the child was started");
  // fork() reads one variable of the environment on its way; without the
  // permission that would prompt. All of this is synchronous: nobody sees it.
  env.get = (): undefined => undefined;
  Reflect.set(prototype, "spawn", (options: ForkArguments): never => {
    flags = options.args;
    throw stop;
  });
  try {
    children.fork("none", [], {
      execPath: "/nonexistent",
      execArgv: [],
      env: {},
      stdio: "ignore",
    });
  } catch {
    // The stop above, or a Deno that does this in another way: no flags then.
  } finally {
    Reflect.set(prototype, "spawn", spawn);
    env.get = get;
  }
  return Array.isArray(flags) ? flags : [];
}
