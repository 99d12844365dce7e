/**
 * Paths of the checkout, for tests that start processes.
 *
 * @module
 */
import { fileURLToPath, pathToFileURL } from "node:url";

/** A file URL as a path. */
export function fromFileUrl(url: URL | string): string {
  return fileURLToPath(url);
}

/** A path as a file URL. */
export function toFileUrl(path: string): string {
  return pathToFileURL(path).href;
}

/** The checkout's root, with a final slash. */
export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));
