/**
 * The command schema, with its argument and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
} from "npm:@commander-js/extra-typings@15.1.0";
import type { Run } from "./options.ts";

/** The command. */
export function schemaCommands(run: Run): CommandUnknownOpts[] {
  return [
    new Command("schema")
      .description("show the JSON Schemas of what --json prints")
      .argument(
        "[name]",
        "as an answer names it, such as plan; a list without it",
      )
      .option("--dir <dir>", "write all into this folder")
      .option("--force", "replace files that are there")
      .action((name, options) =>
        run(async (context) =>
          (await import("../schema.ts")).schema(context, name, options)
        )
      ),
  ];
}
