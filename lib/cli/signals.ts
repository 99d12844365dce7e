/**
 * Ctrl-C while devices are written to: the request in flight ends, then what
 * was applied is taken back, or left as it is where that was asked for.
 *
 * @module
 */
import type { RunControl } from "../apply/types.ts";
import { type FwctlError, PlanError } from "../errors.ts";
import type { Output } from "./output.ts";

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** What follows an interruption. */
export const ON_INTERRUPT = ["undo", "stop"] as const;

/** One of {@linkcode ON_INTERRUPT}. */
export type OnInterrupt = typeof ON_INTERRUPT[number];

/** How a command stands up to signals. */
export interface InterruptOptions {
  /** What follows; `undo` when absent. */
  readonly onInterrupt?: OnInterrupt | undefined;
  /** Whether taking back is what the command does: then nothing ends it early. */
  readonly undoing?: boolean;
  /** The run on record, for what can be done next. */
  readonly run?: () => string | undefined;
}

/** Holds back the signals that end a program. `using` lets them through again. */
export class Interrupts implements Disposable, RunControl {
  readonly leave: boolean;
  readonly #output: Output;
  readonly #options: InterruptOptions;
  readonly #heard = (): void => this.#hear();
  #count = 0;

  /** Listens from now on. */
  constructor(output: Output, options: InterruptOptions = {}) {
    this.#output = output;
    this.#options = options;
    this.leave = options.onInterrupt === "stop";
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.#heard);
  }

  /** Why no further request may be sent, once somebody said so. */
  stop(): FwctlError | undefined {
    if (this.#count === 0 || this.#options.undoing) return undefined;
    return new PlanError("The run was interrupted", "interrupted", [], {
      hint: this.#next(),
    });
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) {
      Deno.removeSignalListener(signal, this.#heard);
    }
  }

  #hear(): void {
    this.#count++;
    const output = this.#output;
    try {
      // A progress line may stand there.
      const wipe = Deno.stderr.isTerminal() ? "\r\x1b[K" : "";
      output.note(`${wipe}${output.errorStyle(this.#says(), "yellow")}\n`);
    } catch {
      // A terminal that is gone must not end what it can no longer show.
    }
  }

  #says(): string {
    const first = this.#count === 1;
    if (this.#options.undoing) {
      return "interrupted: it is being undone; that goes on to its end";
    }
    if (this.leave) {
      return first
        ? "interrupted: the request in flight ends, then it stops"
        : "it is stopping already: the request in flight ends first";
    }
    return first
      ? "interrupted: the request in flight ends, then what was applied is undone"
      : "it is being undone already; that goes on to its end";
  }

  #next(): string {
    if (!this.leave) return "Plan again when you want to go on";
    const run = this.#options.run?.();
    return run === undefined
      ? "No journal was kept: plan again to see what the devices hold"
      : `Go on with \`fwctl resume ${run}\`, or take it back with \`fwctl undo ${run}\``;
  }
}
