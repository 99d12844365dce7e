/**
 * `fwctl schema [NAME]`: the JSON Schemas of all answers.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { PlainObject } from "../plain.ts";
import { didYouMean } from "../suggest.ts";
import {
  loadSchema,
  schemaEntries,
  type SchemaKind,
} from "../view/schemas/load.ts";
import { schemaListText } from "../view/schemas/list.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { fileExists, writeAtomically } from "./files.ts";

/** The command's options. */
export interface SchemaOptions {
  /** Write all into this folder. */
  readonly dir?: string | undefined;
  /** Replace files that are there. */
  readonly force?: boolean | undefined;
}

/** A schema and what it is of. */
interface Found {
  readonly name: string;
  readonly kind: SchemaKind;
  readonly document: PlainObject;
}

/** Runs the command; it opens no device. */
export async function schema(
  { output }: Context,
  name: string | undefined,
  { dir, force = false }: SchemaOptions,
): Promise<ExitCode> {
  if (name !== undefined) {
    if (dir !== undefined) {
      throw new UsageError("--dir writes all schemas, and one is named", {
        hint: `Give one of the two: fwctl schema ${name} > FILE`,
      });
    }
    const document = await named(name);
    output.result(
      "schema",
      () => ({ name: plainName(name), document }),
      () => textOf(document),
    );
    return EXIT.done;
  }
  const all = await Promise.all(
    schemaEntries().map(async ({ name, kind }): Promise<Found> => ({
      name,
      kind,
      document: await named(name),
    })),
  );
  if (dir !== undefined) write(all, dir, force);
  const schemas = all.map(({ name, kind, document }) => ({
    name,
    kind,
    title: String(document.title),
    description: String(document.description),
    ...(dir === undefined ? {} : { file: fileIn(dir, name) }),
  }));
  output.result(
    "schema-list",
    () => ({ schemas }),
    (style) => schemaListText(schemas, dir, style),
  );
  return EXIT.done;
}

/** @throws {UsageError} when there is none of that name */
async function named(given: string): Promise<PlainObject> {
  const name = plainName(given);
  const found = await loadSchema(name);
  if (found) return found;
  const names = schemaEntries().map((each) => each.name);
  throw new UsageError(
    `There is no schema ${JSON.stringify(name.slice(0, 64))}`,
    {
      hint: didYouMean(name, names) ?? "`fwctl schema` lists them",
    },
  );
}

/** As an answer names it, or without the `fwctl/`. */
function plainName(given: string): string {
  return given.replace(/^fwctl\//, "");
}

function write(all: readonly Found[], dir: string, force: boolean): void {
  const there = all.map(({ name }) => fileIn(dir, name))
    .find((file) => fileExists(file, "the schema"));
  if (there !== undefined && !force) {
    throw new UsageError(`${there} is there already`, {
      hint: "Name another folder, or add --force to replace what is in it",
    });
  }
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (cause) {
    throw new UsageError(`${dir} cannot be made`, {
      cause,
      hint:
        "Name a folder you may write to, and give Deno --allow-write for it",
    });
  }
  for (const { name, document } of all) {
    writeAtomically(fileIn(dir, name), textOf(document), "the schema", 0o644);
  }
}

function fileIn(dir: string, name: string): string {
  return `${dir.replace(/(?<=.)\/+$/, "")}/${name}.schema.json`;
}

function textOf(document: PlainObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
