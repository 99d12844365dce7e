/**
 * The command's own main in this process, its output kept.
 *
 * @module
 */
import { main } from "../../lib/cli/main.ts";
import { Output } from "../../lib/cli/output.ts";
import { plainStyle, type Style } from "../../lib/view/style.ts";

/** What was written so far. */
interface Said {
  out: string;
  err: string;
}

/** An output that keeps what it is given; never coloured, whatever this process writes to. */
export class Kept extends Output {
  override readonly style: Style = plainStyle;
  override readonly errorStyle: Style = plainStyle;
  readonly #said: Said;

  /** `said` may be another one's too: a command that runs another has an output for each. */
  constructor(json: boolean, said: Said = { out: "", err: "" }) {
    super(json);
    this.#said = said;
  }

  /** Standard output so far. */
  get out(): string {
    return this.#said.out;
  }

  /** Standard error so far. */
  get err(): string {
    return this.#said.err;
  }

  override text(text: string): void {
    this.#said.out += text;
  }

  override note(text: string): void {
    this.#said.err += text;
  }
}

/** Runs a command line and keeps what it says, and what one that it runs says. */
export async function keptMain(
  args: readonly string[],
): Promise<{ readonly code: number } & Readonly<Said>> {
  const said: Said = { out: "", err: "" };
  const code = await main(args, (json) => new Kept(json, said));
  return { code, ...said };
}
