/**
 * The command `fwctl`.
 *
 * @module
 */
import { CommanderError } from "npm:@commander-js/extra-typings@15.1.0";
import { type FwctlError, isFwctlError, UsageError } from "../errors.ts";
import { errorText } from "../view/error.ts";
import { errorBody, jsonText } from "../view/json.ts";
import { EXIT, type ExitCode, exitOfError } from "./exit.ts";
import { Output } from "./output.ts";
import { program } from "./program.ts";

/** Runs one command line and says its exit code. Nothing is thrown, whatever happens. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const options = args.slice(0, [...args, "--"].indexOf("--"));
  const output = new Output(options.includes("--json"));
  let code: ExitCode = EXIT.done;
  try {
    if (await helped(options, output)) return code;
    const root = program({ output, done: (exit) => code = exit });
    await root.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return failed(error, output, options.includes("--debug"));
  }
}

/** `--model help`: the scenarios. */
async function helped(
  options: readonly string[],
  output: Output,
): Promise<boolean> {
  const at = options.indexOf("--model");
  if (options[at + 1] !== "help" || at < 0) return false;
  const { BUILTIN_SCENARIOS } = await import("../model/scenarios/index.ts");
  const { table } = await import("../view/table.ts");
  const rows = BUILTIN_SCENARIOS.map((each) => [each.name, each.description]);
  output.text(`${table(rows, {}, output.style).join("\n")}\n`);
  return true;
}

/** Prints an error and says the exit code. */
function failed(thrown: unknown, output: Output, debug: boolean): ExitCode {
  let error: FwctlError;
  if (isFwctlError(thrown)) error = thrown;
  else if (thrown instanceof CommanderError) {
    // Help and version were asked for and are printed already.
    if (thrown.exitCode === 0) return EXIT.done;
    // No command at all: the help is the message.
    if (thrown.code === "commander.help") return EXIT.error;
    error = usageError(thrown);
  } else {
    return internal(thrown, output, debug);
  }
  if (output.json) output.text(jsonText("error", { error: errorBody(error) }));
  else output.note(errorText(error, output.errorStyle));
  if (debug && error.stack) output.note(`${error.stack}\n`);
  return exitOfError(error);
}

/** A parser's message as ours: `error: unknown command 'lst'\n(Did you mean list?)`. */
function usageError({ message }: CommanderError): UsageError {
  const [first = "", ...rest] = message.replace(/^error: /, "").split("\n");
  const near = /\((Did you mean .*\?)\)/.exec(rest.join(" "))?.[1];
  return new UsageError(first, {
    hint: near ?? "See the options with --help",
  });
}

function internal(thrown: unknown, output: Output, debug: boolean): ExitCode {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const line = `internal error: ${message.split("\n")[0]} (please report)`;
  if (output.json) {
    output.text(jsonText("error", {
      error: { code: "InternalError", message: line },
    }));
  } else output.note(`${output.errorStyle(line, "red")}\n`);
  if (debug && thrown instanceof Error) output.note(`${thrown.stack}\n`);
  return EXIT.error;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
