/**
 * The command doctor, with its arguments and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
} from "npm:@commander-js/extra-typings@15.1.0";
import { DEVICE, type Run } from "./options.ts";

/** The command. */
export function doctorCommands(run: Run): CommandUnknownOpts[] {
  return [
    new Command("doctor")
      .description(
        "tell why something does not work; sends reads only, exit 1 when there is a problem",
      )
      .argument(
        "[devices...]",
        `only these: ${DEVICE}, or a virtual function's PCI address`,
      )
      .option("--all", "show what is fine too")
      .action((devices, options) =>
        run(async (context) =>
          (await import("../doctor.ts")).doctor(context, devices, options)
        )
      ),
  ];
}
