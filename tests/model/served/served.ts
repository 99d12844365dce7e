/**
 * `fwctl serve` as a process of its own, for tests that need a machine which
 * outlives the processes that use it.
 *
 * @module
 */
import { MODEL_FLAGS } from "../../cli/fwctl.ts";
import { ROOT } from "../../paths.ts";

/** A served model. `await using` ends it. */
export class Served implements AsyncDisposable {
  /** The socket it listens on. */
  readonly socket: string;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(
    child: Deno.ChildProcess,
    folder: string,
    socket: string,
  ) {
    this.#child = child;
    this.#folder = folder;
    this.socket = socket;
  }

  /** The value of `--model`. */
  get model(): string {
    return `unix:${this.socket}`;
  }

  /** Serves a scenario, by name or by its file. */
  static async start(
    scenario: string,
    options: readonly string[] = [],
  ): Promise<Served> {
    const folder = Deno.makeTempDirSync({ prefix: "fwctl-served-" });
    const socket = `${folder}/socket`;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--quiet",
        ...MODEL_FLAGS,
        `--allow-net=unix:${socket}`,
        "lib/cli/main.ts",
        "serve",
        "--model",
        scenario,
        "--socket",
        socket,
        ...options,
      ],
      cwd: ROOT,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    // It says so when it listens.
    const reader = child.stderr.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const said = new TextDecoder().decode(value);
    if (!said.startsWith("serving ")) throw new Error(said);
    return new Served(child, folder, socket);
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.stderr.cancel();
    await this.#child.status;
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
