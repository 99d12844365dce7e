/**
 * Paths of the checkout, for tests that start processes.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** A file URL as a path. */
export function fromFileUrl(url: URL | string): string {
  return fileURLToPath(url);
}

/** The checkout's root, with a final slash. */
export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));
