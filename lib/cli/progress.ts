/**
 * One line on standard error that says how far something is, for whatever
 * takes more than a second; on terminals only.
 *
 * @module
 */
import type { Output } from "./output.ts";

/** Milliseconds before the line appears, and between its changes. */
const PATIENCE = 1000;
const PACE = 100;

/** A progress line. `using` wipes it. */
export class Progress implements Disposable {
  readonly #output: Output;
  readonly #verb: string;
  readonly #visible = Deno.stderr.isTerminal();
  readonly #start = performance.now();
  #last = 0;
  #shown = false;

  /** `verb` is what is being done: `reading`. */
  constructor(output: Output, verb: string) {
    this.#output = output;
    this.#verb = verb;
  }

  /** So many of so many are done. */
  step(done: number, total: number): void {
    if (!this.#visible) return;
    const now = performance.now();
    if (now - this.#start < PATIENCE || now - this.#last < PACE) return;
    this.#last = now;
    this.#shown = true;
    this.#output.note(`\r\x1b[K${this.#verb} ${done} of ${total}`);
  }

  [Symbol.dispose](): void {
    if (this.#shown) this.#output.note("\r\x1b[K");
    this.#shown = false;
  }
}
