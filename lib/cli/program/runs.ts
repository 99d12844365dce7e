/**
 * The commands of saved plans and of runs on record, with their arguments and
 * options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { EFFECTS } from "../../../drivers/driver.ts";
import { SCOPES } from "../../uapi/fwctl.ts";
import { ON_INTERRUPT } from "../signals.ts";
import type { Run } from "./options.ts";

const RUN = "its name, the beginning or end of it, or last; fwctl journal list";

/** The commands show, resume, undo and journal. */
export function runCommands(run: Run): CommandUnknownOpts[] {
  return [
    new Command("show")
      .description("show what a plan file would do; opens no device")
      .argument("<file>", "what fwctl plan -o wrote")
      .option("--require-signed", "refuse what no trusted key has signed")
      .option("--trust <path>", "whose signatures count: a file or a folder")
      .option("--all", "show everything, however long")
      .option("--html <file>", "write a page to look at in a browser")
      .option("--force", "replace a file that is there")
      .action((file, options) =>
        run(async (context) =>
          (await import("../show.ts")).show(context, file, options)
        )
      ),
    recovery(run, "resume", "finish a run that was killed in the middle"),
    recovery(run, "undo", "take back what a run did"),
    journal(run),
  ];
}

function recovery(
  run: Run,
  want: "resume" | "undo",
  description: string,
): CommandUnknownOpts {
  return withRunOptions(
    new Command(want).description(description).argument("<run>", RUN),
  )
    .addOption(
      new Option("--max-scope <scope>", "highest scope that may be sent")
        .choices(SCOPES),
    )
    .addOption(
      new Option("--max-effect <effect>", "strongest effect that may be sent")
        .choices(EFFECTS),
    )
    .option("--allow-taint", "allow requests that taint the kernel")
    .option(
      "--force",
      "write over values that are neither as before nor as planned",
    )
    .option("--yes", "do not ask")
    .option("--all", "show everything, however long")
    .action((name, options) =>
      run(async (context) =>
        (await import("../recover.ts")).recover(context, want, name, options)
      )
    );
}

function journal(run: Run): CommandUnknownOpts {
  const root = new Command("journal")
    .description("what is on record of the runs of this machine");
  root.command("list").description("every run, and how it ended")
    .action(() =>
      run(async (context) => (await import("../journal.ts")).list(context))
    );
  root.command("show").description("one run, record by record")
    .argument("<run>", RUN)
    .action((name) =>
      run(async (context) =>
        (await import("../journal.ts")).show(context, name)
      )
    );
  root.command("verify")
    .description("check that journals are as they were written")
    .argument("[run]", `${RUN}; all when absent`)
    .action((name) =>
      run(async (context) =>
        (await import("../journal.ts")).verify(context, name)
      )
    );
  root.command("close")
    .description("leave what an unfinished run did as it is, on record")
    .argument("<run>", RUN)
    .option("--yes", "do not ask")
    .action((name, options) =>
      run(async (context) =>
        (await import("../journal.ts")).close(context, name, options)
      )
    );
  return root;
}

/** What all commands that write take. The type grows with each option; commander infers it. */
export function withRunOptions<A extends unknown[]>(command: Command<A>) {
  return command
    .option("--no-journal", "keep no record: nothing can be resumed or undone")
    .option(
      "--lock-timeout <seconds>",
      "wait so long for a device that another run has (default: not at all)",
      seconds,
    )
    .addOption(
      new Option(
        "--on-interrupt <what>",
        "what follows Ctrl-C: undo what was applied, or stop and leave it (default: undo)",
      ).choices(ON_INTERRUPT),
    );
}

function seconds(text: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 86_400) return value;
  throw new InvalidArgumentError("It takes seconds, from 0 to 86400.");
}
