/**
 * `fwctl reg DEVICE NAME --set FIELD=VALUE` and `--data HEX`: writes what the
 * query of that name reads, by the driver's action, as an apply does.
 *
 * @module
 */
import { findDevice } from "../device/discovery.ts";
import { UsageError } from "../errors.ts";
import type { Context } from "./context.ts";
import { applyDeclared, type DeclaredOptions } from "./declared.ts";
import type { ExitCode } from "./exit.ts";
import {
  type FormOptions,
  reading,
  type ReadingOptions,
  verbOf,
  wordArguments,
} from "./reading.ts";
import type { Opened } from "./sessions.ts";

/** The options of a command that reads, and writes when told. */
export interface WritingOptions extends ReadingOptions, DeclaredOptions {
  /** `field=value` texts, written over what is read. */
  readonly set?: readonly string[] | undefined;
  /** Hex digits: all that is written. */
  readonly data?: string | undefined;
}

/** Reads, or writes with `--set` or `--data`. */
export async function readingOrWrite(
  context: Context,
  verb: string,
  device: string,
  words: readonly string[],
  options: WritingOptions,
): Promise<ExitCode> {
  const { set, data } = options;
  if (set === undefined && data === undefined) {
    if (!options.yes && !options.dryRun) {
      return await reading(context, verb, device, words, options);
    }
    throw new UsageError("Nothing is to be written", {
      hint: "Say what with --set FIELD=VALUE, or leave out --yes and --dry-run",
    });
  }
  if (set !== undefined && data !== undefined) {
    throw new UsageError("--set and --data both say what is written", {
      hint: "Give one of them",
    });
  }
  noForm(options);
  const values = set && fieldValues(set);
  const declare = ({ inventory, sessions }: Opened) => {
    const { name } = findDevice(inventory, device);
    const type = verbOf(sessions.get(name).driver, verb, name);
    if (!type.write) {
      throw new UsageError(`fwctl ${verb} only reads on ${name}`, {
        hint: "Leave out --set and --data",
      });
    }
    const args = wordArguments(type, words, options);
    const write = type.write({ device: name, args, set: values, data });
    return {
      name: `fwctl ${verb}`,
      params: { device: name, ...args, ...write.body },
      declarations: [{ ...write, action: true }],
    };
  };
  return await applyDeclared(context, declare, options);
}

/** A write shows its plan, and no answer in one of the forms. */
function noForm({ hex, binary, picture }: FormOptions): void {
  const given = [
    hex ? "--hex" : "",
    binary === undefined ? "" : "--binary",
    picture ? "--picture" : "",
  ].find((option) => option !== "");
  if (given === undefined) return;
  throw new UsageError(`${given} is for what is read`, {
    hint: "Read it again after the write",
  });
}

/** `field=value` texts; a value is a number, or a name the driver knows. */
export function fieldValues(
  texts: readonly string[],
): Record<string, number | string> {
  const values: Record<string, number | string> = {};
  for (const text of texts) {
    const [, field = "", value = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (!/^[a-z][\w.[\]]*$/i.test(field) || value === "") {
      throw new UsageError(`--set ${JSON.stringify(text.slice(0, 80))}`, {
        hint: "Write --set FIELD=VALUE, such as --set admin_status=1",
      });
    }
    if (Object.hasOwn(values, field)) {
      throw new UsageError(`--set: ${field} is given twice`, {
        hint: "Give it once",
      });
    }
    values[field] = /^(0x[0-9a-f]{1,13}|\d{1,15})$/i.test(value)
      ? Number(value)
      : value;
  }
  return values;
}
