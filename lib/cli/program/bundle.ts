/**
 * The command bundle, with its arguments and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
} from "npm:@commander-js/extra-typings@15.1.0";
import { collect, DEVICE, type Run } from "./options.ts";

/** The commands bundle and bundle show. */
export function bundleCommands(run: Run): CommandUnknownOpts[] {
  const root = new Command("bundle")
    .description(
      "collect what helps to debug into one archive; sends reads only",
    )
    .option("-o, --output <file>", "where the archive goes (.tar.gz)")
    .option(
      "--device <device>",
      `only this one: ${DEVICE}; may be repeated`,
      collect,
    )
    .option(
      "--redact",
      "pseudonyms for serial numbers, MACs, GUIDs, host names; no raw bytes",
    )
    .option("--redact-pci", "the same, and for PCI addresses")
    .option("--page <file>", "write a page to read it in a browser (.html)")
    .option("--created <when>", "put the time into it: now, or a moment")
    .option("--force", "replace files that are there")
    .action((options) =>
      run(async (context) =>
        (await import("../bundle.ts")).bundle(context, options)
      )
    );
  root.command("show")
    .description("check an archive and show what is in it; opens no device")
    .argument("<file>", "what fwctl bundle -o wrote")
    .option("--part <path>", "print one part, as JSON")
    .option("--page <file>", "write a page to read it in a browser (.html)")
    .option("--force", "replace a file that is there")
    .action((file, _options, command) =>
      run(async (context) =>
        (await import("../bundle_show.ts")).show(
          context,
          file,
          // The parser gives --page and --force to `bundle`, wherever they stand.
          command.optsWithGlobals(),
        )
      )
    );
  return [root];
}
