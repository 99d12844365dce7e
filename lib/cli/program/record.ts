/**
 * The commands on recordings, with their arguments and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
} from "npm:@commander-js/extra-typings@15.1.0";
import { collect, type Run } from "./options.ts";

const FILE = "what fwctl record wrote";

/** The commands record, record show and record close. */
export function recordCommands(run: Run): CommandUnknownOpts[] {
  const root = new Command("record")
    .description(
      "run a command and keep every exchange with the machine, for --replay",
    )
    .argument("<file>", "where the recording goes (.jsonl)")
    .argument("[command...]", "the command line, after --")
    .option(
      "--redact",
      "replace serial numbers, MACs, GUIDs, host names; keep lengths",
    )
    .option(
      "--hide <text>",
      "replace this text, too, wherever it stands; may be repeated",
      collect,
    )
    .option("--force", "replace a file that is there")
    .action((file, command, options) =>
      run(async (context) =>
        (await import("../record/record.ts")).record(
          context,
          file,
          command,
          options,
        )
      )
    );
  root.command("show")
    .description("list the exchanges of a recording; opens no device")
    .argument("<file>", FILE)
    .option("--all", "also every look at a file")
    .action((file, options) =>
      run(async (context) =>
        (await import("../record/show.ts")).show(context, file, options)
      )
    );
  root.command("close")
    .description("put an end to a recording whose command was killed")
    .argument("<file>", FILE)
    .action((file) =>
      run(async (context) =>
        (await import("../record/show.ts")).close(context, file)
      )
    );
  return [root];
}
