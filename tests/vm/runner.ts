/**
 * Runs in the guest: the process that runs the command lines of a machine, and
 * what is asked of it.
 *
 * @module
 */
import type { Ask, Told } from "./commands.ts";

/** A process that runs one command line after the other. */
export class Runner {
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #rest = "";

  constructor() {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--unstable-worker-options",
        "tests/vm/commands.ts",
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Runs one; after `seconds` it counts as hung. */
  async run(ask: Ask, seconds: number): Promise<Told> {
    const line = `${JSON.stringify(ask)}\n`;
    await this.#input.write(new TextEncoder().encode(line));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((done) => {
      timer = setTimeout(() => done(undefined), 1000 * seconds);
    });
    const text = await Promise.race([this.#line(), late]);
    clearTimeout(timer);
    return text === undefined
      ? { code: -1, stdout: "", stderr: `no answer in ${seconds} s: it hangs` }
      : JSON.parse(text);
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("the process of the commands ended");
      this.#rest += value;
    }
  }

  /** No more is asked. */
  async end(): Promise<void> {
    await this.#input.close();
  }
}
