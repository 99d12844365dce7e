/**
 * The command line: the options that all commands take, and the commands from
 * program/. A command's own module is loaded only when it runs, so that each
 * starts fast.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
} from "npm:@commander-js/extra-typings@15.1.0";
import type { ExitCode } from "./exit.ts";
import type { Output } from "./output.ts";
import { bundleCommands } from "./program/bundle.ts";
import { collect, type Run } from "./program/options.ts";
import { modelCommands, rawCommands } from "./program/raw.ts";
import { readCommands } from "./program/read.ts";
import { readingCommands } from "./program/reading.ts";
import { recipeCommands } from "./program/recipes.ts";
import { runCommands } from "./program/runs.ts";
import { provenance } from "./program/trust.ts";
import { vfioCommands } from "./program/vfio.ts";
import { VERSION } from "./version.ts";

/** What the program gives its commands, and gets from them. */
export interface Runner {
  /** Where results and notes go. */
  readonly output: Output;
  /** Told the exit code of the command that ran. */
  done(code: ExitCode): void;
}

/** Builds the program. */
export function program(runner: Runner): CommandUnknownOpts {
  const root = new Command("fwctl")
    .description("Device firmware through the Linux fwctl subsystem")
    .version(VERSION, "--version", "print the version")
    .option(
      "--model <scenario>",
      "run on a modelled host: a scenario's name, a JSON file, unix:SOCKET, or help",
    )
    .option(
      "--model-state <file>",
      "keep the modelled host's state in this file",
    )
    .option(
      "--definitions <file>",
      "names for what a vendor keeps to itself (JSON); may be repeated",
      collect,
    )
    .option(
      "--policy <file>",
      "what may be sent (JSON); checked on every request",
    )
    .option(
      "--break-seal",
      "write also to a device that was sealed in this boot",
    )
    .option(
      "--state-dir <dir>",
      "where seals, journals and locks are kept (default: /var/lib/fwctl; a model has none)",
    )
    .option("--json", "print one JSON object with schema and version")
    .option("--debug", "show the stack of an internal error")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runner.output.text(text),
      writeErr: (text) => runner.output.note(text),
      // Errors come back as exceptions and are printed where all are.
      outputError: () => {},
      // What commander would find out by itself it reads from the environment.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => helpWidth(Deno.stdout),
      getErrHelpWidth: () => helpWidth(Deno.stderr),
    });
  const run: Run = async (action) => {
    const globals = root.opts();
    runner.done(await action({ globals, output: runner.output }));
  };
  for (
    const command of [
      ...readCommands(run),
      ...readingCommands(run),
      ...rawCommands(run),
      ...recipeCommands(run),
      ...runCommands(run),
      ...provenance(run),
      ...bundleCommands(run),
      ...vfioCommands(run),
      ...modelCommands(run),
    ]
  ) {
    root.addCommand(command.copyInheritedSettings(root));
  }
  return root;
}

/** Columns for help: the terminal's, or 80. */
function helpWidth(stream: { isTerminal(): boolean }): number {
  return stream.isTerminal() ? Deno.consoleSize().columns : 80;
}
