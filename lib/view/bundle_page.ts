/**
 * The page of a debug bundle.
 *
 * @module
 */
import type { Bundle } from "../bundle/archive.ts";

/** x */
export function bundlePage(_bundle: Bundle): Promise<string> {
  return Promise.resolve("");
}
