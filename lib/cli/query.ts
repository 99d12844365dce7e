/**
 * `fwctl query DEVICE NAME`: one of the driver's queries.
 *
 * @module
 */
import type { Driver, QueryType } from "../../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import type { PolicyOptions } from "./policy.ts";
import { parseArguments } from "./query_arguments.ts";
import { ask, type FormOptions } from "./reading.ts";

/** The command's options. */
export interface QueryOptions extends FormOptions, PolicyOptions {
  /** `name=value` texts. */
  readonly arg?: readonly string[] | undefined;
}

/** Runs the command. */
export function query(
  context: Context,
  device: string,
  name: string,
  options: QueryOptions,
): Promise<ExitCode> {
  return ask(context, device, options, (driver) => {
    const type = queryOf(driver, name);
    return { type, args: parseArguments(type, options.arg ?? []) };
  });
}

function queryOf(driver: Driver, name: string): QueryType {
  const query = Object.hasOwn(driver.queries, name)
    ? driver.queries[name]
    : undefined;
  if (query) return query;
  const names = Object.keys(driver.queries).sort();
  throw new UsageError(`${driver.name} has no query "${name}"`, {
    hint: didYouMean(name, names) ?? `It has ${names.join(", ")}`,
  });
}
