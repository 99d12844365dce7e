/**
 * A server of device nodes as a process of its own, in the machine.
 *
 * @module
 */
import { ROOT } from "../../paths.ts";

const FWCTL = ["--unstable-worker-options", "lib/cli/main.ts"];

/** A program of the project, run to its end or until it serves. */
export class Served implements AsyncDisposable {
  /** What it said when it began to serve. */
  readonly said: string;
  /** Its process id. */
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  #ended = false;

  private constructor(child: Deno.ChildProcess, said: string) {
    this.#child = child;
    this.pid = child.pid;
    this.said = said;
  }

  /** Serves a scenario with the command. */
  static fwctl(...args: string[]): Promise<Served> {
    return Served.start("stderr", [...FWCTL, "serve", "--cuse", ...args]);
  }

  /** Serves the recordings' lab. */
  static lab(...args: string[]): Promise<Served> {
    return Served.start("stdout", ["tests/kernel/cuse/lab.ts", ...args]);
  }

  /** Starts a program that says in `stream` that it serves. */
  static async start(
    stream: "stdout" | "stderr",
    args: readonly string[],
  ): Promise<Served> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", ...args],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child[stream].getReader();
    const decoder = new TextDecoder();
    let said = "";
    // The last word comes when all nodes are there; they are said at once.
    const { value } = await reader.read();
    said += decoder.decode(value);
    reader.releaseLock();
    if (!said.startsWith("serving ")) throw new Error(said);
    return new Served(child, said);
  }

  /** Ends it with a signal: its exit status, or -1 where the signal killed it. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    if (this.#ended) return -1;
    this.#ended = true;
    this.#child.kill(signal);
    const { code, signal: killedBy } = await this.#child.status;
    await this.#child.stdout.cancel();
    await this.#child.stderr.cancel();
    return killedBy === null ? code : -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Runs a program to its end. */
export async function output(
  program: string,
  args: readonly string[],
): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}
