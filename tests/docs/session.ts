/**
 * A reader's shell: a folder, a modelled host, one command line after the
 * other, as docs/model.sh makes them. The working directory of this process is
 * the folder.
 *
 * @module
 */
import { main } from "../../lib/cli/main.ts";
import { Output } from "../../lib/cli/output.ts";
import { MODEL_FLAGS } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";

/** How a command line ended. */
export interface Ran {
  /** Its exit code. */
  readonly code: number;
  /** What it printed on both streams, in order. */
  readonly text: string;
}

/** Words without anything that a shell would do something with. */
const PLAIN = /^fwctl(?: +(?:[^\s|&;<>$`"'*?()#\\]+|'[^']*'|"[^"$`\\]*"))*$/;

/** The reader's shell. */
export class Session {
  #model = "connectx";

  /** Runs one command line. */
  async run(command: string): Promise<Ran> {
    const [word = "", ...rest] = command.split(/ +/);
    if (word === "use_model") return this.#use(rest.join(" "));
    if (command === ". docs/model.sh") return this.#use("connectx");
    if (PLAIN.test(command)) return await this.#here(wordsOf(command).slice(1));
    return await this.#bash(command);
  }

  #use(model: string): Ran {
    this.#model = model;
    for (const name of [".lab/host.json", ".lab/state"]) {
      try {
        Deno.removeSync(name, { recursive: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    Deno.mkdirSync(".lab", { recursive: true });
    return { code: 0, text: "" };
  }

  /** The options that docs/model.sh puts before a command's. */
  #globals(args: readonly string[]): string[] {
    return args.includes("--model") || args.includes("--replay") ? [] : [
      ...["--model", this.#model, "--model-state", ".lab/host.json"],
      ...["--state-dir", ".lab/state"],
    ];
  }

  /** `fwctl ARGS` in this process, which costs a tenth of one of its own. */
  async #here(args: readonly string[]): Promise<Ran> {
    const kept: string[] = [];
    const code = await main(
      [...this.#globals(args), ...args],
      (json) => new Kept(json, kept),
    );
    return { code, text: kept.join("") };
  }

  /** What needs a shell. */
  async #bash(command: string): Promise<Ran> {
    const deno = `'${Deno.execPath()}'`;
    const flags = ["run", "--quiet", "--no-prompt", ...MODEL_FLAGS].join(" ");
    const globals = this.#globals(command.split(" ")).join(" ");
    // A program, as docs/model.sh makes one: scripts find it too.
    Deno.mkdirSync(".lab/bin", { recursive: true });
    Deno.writeTextFileSync(
      ".lab/bin/fwctl",
      `#!/bin/sh\nexec ${deno} ${flags} ${ROOT}lib/cli/main.ts ${globals} "$@"\n`,
      { mode: 0o755 },
    );
    const script = `
      deno() { ${deno} "$@"; }
      npx() { shift 2; ${deno} "$@"; }
      PATH=$PWD/.lab/bin:$PATH
      ${command}`;
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script],
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }
}

/** An output whose two streams are kept as one, as a terminal shows them. */
class Kept extends Output {
  readonly #kept: string[];

  constructor(json: boolean, kept: string[]) {
    super(json);
    this.#kept = kept;
  }

  override text(text: string): void {
    this.#kept.push(text);
  }

  override bytes(bytes: Uint8Array): void {
    this.#kept.push(new TextDecoder().decode(bytes));
  }

  override note(text: string): void {
    this.#kept.push(text);
  }
}

/** The words of a line that {@linkcode PLAIN} fits. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, word]) => single ?? double ?? word ?? "");
}
