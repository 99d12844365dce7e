/**
 * `fwctl query DEVICE NAME`: one of the driver's queries.
 *
 * @module
 */
import type { Driver, QueryType } from "../../drivers/driver.ts";
import { findDevice } from "../device/discovery.ts";
import { UsageError } from "../errors.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { didYouMean } from "../suggest.ts";
import { reportText } from "../view/report.ts";
import { type Context, withHost } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { type PolicyOptions, readPolicyOf } from "./policy.ts";
import { openSessions } from "./sessions.ts";

/** The command's options. */
export interface QueryOptions extends PolicyOptions {
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
  const policy = await readPolicyOf(context, options, READ_POLICY);
  const { answer, args, on } = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, policy);
    const entry = findDevice(opened.inventory, device);
    const session = opened.sessions.get(entry.name);
    const type = queryOf(session.driver, name);
    const args = parseArguments(type, options.arg ?? []);
    return { answer: type.run(session, args), args, on: entry.name };
  });
  context.output.result(
    "query",
    () => ({ device: on, query: name, arguments: args, answer }),
    (style) => reportText(answer, style),
  );
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

/** `name=value` texts as the query's arguments. @throws {UsageError} naming the argument */
export function parseArguments(
  query: QueryType,
  texts: readonly string[],
): PlainObject {
  const known = Object.keys(query.arguments);
  const args: Record<string, PlainData> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    const name = at < 0 ? text : text.slice(0, at);
    const argument = Object.hasOwn(query.arguments, name)
      ? query.arguments[name]
      : undefined;
    if (!argument) {
      throw new UsageError(
        `The query ${query.name} has no argument "${name}"`,
        {
          hint: didYouMean(name, known) ??
            (known.length === 0
              ? "It takes none"
              : `Its arguments: ${known.join(", ")}`),
        },
      );
    }
    if (Object.hasOwn(args, name)) {
      throw new UsageError(`The argument ${name} is given twice`, {
        hint: "Give it once; a list is comma separated",
      });
    }
    args[name] = parseValue(name, argument.type, text, at);
  }
  return args;
}

function parseValue(
  name: string,
  type: QueryType["arguments"][string]["type"],
  text: string,
  at: number,
): PlainData {
  if (type === "flag" && at < 0) return true;
  const value = at < 0 ? "" : text.slice(at + 1);
  const bad = (expected: string): UsageError =>
    new UsageError(
      `${name}: ${JSON.stringify(value.slice(0, 80))} is not ${expected}`,
      {
        hint: `Write -a ${name}=VALUE`,
      },
    );
  switch (type) {
    case "flag":
      if (value === "true" || value === "false") return value === "true";
      throw bad("true or false");
    case "integer":
      if (/^(0x[0-9a-f]{1,12}|\d{1,15})$/i.test(value)) return Number(value);
      throw bad("a whole number, decimal or 0x hex");
    case "texts":
      return value.split(",").map((each) => each.trim());
    case "text":
    case "hex":
      if (value !== "") return value;
      throw bad(type === "hex" ? "hex digits" : "a text");
  }
}
