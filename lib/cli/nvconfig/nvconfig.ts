/**
 * `fwctl nvconfig query`: parameters with what they are by default, what is in
 * force, and what the next reset loads.
 *
 * @module
 */
import { isPlainObject, type PlainObject } from "../../plain.ts";
import { READ_POLICY } from "../../plan/policy.ts";
import { nvconfigText } from "../../view/nvconfig.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { nvDevice } from "./driver.ts";
import { openSessions } from "../sessions.ts";

/** Options of every verb. */
export interface NvOptions {
  /** The vendor's parameters: "installed", or a path. */
  readonly database?: string | undefined;
}

/** The option as an argument of queries and a key of declarations. */
export function databaseOf({ database }: NvOptions): PlainObject {
  return database === undefined ? {} : { database };
}

/** The command's options. */
export interface NvQueryOptions extends NvOptions {
  /** Every parameter that is known. */
  readonly all?: boolean | undefined;
  /** Only what waits for a reset. */
  readonly pending?: boolean | undefined;
}

/** Runs the command. */
export async function query(
  context: Context,
  device: string,
  names: readonly string[],
  options: NvQueryOptions,
): Promise<ExitCode> {
  const { all = false, pending = false } = options;
  const { name, answer, resets } = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, READ_POLICY);
    const { entry, session, query, resets } = nvDevice(opened, device);
    const answer = query.run(session, {
      ...(names.length > 0 ? { names: [...names] } : {}),
      ...(all ? { all } : {}),
      ...databaseOf(options),
    });
    return {
      name: entry.name,
      answer: isPlainObject(answer) ? answer : {},
      resets: resets?.run(session, {}) ?? null,
    };
  });
  const shown = pending ? onlyPending(answer) : answer;
  context.output.result(
    "nvconfig",
    () => ({ device: name, ...shown, resets }),
    (style) => nvconfigText(name, shown, resets, style),
  );
  return EXIT.done;
}

function onlyPending(answer: PlainObject): PlainObject {
  const { parameters } = answer;
  return {
    ...answer,
    parameters: Array.isArray(parameters)
      ? parameters.filter((row) => isPlainObject(row) && row.pending === true)
      : [],
  };
}
