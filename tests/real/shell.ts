/**
 * A real interactive shell on a terminal of its own, to press TAB in.
 *
 * @module
 */
import { MODEL_FLAGS } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";

/** A folder with a program `fwctl` in it, which is this checkout. */
export class Installed implements Disposable {
  /** The folder. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "fwctl-shell-" });

  constructor() {
    Deno.mkdirSync(`${this.path}/bin`);
    const line = [
      Deno.execPath(),
      "run",
      "--no-prompt",
      "--quiet",
      "--no-check",
    ]
      .concat(MODEL_FLAGS, `${ROOT}lib/cli/main.ts`)
      .map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    Deno.writeTextFileSync(
      `${this.path}/bin/fwctl`,
      // What it is asked is on record, for tests that nothing was run.
      `#!/bin/sh\nexec ${line} "$@"\n`,
      { mode: 0o755 },
    );
  }

  /** The environment of a shell that finds it. */
  get env(): Record<string, string> {
    return {
      PATH: `${this.path}/bin:${Deno.env.get("PATH") ?? ""}`,
      HOME: this.path,
      HISTFILE: "/dev/null",
      TERM: "dumb",
      LC_ALL: "C.UTF-8",
      DENO_DIR: denoDir(),
      DENO_NO_UPDATE_CHECK: "1",
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Deno's cache: with a HOME of its own the shell would look elsewhere. */
function denoDir(): string {
  const home = Deno.env.get("HOME") ?? "";
  return Deno.env.get("DENO_DIR") ?? `${home}/.cache/deno`;
}

/** What stands around the line that a shell shows on our key. */
const SHOWN = /<<\[([^]*?)\]>>/;

/** An interactive shell. Its setup must bind Control-O to print the line as `<<[…]>>`. */
export class Shell implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(command: string, env: Record<string, string>, cwd: string) {
    this.#child = new Deno.Command("script", {
      args: ["-qec", command, "/dev/null"],
      clearEnv: true,
      env,
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.getReader();
  }

  /** Types a line and presses Return; what it prints is up to `until`. */
  async run(line: string, until: string): Promise<string> {
    await this.#type(`${line}\r`);
    return await this.#readUntil((text) => text.includes(until));
  }

  /** Types the text, presses TAB, and says what the line is then, and what was shown meanwhile. */
  async tab(
    text: string,
    keys = "\t",
  ): Promise<{ readonly line: string; readonly shown: string }> {
    this.#text = "";
    await this.#type(`${text}${keys}\x0f`);
    const shown = await this.#readUntil((seen) => SHOWN.test(seen));
    await this.#type("\x15");
    const line = SHOWN.exec(shown)?.[1] ?? "";
    return { line, shown: shown.replaceAll("\r", "") };
  }

  async #type(keys: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  async #readUntil(there: (text: string) => boolean): Promise<string> {
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 60_000);
    try {
      for (;;) {
        if (there(this.#text)) break;
        const { value, done } = await this.#reader.read();
        if (done) throw new Error(`the shell ended: ${this.#text}`);
        this.#text += this.#decoder.decode(value, { stream: true });
      }
      const text = this.#text;
      this.#text = "";
      return text;
    } finally {
      clearTimeout(late);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It leaves by itself, so that nothing of it writes any more afterwards.
    await this.#type("\x03\x15exit\r").catch(() => {});
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    while (!(await this.#reader.read()).done);
    await this.#child.status;
    clearTimeout(late);
    await this.#writer.close().catch(() => {});
  }
}
