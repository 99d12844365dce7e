/**
 * The commands on non-volatile configuration, with their arguments and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { EFFECTS } from "../../../drivers/driver.ts";
import { UsageError } from "../../errors.ts";
import { didYouMean } from "../../suggest.ts";
import { SCOPES } from "../../uapi/fwctl.ts";
import { collect, DEVICE, type Run } from "./options.ts";
import { withRunOptions } from "./runs.ts";

const VERBS: readonly string[] = [
  "query",
  "set",
  "reset",
  "backup",
  "restore",
];

const NAMES = `
A name is a parameter as the vendor spells it: SRIOV_EN, LINK_TYPE_P1 (of port
1; LINK_TYPE is all ports), NAME[2] or NAME[0..3] (of a list).

What is set waits for the next reset. Nothing here resets the device unless
--reset LEVEL and --max-effect disruptive say so.`;

/** The commands nvconfig query, set, reset, backup and restore. */
export function nvconfigCommands(run: Run): CommandUnknownOpts[] {
  const root = new Command("nvconfig")
    .description("configuration that survives power-off, by parameter")
    .addHelpText("after", NAMES)
    .argument("[words...]")
    .usage("[options] <command>")
    .allowUnknownOption()
    .action((words) => {
      const [first] = words;
      if (first === undefined) return root.help({ error: true });
      throw verbFirst(first, words);
    });
  withDatabase(root.command("query"))
    .description("default, current and next value of parameters")
    .argument("<device>", DEVICE)
    .argument("[names...]", "parameters; the common ones when absent")
    .option("--all", "every parameter that is known")
    .option("--pending", "only what waits for a reset")
    .action((device, names, options) =>
      run(async (context) =>
        (await import("../nvconfig/nvconfig.ts")).query(
          context,
          device,
          names,
          options,
        )
      )
    );
  changing(root.command("set"))
    .description("set parameters; the next reset loads them")
    .argument("<device>", DEVICE)
    .argument("<values...>", "NAME=VALUE, by number or by name")
    .action((device, values, options) =>
      run(async (context) =>
        (await import("../nvconfig/change.ts"))
          .set(context, device, values, options)
      )
    );
  changing(root.command("reset"))
    .description("take parameters back to the default, with their whole item")
    .argument("<device>", DEVICE)
    .argument("[names...]", "parameters")
    .option(
      "--everything",
      "erase all that is stored; wants --max-effect destructive",
    )
    .action((device, names, options) =>
      run(async (context) =>
        (await import("../nvconfig/change.ts"))
          .reset(context, device, names, options)
      )
    );
  withDatabase(root.command("backup"))
    .description("write what is stored to a file")
    .argument("<device>", DEVICE)
    .argument("<file>", "the file")
    .option(
      "--only <name>",
      "only this parameter's item; may be repeated",
      collect,
    )
    .option("--force", "replace a file that is there")
    .action((device, file, options) =>
      run(async (context) =>
        (await import("../nvconfig/backup.ts"))
          .backup(context, device, file, options)
      )
    );
  changing(root.command("restore"))
    .description("bring the device back to a backup")
    .argument("<device>", DEVICE)
    .argument("<file>", "what fwctl nvconfig backup wrote")
    .option("--exact", "also forget what is stored now and was not then")
    .option("--other-product", "also onto a device of another product")
    .action((device, file, options) =>
      run(async (context) =>
        (await import("../nvconfig/backup.ts"))
          .restore(context, device, file, options)
      )
    );
  return [root];
}

/** Who names the device first, as some tools have it, is told the order. */
function verbFirst(first: string, words: readonly string[]): UsageError {
  const verb = words.find((word) => VERBS.includes(word));
  return verb === undefined
    ? new UsageError(`unknown command '${first.slice(0, 64)}'`, {
      hint: didYouMean(first, VERBS) ??
        `The commands of nvconfig are ${VERBS.join(", ")}`,
    })
    : new UsageError(`${verb} goes before the device`, {
      hint: `Write fwctl nvconfig ${verb} ${first.slice(0, 64)} …`,
    });
}

/** The type grows with each option; commander infers it. */
function withDatabase<A extends unknown[]>(command: Command<A>) {
  return command.option(
    "--database <path>",
    'the vendor\'s parameters: "installed" (mstflint), or a path of mlxconfig_host.db',
  );
}

/** What all verbs that change something take. */
function changing<A extends unknown[]>(command: Command<A>) {
  return withRunOptions(withDatabase(command))
    .option("--dry-run", "show the plan and stop")
    .option(
      "--reset <level>",
      "ask for a firmware reset too, such as pci, if anything waits for one",
    )
    .addOption(
      new Option("--max-scope <scope>", "highest scope that may be sent")
        .choices(SCOPES),
    )
    .addOption(
      new Option(
        "--max-effect <effect>",
        "strongest effect that may be sent (default: next-reset)",
      ).choices(EFFECTS),
    )
    .option("--allow-taint", "allow requests that taint the kernel")
    .option("--seal", "close the device to writes until the next boot")
    .option("--yes", "do not ask");
}
