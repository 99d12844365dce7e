/**
 * Drivers from outside this project: checking that a module is one, and that
 * it stands beside those that are there. There is no registry to add them to:
 * whoever works with drivers is given a list of them.
 *
 * Such a driver is code with all rights of the program that loads it, and what
 * it says of a request is what a policy goes by. Load only what you trust as
 * you trust this library.
 *
 * @module
 */
import { isFwctlError, UsageError } from "../lib/errors.ts";
import type { Driver } from "./driver.ts";

/** Members of a driver that are functions and that every one has. */
const FUNCTIONS = [
  "decodeInfo",
  "describeInfo",
  "classify",
  "refusal",
  "explainErrno",
  "identify",
  "describe",
  "requests",
  "loadModel",
] as const satisfies readonly (keyof Driver)[];

/** Those that are objects with something by name. */
const TABLES = [
  "resources",
  "actions",
  "queries",
] as const satisfies readonly (keyof Driver)[];

/**
 * Loads the module at `url` and checks that its export `driver` is one. It runs
 * with every right of this program.
 *
 * @throws `UsageError` when it cannot be loaded or is no driver
 */
export async function loadOutside(url: string): Promise<Driver> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(url);
  } catch (cause) {
    if (isFwctlError(cause)) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `The driver ${url} cannot be loaded: ${message.split("\n")[0] ?? ""}`,
      {
        cause,
        hint:
          "A file needs --allow-read of it and of what it imports, a URL --allow-import of its host",
      },
    );
  }
  return checkDriver(module.driver, url);
}

/**
 * Checks that a value has the shape of a driver; whether it does what a driver
 * does shows on its model.
 *
 * @param source where it is from, for messages
 * @throws `UsageError` naming what it lacks
 */
export function checkDriver(value: unknown, source: string): Driver {
  const fail = (what: string): never => {
    throw new UsageError(`${source} is no driver: ${what}`, {
      hint:
        "A driver's module exports `driver`, an object of type Driver; see docs/examples/own_driver",
    });
  };
  if (typeof value !== "object" || value === null) {
    return fail("it exports no object called driver");
  }
  const driver = value as Readonly<Record<keyof Driver, unknown>>;
  const { name, deviceType, title, kernelDrivers } = driver;
  if (typeof name !== "string" || !/^[a-z][a-z0-9_]{0,31}$/.test(name)) {
    return fail("its name is not lower case letters, digits and _");
  }
  if (name === "unknown" || name === "none") fail(`${name} is no name for one`);
  if (
    typeof deviceType !== "number" || !Number.isInteger(deviceType) ||
    deviceType < 1 || deviceType > 0xffffffff
  ) fail("its deviceType is not a number above 0 of 32 bits");
  if (typeof title !== "string") fail("its title is no text");
  if (
    !Array.isArray(kernelDrivers) ||
    kernelDrivers.some((each) => typeof each !== "string" || each === "")
  ) fail("its kernelDrivers are no list of names");
  for (const member of FUNCTIONS) {
    if (typeof driver[member] !== "function") {
      fail(`its ${member} is no function`);
    }
  }
  for (const member of TABLES) {
    const table = driver[member];
    if (typeof table !== "object" || table === null) {
      fail(`its ${member} are no object`);
    }
  }
  const checked = value as Driver;
  const kinds = [checked.resources, checked.actions]
    .flatMap((table) => Object.values(table))
    .map(({ kind }) => String(kind));
  const alien = kinds.find((kind) => !kind.startsWith(`${name}.`));
  if (alien !== undefined) {
    fail(`what it declares as ${alien} does not begin with ${name}.`);
  }
  return checked;
}

/**
 * Puts drivers from outside beside others. None stands in for another: two with
 * one name, device type or kernel driver are refused, for which of them speaks
 * to a device must not depend on their order.
 *
 * @throws `UsageError` naming both
 */
export function besides(
  drivers: readonly Driver[],
  more: readonly Driver[],
): readonly Driver[] {
  const all = [...drivers];
  for (const driver of more) {
    for (const other of all) {
      const same = other.name === driver.name
        ? `the name ${driver.name}`
        : other.deviceType === driver.deviceType
        ? `the device type ${driver.deviceType}`
        : driver.kernelDrivers.find((name) =>
          other.kernelDrivers.includes(name)
        );
      if (same === undefined) continue;
      throw new UsageError(
        `Two drivers have ${same}: ${other.title} and ${driver.title}`,
        { hint: "Leave one of them out, or name it otherwise" },
      );
    }
    all.push(driver);
  }
  return all;
}
