/**
 * `fwctl man [COMMAND]`: manual pages, to standard output or into a folder.
 *
 * @module
 */
import type { CommandUnknownOpts } from "npm:@commander-js/extra-typings@15.1.0";
import { UsageError } from "../../errors.ts";
import { didYouMean } from "../../suggest.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { fileExists, writeAtomically } from "../files.ts";
import { program } from "../program.ts";
import { manPage, pageName } from "./man_page.ts";

/** The command's options. */
export interface ManOptions {
  /** The folder for all pages. */
  readonly dir?: string | undefined;
  /** Replace pages that are there. */
  readonly force?: boolean | undefined;
}

/** Runs the command. */
export function man(
  { output }: Context,
  name: string | undefined,
  { dir, force = false }: ManOptions,
): ExitCode {
  const root = program({ output, done: () => {} });
  const command = name === undefined ? root : commandOf(root, name);
  if (output.json) {
    throw new UsageError("A manual page is no JSON", {
      hint: "Leave --json out",
    });
  }
  if (dir === undefined) {
    output.text(manPage(command));
    return EXIT.done;
  }
  if (name !== undefined) {
    throw new UsageError("--dir takes all pages, not one", {
      hint: `Leave --dir out for the page of ${name}`,
    });
  }
  const pages = [root, ...root.commands].map((command) =>
    [`${dir}/${pageName(command)}.1`, manPage(command)] as const
  );
  const there = pages.map(([path]) => path)
    .find((path) => fileExists(path, "the page"));
  if (there !== undefined && !force) {
    throw new UsageError(`${there} is there already`, {
      hint: "Give --force to replace the pages",
    });
  }
  makeFolder(dir);
  for (const [path, page] of pages) {
    writeAtomically(path, page, "the page", 0o644);
  }
  output.text(`${pages.length} pages in ${output.style(dir)}\n`);
  return EXIT.done;
}

function commandOf(root: CommandUnknownOpts, name: string): CommandUnknownOpts {
  const found = root.commands.find((each) => each.name() === name);
  if (found) return found;
  const names = root.commands.map((each) => each.name());
  throw new UsageError(`There is no command "${name.slice(0, 64)}"`, {
    hint: didYouMean(name, names) ?? "See the commands with fwctl --help",
  });
}

function makeFolder(dir: string): void {
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (cause) {
    throw new UsageError(
      `The folder ${dir} cannot be made: ${
        cause instanceof Error ? cause.message : String(cause)
      }`,
      { cause, hint: "Check the path and who may write there" },
    );
  }
}
