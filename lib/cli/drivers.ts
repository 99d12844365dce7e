/**
 * The drivers the command knows, loaded when one is needed.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";

/** Every driver there is. */
export async function allDrivers(): Promise<readonly Driver[]> {
  return Object.values(await import("../../drivers/mod.ts"));
}
