/**
 * Drivers by name, loaded when they are needed: each brings tables and codecs
 * that a command about another vendor's device has no use for.
 *
 * @module
 */
import type { Driver, RegistryEntry } from "./driver.ts";
import * as registry from "./mod.ts";

/** The names of all drivers there are, in the order of the alphabet. */
export function driverNames(): string[] {
  return Object.keys(registry);
}

/**
 * Loads drivers.
 *
 * @param names those wanted; names of no driver are passed over. All when absent
 * @returns in the order of their names
 */
export async function loadDrivers(
  names?: readonly string[],
): Promise<readonly Driver[]> {
  const wanted = entries()
    .filter(([name]) => names === undefined || names.includes(name));
  const modules = await Promise.all(wanted.map(([, { load }]) => load()));
  return modules.map(({ driver }) => driver);
}

/**
 * All drivers of this project and others beside them, for every function that
 * takes a list of drivers.
 *
 * @example
 * ```ts
 * import { type Driver, driversWith } from "@fwctl/fwctl-deno";
 *
 * async function drivers(mine: Driver): Promise<readonly Driver[]> {
 *   return await driversWith([mine]);
 * }
 * ```
 *
 * @throws `UsageError` for what is no driver, and when two are for the same devices
 */
export async function driversWith(
  more: readonly Driver[],
): Promise<readonly Driver[]> {
  const { besides, checkDriver } = await import("./outside.ts");
  more.forEach((driver, index) => checkDriver(driver, `drivers[${index}]`));
  return besides(await loadDrivers(), more);
}

/**
 * All drivers as a model needs them: a name, and what loads the model's side
 * alone. Drivers from outside come after those of this project.
 */
export function modelledDrivers(
  more: readonly Driver[] = [],
): Pick<Driver, "name" | "loadModel">[] {
  const own = entries().map(([name, { model }]) => ({
    name,
    loadModel: async () => (await model()).modelDriver,
  }));
  return [...own, ...more];
}

function entries(): [string, RegistryEntry][] {
  return Object.entries<RegistryEntry>(registry);
}
