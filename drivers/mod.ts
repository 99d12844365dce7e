/**
 * The registry: one line per driver.
 *
 * @module
 */
export { driver as mlx5 } from "./mlx5/mod.ts";
export { driver as bnxt } from "./bnxt/mod.ts";
