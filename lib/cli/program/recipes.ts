/**
 * The commands on recipes: plan, apply, drift.
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
import { collect, integer, type Run } from "./options.ts";
import { withRunOptions } from "./runs.ts";

/** The commands. */
export function recipeCommands(run: Run): CommandUnknownOpts[] {
  return [
    withRecipeOptions(new Command("plan"))
      .description("read, compare, and show what a recipe would change")
      .option("--detailed-exitcode", "exit with 2 when changes are pending")
      .option("-o, --output <file>", "write the plan to a file for fwctl apply")
      .option("--html <file>", "write a page to look at in a browser")
      .option("--force", "replace a file that is there")
      .action((recipe, options) =>
        run(async (context) =>
          (await import("../plan.ts")).plan(context, recipe, options)
        )
      ),
    withRunOptions(
      recipeOptions(
        new Command("apply").argument(
          "<recipe>",
          "path or URL of a recipe, or a plan file",
        ),
      ).option("--params-help", "show the recipe's parameters and stop"),
    )
      .description("plan a recipe, ask, write, verify, and undo on failure")
      .option("--yes", "do not ask")
      .action((recipe, options) =>
        run(async (context) =>
          (await import("../apply.ts")).apply(context, recipe, options)
        )
      ),
    recipeOptions(new Command("drift"))
      .description("compare what recipes declare with what is; writes nothing")
      .argument("<recipes...>", "paths or URLs of recipes")
      .option(
        "--prometheus <file>",
        "write the figures for a textfile collector",
      )
      .action((recipes, options) =>
        run(async (context) =>
          (await import("../drift.ts")).drift(context, recipes, options)
        )
      ),
    recipeOptions(new Command("report"))
      .description(
        "one page of the whole machine: devices, plans, runs on record; writes nothing else",
      )
      .argument("[recipes...]", "recipes or plan files to hold it against")
      .option("-o, --output <file>", "where the page goes (.html)")
      .option("--force", "replace a file that is there")
      .action((recipes, options) =>
        run(async (context) =>
          (await import("../report/report.ts")).report(
            context,
            recipes,
            options,
          )
        )
      ),
  ];
}

/** A command on one recipe. The type grows with each option; commander infers it. */
function withRecipeOptions(command: Command) {
  return recipeOptions(command.argument("<recipe>", "path or URL of a recipe"))
    .option("--params-help", "show the recipe's parameters and stop");
}

/** What all commands on recipes take. */
function recipeOptions<A extends unknown[]>(command: Command<A>) {
  return command
    .option(
      "-p, --param <name=value>",
      "a parameter of the recipe; may be repeated",
      collect,
    )
    .option("--params <file>", "parameters from a JSON file")
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
      "--parallel <n>",
      "speak to so many devices at a time, each in a thread (default: 1)",
      lanes,
    )
    .option("--seal", "close a changed device to writes until the next boot")
    .option("--require-signed", "refuse what no trusted key has signed")
    .option("--trust <path>", "whose signatures count: a file or a folder")
    .option("--all", "show everything, however long");
}

/** As many threads as there may be. */
const MOST_LANES = 256;

function lanes(text: string): number {
  const value = integer(text, MOST_LANES);
  if (value > 0) return value;
  throw new InvalidArgumentError(`It takes a number from 1 to ${MOST_LANES}.`);
}
