/**
 * One line on standard error that says how far something is, for whatever
 * takes more than a second; on terminals only.
 *
 * @module
 */
import { thousands } from "../view/words.ts";
import type { Output } from "./output.ts";

/** Milliseconds before the line appears, and between its changes. */
const PATIENCE = 1000;
const PACE = 100;
/** How often the time on it goes on while nothing else does. */
const TICK = 1000;

/** Where the line goes and what time it is. */
export interface ProgressOptions {
  /** Whether anybody sees it; standard error is a terminal when absent. */
  readonly visible?: boolean;
  /** Milliseconds; the machine's when absent. */
  readonly now?: () => number;
}

/** A progress line. `using` wipes it. */
export class Progress implements Disposable {
  readonly #output: Pick<Output, "note">;
  readonly #verb: string;
  readonly #visible: boolean;
  readonly #now: () => number;
  readonly #start: number;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #last = Number.NEGATIVE_INFINITY;
  #said = "";
  #shown = false;

  /** `verb` is what is being done: `reading`. */
  constructor(
    output: Pick<Output, "note">,
    verb: string,
    { visible = Deno.stderr.isTerminal(), now = () => performance.now() }:
      ProgressOptions = {},
  ) {
    this.#output = output;
    this.#verb = verb;
    this.#visible = visible;
    this.#now = now;
    this.#start = now();
    if (!visible) return;
    const timer = setInterval(() => this.#draw(), TICK);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  /** So many of so many are done; of what, and in how many lanes. */
  step(
    done: number,
    total: number,
    noun = "",
    lanes = 1,
    verb: string = this.#verb,
  ): void {
    if (!this.#visible) return;
    this.#said = `${verb} ${thousands(done)} of ${thousands(total)}${
      noun === "" ? "" : ` ${noun}`
    }${lanes > 1 ? `, ${lanes} lanes` : ""}`;
    this.#draw();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#shown) this.#output.note("\r\x1b[K");
    this.#shown = false;
  }

  #draw(): void {
    const now = this.#now();
    const elapsed = now - this.#start;
    if (this.#said === "") return;
    if (elapsed < PATIENCE || now - this.#last < PACE) return;
    this.#last = now;
    this.#shown = true;
    this.#output.note(
      `\r\x1b[K${this.#said}, ${Math.floor(elapsed / 1000)} s`,
    );
  }
}
