/**
 * A machine, opened by one call.
 *
 * @module
 */
export { openMachine } from "./open.ts";
export type * from "./types.ts";
