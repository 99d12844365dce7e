/**
 * Small words of all views: counts and lists.
 *
 * @module
 */

/** `1 request`, `3,980 requests`. */
export function count(n: number, noun: string): string {
  return `${thousands(n)} ${n === 1 ? noun : `${noun}s`}`;
}

/** Digits in groups of three, with commas. */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** How many of a kind are shown before the rest is only counted. */
export const SHOWN = 20;

/** The first texts, each once, and how many more there were. */
export function distinct(
  texts: Iterable<string>,
  most: number,
): { readonly shown: readonly string[]; readonly more: number } {
  const all = [...new Set(texts)];
  return { shown: all.slice(0, most), more: Math.max(0, all.length - most) };
}

/** `0x0012` at `digits` hex digits. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
