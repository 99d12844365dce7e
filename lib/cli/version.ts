/**
 * The version of the program.
 *
 * @module
 */

/** What `--version` prints; equal to deno.json's, held by a test. */
export const VERSION = "0.1.0";
