/**
 * Times with their units, as people write them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  "µs": 1e3,
  "μs": 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};
/** A week in nanoseconds: longer is a slip of the hand. */
const LONGEST = 7 * 24 * 3600e9;

/** Nanoseconds of `1ms`, `10s`, `250 us`; undefined when it is none, or more than a week. */
export function nanoseconds(text: string): number | undefined {
  const [, digits = "", unit = ""] =
    /^(\d{1,9}(?:\.\d{1,9})?) ?([a-zµμ]{1,3})$/.exec(text.trim()) ?? [];
  const scale = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (scale === undefined) return undefined;
  const value = Number(digits) * scale;
  return value > 0 && value <= LONGEST ? value : undefined;
}

/** A period as it was asked for: nanoseconds, or a power of two of device clocks. */
export type WantedPeriod = { readonly ns: number } | { readonly log: number };

/** `1ms`, or `2^20` for device clocks; undefined when it is neither. */
export function wantedPeriod(text: string): WantedPeriod | undefined {
  const log = /^2\^(\d{1,2})$/.exec(text.trim())?.[1];
  if (log !== undefined) {
    return Number(log) <= 40 ? { log: Number(log) } : undefined;
  }
  const ns = nanoseconds(text);
  return ns === undefined ? undefined : { ns };
}
