/**
 * Periods of sampling: powers of two of device clocks for the device, time for
 * people.
 *
 * @module
 */

/** The most that makes sense: 2^40 clocks of 1 GHz are 18 minutes. */
const MOST_LOG = 40;

/** Nanoseconds of 2^log device clocks; undefined when the clock is not known. */
export function periodOf(log: number, khz: number): number | undefined {
  return khz > 0 && log <= MOST_LOG ? 2 ** log * 1e6 / khz : undefined;
}

/** The power of two of device clocks nearest to so many nanoseconds, not below `least`. */
export function logOfPeriod(
  nanoseconds: number,
  khz: number,
  least: number,
): number {
  const clocks = Math.max(1, nanoseconds * khz / 1e6);
  return Math.max(least, Math.min(MOST_LOG, Math.round(Math.log2(clocks))));
}

/** Nanoseconds for people: `1.05 ms`. */
export function timeText(nanoseconds: number): string {
  const [divisor, unit] =
    UNITS.find(([divisor]) => Math.abs(nanoseconds) >= divisor) ?? [1, "ns"];
  return `${Number((nanoseconds / divisor).toPrecision(4))} ${unit}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
  [1, "ns"],
];
