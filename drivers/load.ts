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

/** All drivers as a model needs them: a name, and what loads the model's side alone. */
export function modelledDrivers(): Pick<Driver, "name" | "loadModel">[] {
  return entries().map(([name, { model }]) => ({
    name,
    loadModel: async () => (await model()).modelDriver,
  }));
}

function entries(): [string, RegistryEntry][] {
  return Object.entries<RegistryEntry>(registry);
}
