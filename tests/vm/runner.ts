/**
 * Runs in the guest: a process that runs command lines, and what is asked of it.
 *
 * @module
 */
import type { Ask, Told } from "./commands.ts";
import type { Ended } from "./machine_steps.ts";

/** Seconds after which a command counts as hung when nothing else is said. */
const PATIENCE = 120;

/** A process that runs one command line after the other. */
export class Runner {
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #up: Promise<Told>;
  #rest = "";
  #asked = 0;

  /** Starts it with these permissions. */
  constructor(...permissions: readonly string[]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--no-prompt", "--unstable-worker-options"],
        ...permissions,
        "tests/vm/commands.ts",
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#up = this.#line(0);
  }

  /** Resolves when it is up: starting is slow, and is no command that hangs. */
  async ready(): Promise<void> {
    await this.#up;
  }

  /** Runs one; after `seconds` it counts as hung. */
  async run(
    { args, bent }: Omit<Ask, "id">,
    seconds: number = PATIENCE,
  ): Promise<Ended> {
    await this.ready();
    const id = ++this.#asked;
    const line = `${JSON.stringify({ id, args, bent })}\n`;
    await this.#input.write(new TextEncoder().encode(line));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((done) => {
      timer = setTimeout(() => done(undefined), 1000 * seconds);
    });
    const told = await Promise.race([this.#line(id), late]);
    clearTimeout(timer);
    return told ??
      { code: -1, stdout: "", stderr: `no answer in ${seconds} s: it hangs` };
  }

  /** The answer to a question; one that was given up comes late, or never. */
  async #line(id: number): Promise<Told> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const told: Told = JSON.parse(this.#rest.slice(0, end));
        this.#rest = this.#rest.slice(end + 1);
        if (told.id === id) return told;
        continue;
      }
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("the process of the commands ended");
      this.#rest += value;
    }
  }

  /** No more is asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
  }
}
