/**
 * The commands on a host as a whole: what is installed on it, what its site
 * declares; and seals.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
} from "npm:@commander-js/extra-typings@15.1.0";
import { collect, DEVICE, integer, type Run } from "./options.ts";
import { withRunOptions } from "./runs.ts";

const CONFIG =
  "the site's folder, with recipes/, policy.json, definitions/ (default: /etc/fwctl)";
const LOG = "add a line for each recipe to a file";

/** The commands host and seal. */
export function hostCommands(run: Run): CommandUnknownOpts[] {
  const root = new Command("host")
    .description("this host: its recipes at boot, its units and rules");
  install(root, run);
  writing(root.command("uninstall"))
    .description(
      "remove what install wrote; never recipes, policy, journals or seals",
    )
    .action((options) =>
      run(async (context) =>
        (await import("../host/host.ts")).uninstall(context, options)
      )
    );
  at(root.command("status"))
    .description("what is installed, enabled and declared; opens no device")
    .action((options) =>
      run(async (context) =>
        (await import("../host/host.ts")).status(context, options)
      )
    );
  siteCommands(root, run);
  return [root, seal(run)];
}

function install(root: Command, run: Run): void {
  writing(root.command("install"))
    .description(
      "write units, folders, log rotation and, if asked for, a group for the devices; runs no program",
    )
    .option(
      "--program <path>",
      "the command that the units call (default: /usr/local/bin/fwctl)",
    )
    .option("--enable", "make the links too that systemctl enable makes")
    .option(
      "--wait <seconds>",
      "in which devices may come at boot (default: 60)",
      whole(3600),
    )
    .option(
      "--wait-for <device>",
      "what must be there before recipes are applied; may be repeated",
      collect,
    )
    .option("--seal", "close all devices once the recipes are applied")
    .option(
      "--drift <calendar>",
      "when to look for drift, as OnCalendar= has it (default: hourly)",
    )
    .option(
      "--prometheus <dir>",
      "the folder of a textfile collector; drift is then no failure of its unit",
    )
    .option(
      "--keep-days <days>",
      "how long journals of runs that ended are kept (default: 90)",
      whole(36_500),
    )
    .option(
      "--group <name>",
      "let a group open the devices: full trust, not read-only",
    )
    .option("--rawio", "leave CAP_SYS_RAWIO to the services")
    .option(
      "--trust <path>",
      "apply only recipes that a key of these has signed",
    )
    .option(
      "--modules <name>",
      "a kernel module to load at boot; may be repeated",
      collect,
    )
    .action((options) =>
      run(async (context) =>
        (await import("../host/host.ts")).install(context, options)
      )
    );
}

function siteCommands(root: Command, run: Run): void {
  withRunOptions(signed(root.command("apply")))
    .description(
      "apply every recipe of the site in the order of their names, as at boot",
    )
    .option("--yes", "do not ask")
    .option(
      "--wait <seconds>",
      "in which devices may come (default: 0)",
      whole(3600),
    )
    .option(
      "--wait-for <device>",
      "what must be there; may be repeated",
      collect,
    )
    .option(
      "--seal",
      "close the recipes' devices to writes until the next boot",
    )
    .action((options) =>
      run(async (context) =>
        (await import("../host/apply.ts")).hostApply(context, options)
      )
    );
  signed(root.command("drift"))
    .description(
      "compare what the site declares with what is; exit 2 when it differs",
    )
    .option("--prometheus <file>", "write the figures for a textfile collector")
    .action((options) =>
      run(async (context) =>
        (await import("../host/drift.ts")).hostDrift(context, options)
      )
    );
  root.command("prune")
    .description(
      "remove journals of runs that ended long ago, and seals of earlier boots",
    )
    .option("--older-than <days>", "such as 90d (default: 90d)", days)
    .option(
      "--keep <runs>",
      "so many stay in any case (default: 20)",
      whole(1e6),
    )
    .option("--dry-run", "say what would be removed")
    .option("--yes", "do not ask")
    .option("--log <file>", LOG)
    .action((options) =>
      run(async (context) =>
        (await import("../host/prune.ts")).hostPrune(context, options)
      )
    );
}

function seal(run: Run): CommandUnknownOpts {
  return new Command("seal")
    .description(
      "close devices to writes until the next boot; opens none, sends nothing",
    )
    .argument("[devices...]", DEVICE)
    .option("--all", "every device")
    .option("--strict", "not even --break-seal opens them")
    .option("--log <file>", "add a line to a file")
    .action((devices, options) =>
      run(async (context) =>
        (await import("../seal.ts")).seal(context, devices, options)
      )
    );
}

/** The type grows with each option; commander infers it. */
function at(command: Command) {
  return command.option(
    "--root <dir>",
    "the folder that stands for / (default: /)",
  );
}

function writing(command: Command) {
  return at(command)
    .option("--dry-run", "say what would be done, and do nothing")
    .option(
      "--detailed-exitcode",
      "with --dry-run: exit 2 when anything would be",
    )
    .option("--yes", "do not ask")
    .option("--force", "also files of ours that were edited");
}

function signed(command: Command) {
  return command
    .option("--config <dir>", CONFIG)
    .option("--require-signed", "refuse what no trusted key has signed")
    .option("--trust <path>", "whose signatures count: a file or a folder")
    .option("--all", "show everything, however long")
    .option("--log <file>", LOG);
}

function whole(most: number): (text: string) => number {
  return (text) => integer(text, most);
}

function days(text: string): number {
  const digits = /^(\d{1,5})d$/.exec(text)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new InvalidArgumentError("It takes days, such as 90d.");
}
