/**
 * The commands of the program, for tests that look at all of them.
 *
 * @module
 */
import type { CommandUnknownOpts } from "npm:@commander-js/extra-typings@15.1.0";
import { program } from "../../lib/cli/program.ts";
import { Kept } from "./kept.ts";

/** The program, whose commands are looked at and not run. */
export function commandTree(): CommandUnknownOpts {
  return program({ output: new Kept(false), done: () => {} });
}

/** All commands below the root, each after the one above it. */
export function allCommands(
  root: CommandUnknownOpts = commandTree(),
): CommandUnknownOpts[] {
  return root.commands.flatMap((each) => [each, ...allCommands(each)]);
}
