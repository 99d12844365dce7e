/**
 * The registry: one line per driver.
 *
 * @module
 */
export { driver as mlx5 } from "./mlx5/mod.ts";
export { driver as cxl } from "./cxl/mod.ts";
export { driver as bnxt } from "./bnxt/mod.ts";
export { driver as pds } from "./pds/mod.ts";
