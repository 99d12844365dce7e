/**
 * A driver by the name on the command line.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { driverNames, loadDrivers } from "../../drivers/load.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";

/** Loads it. @throws `UsageError` with the names there are */
export async function driverNamed(name: string): Promise<Driver> {
  const [driver] = await loadDrivers([name]);
  if (driver) return driver;
  const names = driverNames();
  throw new UsageError(`There is no driver "${name}"`, {
    hint: didYouMean(name, names) ?? `Drivers: ${names.join(", ")}`,
  });
}
