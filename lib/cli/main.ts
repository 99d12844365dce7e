/**
 * The command `fwctl`.
 *
 * @module
 */
import { type FwctlError, isFwctlError, UsageError } from "../errors.ts";
import { errorText } from "../view/error.ts";
import { errorBody, jsonText } from "../view/json.ts";
import type { Globals } from "./context.ts";
import { EXIT, type ExitCode, exitOfError } from "./exit.ts";
import { Output } from "./output.ts";
import { quickList } from "./quick.ts";
import { quickHook } from "./vfio/quick.ts";

/** What a command line that runs another one gives it. */
interface Around {
  /** Global options; those of the inner command line win. */
  readonly globals: Globals;
  /** Whether results are JSON whatever the inner one says. */
  readonly json: boolean;
}

/**
 * Runs one command line and says its exit code. Nothing is thrown, whatever happens.
 *
 * @param outputFor where it goes, told whether results are JSON; the standard streams unless given
 * @param around the command line that runs this one, if one does
 */
export async function main(
  args: readonly string[],
  outputFor: (json: boolean) => Output = (json) => new Output(json),
  around: Around = { globals: {}, json: false },
): Promise<ExitCode> {
  const options = args.slice(0, [...args, "--"].indexOf("--"));
  const output = outputFor(options.includes("--json") || around.json);
  let code: ExitCode = EXIT.done;
  try {
    if (args[0] === "__complete") {
      return await (await import("./shell/answer.ts")).answer(
        args.slice(1),
        output,
      );
    }
    if (await helped(options, output)) return code;
    const quick = quickList(args);
    if (quick) {
      const { globals, options } = quick;
      return await (await import("./list.ts")).list(
        { globals: under(around, globals), output },
        options,
      );
    }
    const hook = quickHook(args);
    if (hook) {
      const { globals, call } = hook;
      const { runHook } = await import("./vfio/hook_run.ts");
      return await runHook({ globals: under(around, globals), output }, call);
    }
    const { program } = await import("./program.ts");
    const root = program({
      output,
      globals: around.globals,
      done: (exit) => code = exit,
      again: (inner, globals) =>
        main(inner, outputFor, { globals, json: output.json }),
    });
    await root.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return await failed(error, output, options.includes("--debug"));
  }
}

/** Global options over those around them. */
function under({ globals }: Around, own: Globals): Globals {
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...globals, ...Object.fromEntries(given) };
}

/** `--model help`: the scenarios. */
async function helped(
  options: readonly string[],
  output: Output,
): Promise<boolean> {
  const at = options.indexOf("--model");
  const asked = options.includes("--model=help") ||
    (at >= 0 && options[at + 1] === "help");
  if (!asked) return false;
  const { BUILTIN_SCENARIOS } = await import("../model/scenarios/index.ts");
  const { table } = await import("../view/table.ts");
  const rows = BUILTIN_SCENARIOS.map((each) => [each.name, each.description]);
  output.text(`${table(rows, {}, output.style).join("\n")}\n`);
  return true;
}

/** Prints an error and says the exit code. */
async function failed(
  thrown: unknown,
  output: Output,
  debug: boolean,
): Promise<ExitCode> {
  let error: FwctlError;
  if (isFwctlError(thrown)) error = thrown;
  else if (isParserError(thrown)) {
    // Help and version were asked for and are printed already.
    if (thrown.exitCode === 0) return EXIT.done;
    // No command at all: the help is the message.
    if (thrown.code === "commander.help") return EXIT.error;
    error = await usageError(thrown);
  } else {
    return internal(thrown, output, debug);
  }
  if (output.json) output.text(jsonText("error", { error: errorBody(error) }));
  else output.note(errorText(error, output.errorStyle));
  if (debug && error.stack) output.note(`${error.stack}\n`);
  return exitOfError(error);
}

/** commander's `CommanderError`, by its shape: the class comes with the parser. */
interface ParserError extends Error {
  readonly code: string;
  readonly exitCode: number;
}

function isParserError(thrown: unknown): thrown is ParserError {
  return thrown instanceof Error && "exitCode" in thrown && "code" in thrown &&
    typeof thrown.code === "string" && thrown.code.startsWith("commander.");
}

/** A parser's message as ours: `error: unknown command 'lst'\n(Did you mean list?)`. */
async function usageError({ message }: ParserError): Promise<UsageError> {
  const [first = "", ...rest] = message.replace(/^error: /, "").split("\n");
  const near = /\((Did you mean .*\?)\)/.exec(rest.join(" "))?.[1] ??
    await nearChoice(first);
  return new UsageError(first, {
    hint: near ?? "See the options with --help",
  });
}

/** The choice that is meant where a value is none: the parser only names them all. */
async function nearChoice(message: string): Promise<string | undefined> {
  const [, value, choices] =
    /'([^']*)' is invalid[^.]*\. Allowed choices are (.*)\.$/.exec(message) ??
      [];
  if (value === undefined || choices === undefined) return undefined;
  const { didYouMean } = await import("../suggest.ts");
  return didYouMean(value, choices.split(", "));
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
