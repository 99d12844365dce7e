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
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { UsageError } from "../errors.ts";
import type { Context, Globals } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import type { Output } from "./output.ts";
import { bundleCommands } from "./program/bundle.ts";
import { diagCommands } from "./program/diag.ts";
import { doctorCommands } from "./program/doctor.ts";
import { addExamples } from "./program/examples.ts";
import { CHANGE_EXAMPLES } from "./program/examples_change.ts";
import { READ_EXAMPLES } from "./program/examples_read.ts";
import { HOST_EXAMPLES } from "./program/examples_host.ts";
import { hostCommands } from "./program/host.ts";
import { collect, type Run } from "./program/options.ts";
import { modelCommands, rawCommands } from "./program/raw.ts";
import { nvconfigCommands } from "./program/nvconfig.ts";
import { readCommands } from "./program/read.ts";
import { readingCommands } from "./program/reading.ts";
import { recipeCommands } from "./program/recipes.ts";
import { recordCommands } from "./program/record.ts";
import { placeOf, purposeOf, rootNotes } from "./program/purposes.ts";
import { runCommands } from "./program/runs.ts";
import { schemaCommands } from "./program/schema.ts";
import { shellCommands } from "./program/shell.ts";
import { provenance } from "./program/trust.ts";
import { vfioCommands } from "./program/vfio.ts";
import { REPLAY_MODES } from "../recording/types.ts";
import { versionLine } from "./version.ts";

/** What the program gives its commands, and gets from them. */
export interface Runner {
  /** Where results and notes go. */
  readonly output: Output;
  /** Global options of a command line around this one. */
  readonly globals?: Globals;
  /** Runs another command line. */
  readonly again?: Context["again"];
  /** Told the exit code of the command that ran. */
  done(code: ExitCode): void;
}

/** The command that the parser makes. */
const HELP = ["help [command]", "show help of a command"] as const;

/** Builds the program. */
export function program(runner: Runner): CommandUnknownOpts {
  const root = new Command("fwctl")
    .description("Device firmware through the Linux fwctl subsystem")
    .version(versionLine(), "--version", "print the version")
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
      "--driver-module <file>",
      "a driver from outside this project, file or URL: it runs with all rights of the command; may be repeated",
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
    .option(
      "--replay <file>",
      "answer from a recording instead of a machine; fwctl record makes one",
    )
    .addOption(
      new Option(
        "--replay-mode <mode>",
        "strict: the same requests in the same order; lookup: in any order (default: strict)",
      ).choices(REPLAY_MODES),
    )
    .option("--json", "print one JSON object with schema and version")
    .option("--debug", "show the stack of an internal error")
    .helpOption("-h, --help", "show help")
    // Commands have their own headings; the one that the parser makes has this.
    .commandsGroup(purposeOf("help"))
    .helpCommand(...HELP)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", rootNotes)
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
  // Before any module is loaded: what is not signed is not even run.
  root.hook("preAction", (_, command) => {
    const { requireSigned } = command.opts() as { requireSigned?: boolean };
    const { driverModule } = { ...runner.globals, ...root.opts() };
    if (requireSigned && driverModule) throw unsignedDriver();
  });
  const run: Run = async (action) => {
    const globals = { ...runner.globals, ...root.opts() };
    const { output, again } = runner;
    // What a command line around this one named is announced there.
    const { driverModule } = root.opts();
    if (driverModule !== undefined) {
      const { announceDrivers } = await import("./drivers.ts");
      await announceDrivers({ driverModule }, output);
    }
    runner.done(
      await action({ globals, output, ...(again ? { again } : {}) }),
    );
  };
  const commands = [
    ...readCommands(run),
    ...readingCommands(run),
    ...rawCommands(run),
    ...recipeCommands(run),
    ...runCommands(run),
    ...provenance(run),
    ...bundleCommands(run),
    ...nvconfigCommands(run),
    ...vfioCommands(run),
    ...hostCommands(run),
    ...doctorCommands(run),
    ...diagCommands(run),
    ...recordCommands(run),
    ...schemaCommands(run),
    ...modelCommands(run),
    ...shellCommands(run),
  ].sort((a, b) => placeOf(a.name()) - placeOf(b.name()));
  for (const command of commands) {
    command.helpGroup(purposeOf(command.name()));
    adopt(command, root);
    root.addCommand(command);
  }
  addExamples(root, CHANGE_EXAMPLES);
  addExamples(root, READ_EXAMPLES);
  addExamples(root, HOST_EXAMPLES);
  return root;
}

function unsignedDriver(): UsageError {
  return new UsageError(
    "--require-signed does not go with --driver-module: nobody signs a driver's code",
    {
      hint:
        "Leave one of them out; what a driver says of a request is what a policy goes by",
    },
  );
}

/** Gives a command, and all below it, where output goes and how errors come back. */
function adopt(command: CommandUnknownOpts, above: CommandUnknownOpts): void {
  command.copyInheritedSettings(above);
  const shown = command.createHelp().visibleCommands(command).length;
  // The parser's own help of a group stands with the group's commands.
  if (shown > command.commands.length) command.helpCommand(...HELP);
  for (const each of command.commands) adopt(each, command);
}

/** Columns for help: the terminal's, or 80. */
function helpWidth(stream: { isTerminal(): boolean }): number {
  return stream.isTerminal() ? Deno.consoleSize().columns : 80;
}
