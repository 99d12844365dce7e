/**
 * `fwctl query DEVICE NAME`: one of the driver's queries.
 *
 * @module
 */
import type { Driver, QueryType } from "../../drivers/driver.ts";
import { findDevice } from "../device/discovery.ts";
import { UsageError } from "../errors.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { didYouMean } from "../suggest.ts";
import { type Context, withHost } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { type PolicyOptions, readPolicyOf } from "./policy.ts";
import { parseArguments } from "./query_arguments.ts";
import {
  checkForm,
  formArguments,
  type FormOptions,
  showAnswer,
} from "./reading.ts";
import { openSessions } from "./sessions.ts";

/** The command's options. */
export interface QueryOptions extends FormOptions, PolicyOptions {
  /** `name=value` texts. */
  readonly arg?: readonly string[] | undefined;
}

/** Runs the command. */
export async function query(
  context: Context,
  device: string,
  name: string,
  options: QueryOptions,
): Promise<ExitCode> {
  checkForm(context.output, options);
  const policy = await readPolicyOf(context, options, READ_POLICY);
  const found = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, policy);
    const entry = findDevice(opened.inventory, device);
    const session = opened.sessions.get(entry.name);
    const type = queryOf(session.driver, name);
    const args = parseArguments(type, options.arg ?? []);
    const answer = type.run(session, formArguments(type, args, options));
    return { type, args, answer, device: entry.name };
  });
  showAnswer(context.output, found, options);
  return EXIT.done;
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
