/**
 * The commands that read by name, and the forms of what is read: reg, object,
 * dump.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  Option,
  type OptionValues,
} from "npm:@commander-js/extra-typings@15.1.0";
import { EFFECTS } from "../../../drivers/driver.ts";
import { SCOPES } from "../../uapi/fwctl.ts";
import { collect, DEVICE, integer, type Run } from "./options.ts";
import { withRunOptions } from "./runs.ts";

const WRITES = `
A write is planned, held against the policy, asked for and put on record as an
apply is. What is not named is written as it was read.`;

const BINARY = `
The file of --binary has the segments as the device gave them, in its byte
order: what mstresourcedump --bin writes and mstresourceparse --dump-file takes.`;

/** The commands. */
export function readingCommands(run: Run): CommandUnknownOpts[] {
  return [
    registers(run),
    plain(run, "object", "[object]", "a query command, such as QUERY_QP or qp")
      .description(
        "show an object by its number, decoded, or list what there is",
      ),
    plain(run, "dump", "[segment]", "a segment by its name or number")
      .description("show a resource dump by segments, or its menu")
      .addHelpText("after", BINARY),
  ];
}

/** The options of the forms an answer can be had in. */
export function withForms<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
) {
  return command
    .option("--hex", "the bytes with their offsets, in place of the fields")
    .option(
      "--binary <file>",
      "the bytes as they are, into a file; - is standard output",
    )
    .option("--force", "replace a file that is there")
    .option("--picture", "draw how the fields lie in the bits");
}

/** Ceilings of a command that reads. */
function withCeilings<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
) {
  return command
    .addOption(
      new Option("--max-scope <scope>", "highest scope that may be sent")
        .choices(SCOPES),
    )
    .option("--allow-taint", "allow requests that taint the kernel");
}

function registers(run: Run): CommandUnknownOpts {
  return withRunOptions(withCeilings(withForms(
    new Command("reg")
      .description("show a register with its fields, or list them; can write")
      .argument("<device>", DEVICE)
      .argument("[register]", "its name or id, such as PTYS or 0x5004")
      .argument("[fields...]", "name=value of what selects: local_port=1")
      .option(
        "--size <bytes>",
        "bytes to read of one whose fields are not public",
        size,
      ),
  )))
    .option(
      "--set <field=value>",
      "write this over what is read; may be repeated",
      collect,
    )
    .option("--data <hex>", "write exactly this")
    .addOption(
      new Option("--max-effect <effect>", "strongest effect that may be sent")
        .choices(EFFECTS),
    )
    .option("--dry-run", "show the plan of a write and stop")
    .option("--yes", "do not ask")
    .addHelpText("after", WRITES)
    .action((device, register, fields, options) =>
      run(async (context) =>
        (await import("../reading_write.ts")).readingOrWrite(
          context,
          "reg",
          device,
          wordsOf(register, fields),
          options,
        )
      )
    );
}

/** A command that only reads. */
function plain(run: Run, verb: string, target: string, help: string) {
  return withCeilings(withForms(
    new Command(verb)
      .argument("<device>", DEVICE)
      .argument(target, help)
      .argument("[arguments...]", "name=value"),
  )).action((device, what, rest, options) =>
    run(async (context) =>
      (await import("../reading.ts")).reading(
        context,
        verb,
        device,
        wordsOf(what, rest),
        options,
      )
    )
  );
}

function wordsOf(
  first: string | undefined,
  rest: readonly string[],
): string[] {
  return first === undefined ? [] : [first, ...rest];
}

function size(text: string): number {
  return integer(text, 0xffff);
}
