/**
 * Reading samples while they come, until somebody or something says enough.
 *
 * @module
 */
import type { DiagParams, Sample } from "../../../drivers/mlx5/reading/diag.ts";
import type {
  DiagSeries,
  Round,
} from "../../../drivers/mlx5/reading/diag_series.ts";
import type { DiagEnd } from "../../view/diag.ts";

/** Where samples come from. */
export interface LoopSource {
  /** Samples in the device's buffer. */
  readonly size: number;
  /** What is new, and maybe some of what is not. */
  poll(): Sample[];
  /** The parameters in force. */
  now(): DiagParams;
}

/** What the loop is told. */
export interface LoopInput {
  /** Where samples come from. */
  readonly source: LoopSource;
  /** Puts them in order. */
  readonly series: DiagSeries;
  /** The parameters that were in force at the start. */
  readonly params: DiagParams;
  /** Milliseconds from one look to the next. */
  readonly pace: number;
  /** Milliseconds in all; no end when absent. */
  readonly duration?: number | undefined;
  /** Samples in all. */
  readonly most?: number | undefined;
  /** Milliseconds now. */
  clock(): number;
  /** Waits so many milliseconds, or until somebody interrupts. */
  pause(milliseconds: number): Promise<void>;
  /** Whether somebody did. */
  interrupted(): boolean;
  /** Gets the samples as they come; false ends it. */
  take(rounds: readonly Round[]): boolean;
}

/** Shortest and longest time between two looks, in milliseconds. */
const PACES = [20, 500] as const;

/** How often to look: four times while the buffer fills. */
export function paceOf(size: number, periodNs: number | undefined): number {
  const [least, most] = PACES;
  if (periodNs === undefined) return least;
  return Math.min(most, Math.max(least, size * periodNs / 4e6));
}

/**
 * Reads until the end. Of what a buffer that goes round holds at the start only
 * the newest sample is taken; a single run is taken from its first.
 */
export async function readWhile(input: LoopInput): Promise<DiagEnd> {
  const { source, series, params, duration, most } = input;
  const start = input.clock();
  const rounds = params.set.includes("repetitive");
  let given = 0;
  const give = (list: Round[]): DiagEnd | undefined => {
    const wanted = most === undefined ? list : list.slice(0, most - given);
    given += wanted.length;
    if (wanted.length > 0 && !input.take(wanted)) return "most";
    return most !== undefined && given >= most ? "count" : undefined;
  };
  for (let first = true;; first = false) {
    // Other parameters would make of the next samples what they are not.
    if (!same(source.now(), params)) return "changed";
    series.add(source.poll(), input.clock());
    const list = series.take();
    const enough = give(first && rounds ? list.slice(-1) : list);
    if (enough !== undefined) return enough;
    if (params.set.includes("single") && series.count >= source.size) {
      return give(series.take(true)) ?? "full";
    }
    const left = duration === undefined
      ? input.pace
      : start + duration - input.clock();
    if (left <= 0 || input.interrupted()) {
      return give(series.take(true)) ??
        (input.interrupted() ? "interrupted" : "duration");
    }
    await input.pause(Math.min(input.pace, left));
  }
}

function same(a: DiagParams, b: DiagParams): boolean {
  return a.logPeriod === b.logPeriod && a.logSamples === b.logSamples &&
    a.set.join() === b.set.join() && a.counters.join() === b.counters.join();
}
