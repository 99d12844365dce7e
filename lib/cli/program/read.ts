/**
 * The commands that read: list, info, describe, query, caps.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { SCOPES } from "../../uapi/fwctl.ts";
import { withForms } from "./reading.ts";
import { collect, DEVICE, integer, type Run } from "./options.ts";

/** The commands. */
export function readCommands(run: Run): CommandUnknownOpts[] {
  return [
    new Command("list")
      .description("list the fwctl devices of the machine; opens none")
      .option("--all", "every virtual function on a line of its own")
      .action((options) =>
        run(async (context) =>
          (await import("../list.ts")).list(context, options)
        )
      ),
    new Command("info")
      .description("show who a device is, and who has its functions")
      .argument("<device>", DEVICE)
      .option("--all", "every virtual function on a line of its own")
      .action((device, options) =>
        run(async (context) =>
          (await import("../info.ts")).info(context, device, options)
        )
      ),
    new Command("describe")
      .description(
        "show what can be queried and declared, with scope and effect",
      )
      .argument("<device>", DEVICE)
      .action((device) =>
        run(async (context) =>
          (await import("../describe.ts")).describe(context, device)
        )
      ),
    withForms(
      new Command("query")
        .description(
          "read something by name, decoded; fwctl describe lists what",
        )
        .argument("<device>", DEVICE)
        .argument("<query>", "the query, such as identity")
        .argument("[arguments...]", "name=value; the same as with -a")
        .option(
          "-a, --arg <name=value>",
          "an argument of the query; may be repeated",
          collect,
        )
        .addOption(
          new Option("--max-scope <scope>", "highest scope that may be sent")
            .choices(SCOPES),
        )
        .option("--allow-taint", "allow requests that taint the kernel"),
    ).action((device, query, words, options) =>
      run(async (context) =>
        (await import("../query.ts")).query(context, device, query, {
          ...options,
          arg: [...options.arg ?? [], ...words],
        })
      )
    ),
    withForms(
      new Command("caps")
        .description("show capabilities, current and maximum")
        .argument("<device>", DEVICE)
        .option(
          "--type <name>",
          "only this capability type, such as GENERAL; may be repeated",
          collect,
        )
        .option("--function <id>", "of another function by its id", functionId)
        .option("--vf <pci>", "of a virtual function by its PCI address")
        .option("--diff", "only fields whose current value is not the maximum")
        .option(
          "--compare <function>",
          "only fields that differ from this virtual function's, by its PCI address or function id; may be repeated",
          collect,
        )
        .option("--save <file>", "keep what is read in a file (JSON)")
        .option(
          "--against <file>",
          "only fields that differ from those in this file",
        ),
    ).action((device, options) =>
      run(async (context) =>
        (await import("../caps.ts")).caps(context, device, options)
      )
    ),
  ];
}

function functionId(text: string): number {
  return integer(text, 0xffff);
}
