/**
 * The form of a benchmark that makes a claim: every file `tests/bench/*_bench.ts`
 * exports `benchmarks`; `main.ts` runs them all in one run and holds each
 * figure against its limit.
 *
 * @module
 */

/** What was measured. */
export interface Figure {
  /** The figure the limit is about: a ratio unless `unit` says otherwise. */
  readonly value: number;
  /** `×` for ratios, or `µs`, `MB`. */
  readonly unit: string;
  /** The raw figures behind it, for people. */
  readonly detail: string;
}

/** A claim and how it is measured. */
export interface Benchmark {
  /** The claim. */
  readonly name: string;
  /** The figure must not be above it. */
  readonly limit: number;
  /** Measures; a string is the reason why it cannot be measured here. */
  run(): Promise<Figure | string>;
}

/** The median of `runs` timings, in milliseconds each. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
