/**
 * Runs in the guest: programs for its shell lines whose command lines go to
 * processes that are up already. Starting Deno takes seconds in an emulated
 * machine, and running a command in one that was started takes tenths of one.
 *
 * @module
 */
import type { Runner } from "./runner.ts";

/**
 * What a program is: its words go into a file, a zero behind each, and the file's
 * folder into `asked`; then it waits for how that ended.
 */
function script(folder: string): string {
  return `#!/bin/sh
at=$(mktemp -d ${folder}/XXXXXX) && mkfifo "$at/code" || exit 125
printf '%s\\0' "\${0##*/}" "$@" > "$at/words"
echo "$at" > ${folder}/asked
read -r code < "$at/code"
cat "$at/out"
cat "$at/err" >&2
exit "$code"
`;
}

/** Programs in a folder that belongs into the PATH. */
export class Programs implements AsyncDisposable {
  readonly #runners: Readonly<Record<string, () => Runner>>;
  readonly #listener: Deno.ChildProcess;
  readonly #served: Promise<void>;

  /**
   * @param folder exists and is empty
   * @param runners by the program's name; one is asked for when it is needed
   */
  constructor(
    folder: string,
    runners: Readonly<Record<string, () => Runner>>,
  ) {
    this.#runners = runners;
    for (const name of Object.keys(runners)) {
      Deno.writeTextFileSync(`${folder}/${name}`, script(folder), {
        mode: 0o755,
      });
    }
    const asked = `${folder}/asked`;
    new Deno.Command("mkfifo", { args: [asked] }).outputSync();
    // Open for both, it does not end when a program closed its side.
    this.#listener = new Deno.Command("/bin/sh", {
      args: ["-c", `exec cat <> ${asked}`],
      stdout: "piped",
    }).spawn();
    this.#served = this.#serve();
  }

  async #serve(): Promise<void> {
    let rest = "";
    for await (
      const text of this.#listener.stdout.pipeThrough(new TextDecoderStream())
    ) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const at of lines) await this.#answer(at);
    }
  }

  async #answer(at: string): Promise<void> {
    const words = Deno.readTextFileSync(`${at}/words`).split("\0");
    const [name = "", ...args] = words.slice(0, -1);
    const { code, stdout, stderr } =
      await (this.#runners[name]?.().run({ args }) ??
        { code: 127, stdout: "", stderr: `${name} is not a program here\n` });
    Deno.writeTextFileSync(`${at}/out`, stdout);
    Deno.writeTextFileSync(`${at}/err`, stderr);
    await Deno.writeTextFile(`${at}/code`, `${code & 0xff}\n`);
  }

  /** Nobody answers any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.kill();
    await this.#served;
  }
}
