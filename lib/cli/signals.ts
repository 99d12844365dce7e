/**
 * Keeping Ctrl-C from leaving a half-applied plan behind.
 *
 * @module
 */

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs `body`, which does not wait for anything, with the signals that end a
 * program held back: it is seconds at most, and ends with everything either
 * applied or undone.
 */
export function uninterrupted<T>(body: () => T): T {
  const ignore = (): void => {};
  for (const signal of SIGNALS) Deno.addSignalListener(signal, ignore);
  try {
    return body();
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, ignore);
  }
}
