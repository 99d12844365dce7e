/**
 * A driver by the name on the command line.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { driverNames, loadDrivers } from "../../drivers/load.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Globals } from "./context.ts";
import { driversOutside } from "./drivers.ts";

/** Loads it. @throws `UsageError` with the names there are */
export async function driverNamed(
  name: string,
  globals: Globals,
): Promise<Driver> {
  const more = await driversOutside(globals);
  const [driver = more.find((each) => each.name === name)] = await loadDrivers([
    name,
  ]);
  if (driver) return driver;
  const names = [...driverNames(), ...more.map((each) => each.name)];
  throw new UsageError(`There is no driver "${name}"`, {
    hint: didYouMean(name, names) ?? `Drivers: ${names.join(", ")}`,
  });
}
