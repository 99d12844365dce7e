/**
 * The registry: one line per driver, which loads it when it is needed.
 *
 * @module
 */
import type { DriverLoader } from "./driver.ts";

export const mlx5: DriverLoader = () => import("./mlx5/mod.ts");
export const cxl: DriverLoader = () => import("./cxl/mod.ts");
export const bnxt: DriverLoader = () => import("./bnxt/mod.ts");
export const pds: DriverLoader = () => import("./pds/mod.ts");
