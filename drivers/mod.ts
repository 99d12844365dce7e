/**
 * The registry: one line per driver, which loads it, or its model alone, when
 * it is needed.
 *
 * @module
 */
// deno-fmt-ignore-file -- one line per driver
import type { RegistryEntry } from "./driver.ts";

export const mlx5: RegistryEntry = { load: () => import("./mlx5/mod.ts"), model: () => import("./mlx5/model.ts") };
export const cxl: RegistryEntry = { load: () => import("./cxl/mod.ts"), model: () => import("./cxl/model.ts") };
export const bnxt: RegistryEntry = { load: () => import("./bnxt/mod.ts"), model: () => import("./bnxt/model.ts") };
export const pds: RegistryEntry = { load: () => import("./pds/mod.ts"), model: () => import("./pds/model.ts") };
