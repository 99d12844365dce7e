/**
 * Arguments of queries from the command line.
 *
 * @module
 */
import type { QueryType } from "../../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { didYouMean } from "../suggest.ts";

const INTEGER = /^(0x[0-9a-f]{1,12}|\d{1,15})$/i;

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
    if (Object.hasOwn(args, name)) {
      throw new UsageError(`The argument ${name} is given twice`, {
        hint: "Give it once; a list is comma separated",
      });
    }
    const argument = Object.hasOwn(query.arguments, name)
      ? query.arguments[name]
      : undefined;
    if (!argument) {
      // What is named decides which fields it has: the driver says it better.
      const value = text.slice(at + 1);
      if (
        query.target !== undefined && /^[a-z]\w*$/i.test(name) &&
        INTEGER.test(value)
      ) {
        args[name] = Number(value);
        continue;
      }
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
        hint: `Give ${name}=VALUE`,
      },
    );
  switch (type) {
    case "flag":
      if (value === "true" || value === "false") return value === "true";
      throw bad("true or false");
    case "integer":
      if (INTEGER.test(value)) return Number(value);
      throw bad("a whole number, decimal or 0x hex");
    case "texts":
      return value.split(",").map((each) => each.trim());
    case "text":
    case "hex":
      if (value !== "") return value;
      throw bad(type === "hex" ? "hex digits" : "a text");
  }
}
