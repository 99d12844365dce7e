/**
 * Definition files: JSON with which a site names what a vendor keeps to itself,
 * such as the fields of a CXL vendor feature or the endpoints of a Pensando
 * card. This module checks the envelope; the driver checks the inside.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { isFwctlError, UsageError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { didYouMean } from "../suggest.ts";

/** The form this library reads: the value of a file's `format`. */
export const DEFINITION_FORMAT = "fwctl-definition/1";

/** A definition that its driver has checked. */
export interface Definition {
  /** Whose it is: `cxl`, `pds`. */
  readonly driver: string;
  /** Where it was read, for messages. */
  readonly source: string;
  /** The file's data but for the envelope; a plan carries it along. */
  readonly data: PlainObject;
  /** What the driver made of it. */
  readonly content: unknown;
}

/**
 * Checks the data of a definition file:
 * `{ "format": "fwctl-definition/1", "driver": NAME, … }`.
 *
 * @throws {UsageError} naming the file and the key
 */
export function parseDefinition(
  data: PlainData,
  source: string,
  drivers: readonly Driver[],
): Definition {
  const fail = (message: string, hint: string): never => {
    throw new UsageError(`${source}: ${message}`, { hint });
  };
  if (!isPlainObject(data)) {
    return fail("is not a JSON object", 'Write { "format": …, "driver": … }');
  }
  const { format, driver: name, ...body } = data;
  if (format !== DEFINITION_FORMAT) {
    fail(
      `format is ${JSON.stringify(format ?? null)}`,
      `This version reads "${DEFINITION_FORMAT}"`,
    );
  }
  const defining = drivers.filter((driver) => driver.parseDefinition);
  const names = defining.map((driver) => driver.name);
  const driver = defining.find((driver) => driver.name === name);
  if (!driver?.parseDefinition) {
    return fail(
      `driver ${JSON.stringify(name ?? null)} takes no definitions`,
      didYouMean(String(name ?? ""), names) ??
        `Drivers that do: ${names.join(", ")}`,
    );
  }
  try {
    const content = driver.parseDefinition(body);
    return { driver: driver.name, source, data: body, content };
  } catch (error) {
    if (!isFwctlError(error) || error.code !== "UsageError") throw error;
    throw new UsageError(`${source}: ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/** Definitions from what a plan or another thread kept of them. @throws {UsageError} */
export function remadeDefinitions(
  kept: readonly Pick<Definition, "driver" | "source" | "data">[],
  drivers: readonly Driver[],
): Definition[] {
  return kept.map(({ driver, source, data }) =>
    parseDefinition(
      { format: DEFINITION_FORMAT, driver, ...data },
      source,
      drivers,
    )
  );
}

/** What `learn` of a driver gets: the contents of its definitions, in order. */
export function definitionsFor(
  driver: string,
  definitions: readonly Definition[],
): unknown[] {
  return definitions.filter((each) => each.driver === driver)
    .map(({ content }) => content);
}
