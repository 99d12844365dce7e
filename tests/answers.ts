/**
 * Holds what `--json` prints against the published schemas, and more strictly
 * than a reader may: here a member that no schema describes is an error, so that
 * none is added without its description.
 *
 * @module
 */
import type { ValidateFunction } from "ajv/dist/2020.js";
import { fail } from "@std/assert";
import { ROOT } from "./paths.ts";

/** The folder of the schemas, with a final slash. */
export const SCHEMAS: string = `${ROOT}lib/view/schemas/`;

/** JSON data that tests look into. */
// deno-lint-ignore no-explicit-any -- a test looks into any member
export type Json = any;

/** The file of a schema, or of what they share (`common`). */
export function schemaFile(name: string): Json {
  return JSON.parse(Deno.readTextFileSync(`${SCHEMAS}${name}.schema.json`));
}

/** What makes schemas into checks; the validator is loaded only once it is needed. */
let compiler: Promise<(name: string) => ValidateFunction> | undefined;

/** A check of answers of one name, compiled once a process. */
export async function strictCheck(name: string): Promise<ValidateFunction> {
  compiler ??= makeCompiler();
  return (await compiler)(name);
}

async function makeCompiler(): Promise<(name: string) => ValidateFunction> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  // Whether they are good schemas, a test of their own says, with ajv's strict mode.
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: false,
    meta: false,
  });
  ajv.addSchema(strictly(schemaFile("common")));
  return (name) =>
    ajv.getSchema(`${name}.schema.json`) ??
      ajv.compile(strictly(schemaFile(name)));
}

/**
 * Fails unless `answer` is one of the command's and says nothing that its schema
 * does not.
 *
 * @param of what was run, for the message
 */
export async function assertAnswer(answer: Json, of: string): Promise<void> {
  const name = /^fwctl\/([a-z-]+)$/.exec(String(answer?.schema))?.[1];
  if (name === undefined) fail(`${of}: no schema is named: ${answer?.schema}`);
  let check: ValidateFunction;
  try {
    check = await strictCheck(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    fail(
      `${of}: fwctl/${name} has no schema: write lib/view/schemas/${name}.schema.json, and a line for it in load.ts beside it`,
    );
  }
  if (!check(answer)) fail(`${of}: ${mistakes(name, check)}`);
}

/** Holds what a command line with `--json` printed against its schema, if it is one object. */
export async function checkPrinted(
  args: readonly string[],
  out: string,
): Promise<void> {
  // A part of a bundle is printed as it is, whatever it holds.
  if (!args.includes("--json") || args.includes("--part")) return;
  let answer: Json;
  try {
    answer = JSON.parse(out);
  } catch {
    // Help, or bytes: what it should be, the test itself knows.
    return;
  }
  await assertAnswer(answer, `fwctl ${args.join(" ")}`);
}

/** What is wrong, and what to do about it. */
function mistakes(name: string, { errors }: ValidateFunction): string {
  const lines = (errors ?? []).map(({ instancePath, message, params }) => {
    const member = params.unevaluatedProperty;
    return member === undefined
      ? `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
      : `${instancePath}/${member} is described nowhere`;
  });
  return [
    `this is not fwctl/${name} as lib/view/schemas/${name}.schema.json has it:`,
    ...new Set(lines.slice(0, 20)),
    "Describe what is new there or in common.schema.json (a new member raises JSON_VERSION's minor), or mend the answer",
  ].join("\n  ");
}

/** Where a schema holds others of the same value. */
const SAME = ["allOf", "anyOf", "oneOf"];
const BRANCHES = ["if", "then", "else"];

/**
 * A schema that takes no member it does not describe. Members are counted where
 * a value stands, not in each of the schemas that together describe it.
 */
export function strictly(schema: Json, isValue = true): Json {
  if (typeof schema !== "object" || schema === null) return schema;
  const made: Json = { ...schema };
  const all = (key: string, value: boolean): void => {
    if (made[key] === undefined) return;
    made[key] = Array.isArray(made[key])
      ? made[key].map((each: Json) => strictly(each, value))
      : Object.fromEntries(
        Object.entries(made[key]).map(([name, each]) => [
          name,
          strictly(each, value),
        ]),
      );
  };
  for (const key of SAME) all(key, false);
  all("$defs", false);
  all("properties", true);
  for (const key of BRANCHES) {
    if (made[key] !== undefined) made[key] = strictly(made[key], false);
  }
  for (const key of ["items", "additionalProperties"]) {
    if (made[key] !== undefined) made[key] = strictly(made[key], true);
  }
  const has = [...SAME, "$ref", "properties"].some((key) => key in made);
  if (isValue && has && made.additionalProperties === undefined) {
    made.unevaluatedProperties = false;
  }
  return made;
}
