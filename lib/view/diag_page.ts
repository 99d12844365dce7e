/**
 * A page with plots of diagnostic counters.
 *
 * @module
 */
import type { DiagRun } from "./diag.ts";

/** The page as text. */
export function diagPage(run: DiagRun): Promise<string> {
  return Promise.resolve(run.device);
}
