/**
 * The command line: every command with its arguments and options. A command's
 * own module is loaded only when it runs, so that each starts fast.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { EFFECTS } from "../../drivers/driver.ts";
import { MAX_RPC_LEN, SCOPES } from "../uapi/fwctl.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import type { Output } from "./output.ts";
import { runCommands, withRunOptions } from "./program_runs.ts";
import { VERSION } from "./version.ts";
import { provenance } from "./program_trust.ts";

/** How a device is named. */
const DEVICE =
  "fwctl0, a PCI address, a network or RDMA device, a CXL memory device";

/** What the program gives its commands, and gets from them. */
export interface Runner {
  /** Where results and notes go. */
  readonly output: Output;
  /** Told the exit code of the command that ran. */
  done(code: ExitCode): void;
}

/** Runs a command's action with its surroundings. */
type Run = (
  action: (context: Context) => Promise<ExitCode>,
) => Promise<void>;

/** Builds the program. */
export function program(runner: Runner): CommandUnknownOpts {
  const root = new Command("fwctl")
    .description("Device firmware through the Linux fwctl subsystem")
    .version(VERSION, "--version", "print the version")
    .option(
      "--model <scenario>",
      "run on a modelled host: a scenario's name, a JSON file, unix:SOCKET, or help",
    )
    .option(
      "--model-state <file>",
      "keep the modelled host's state in this file",
    )
    .option(
      "--definitions <file>",
      "names for what a vendor keeps to itself (JSON); may be repeated",
      collect,
    )
    .option(
      "--policy <file>",
      "what may be sent (JSON); checked on every request",
    )
    .option(
      "--break-seal",
      "write also to a device that was sealed in this boot",
    )
    .option(
      "--state-dir <dir>",
      "where seals, journals and locks are kept (default: /var/lib/fwctl; a model has none)",
    )
    .option("--json", "print one JSON object with schema and version")
    .option("--debug", "show the stack of an internal error")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runner.output.text(text),
      writeErr: (text) => runner.output.note(text),
      // Errors come back as exceptions and are printed where all are.
      outputError: () => {},
      // What commander would find out by itself it reads from the environment.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => helpWidth(Deno.stdout),
      getErrHelpWidth: () => helpWidth(Deno.stderr),
    });
  const run: Run = async (action) => {
    const globals = root.opts();
    runner.done(await action({ globals, output: runner.output }));
  };
  for (
    const command of [
      ...readers(run),
      ...raw(run),
      ...recipes(run),
      ...runCommands(run),
      ...provenance(run),
      ...models(run),
    ]
  ) {
    root.addCommand(command.copyInheritedSettings(root));
  }
  return root;
}

function readers(run: Run): CommandUnknownOpts[] {
  return [
    new Command("list")
      .description("list the fwctl devices of the machine; opens none")
      .option("--all", "every virtual function on a line of its own")
      .action((options) =>
        run(async (context) =>
          (await import("./list.ts")).list(context, options)
        )
      ),
    new Command("info")
      .description("show who a device is, and who has its functions")
      .argument("<device>", DEVICE)
      .option("--all", "every virtual function on a line of its own")
      .action((device, options) =>
        run(async (context) =>
          (await import("./info.ts")).info(context, device, options)
        )
      ),
    new Command("describe")
      .description(
        "show what can be queried and declared, with scope and effect",
      )
      .argument("<device>", DEVICE)
      .action((device) =>
        run(async (context) =>
          (await import("./describe.ts")).describe(context, device)
        )
      ),
    new Command("query")
      .description("read something by name, decoded; fwctl describe lists what")
      .argument("<device>", DEVICE)
      .argument("<query>", "the query, such as identity")
      .option(
        "-a, --arg <name=value>",
        "an argument of the query; may be repeated",
        collect,
      )
      .addOption(
        new Option("--max-scope <scope>", "highest scope that may be sent")
          .choices(SCOPES),
      )
      .option("--allow-taint", "allow requests that taint the kernel")
      .action((device, query, options) =>
        run(async (context) =>
          (await import("./query.ts")).query(context, device, query, options)
        )
      ),
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
        "--compare <pci>",
        "only fields that differ from this virtual function's",
      )
      .action((device, options) =>
        run(async (context) =>
          (await import("./caps.ts")).caps(context, device, options)
        )
      ),
  ];
}

function raw(run: Run): CommandUnknownOpts[] {
  return [
    new Command("rpc")
      .description("send one raw request with exactly the scope given")
      .argument("<device>", DEVICE)
      .argument(
        "[hex]",
        "the request as hex digits; - reads them from standard input",
      )
      .addOption(
        new Option("--scope <scope>", "the scope label to send it with")
          .choices(SCOPES).makeOptionMandatory(),
      )
      .addOption(
        new Option("--out <bytes>", "room for the response, at most 2 MiB")
          .argParser(capacity).makeOptionMandatory(),
      )
      .option("--in <file>", "take the request's raw bytes from a file")
      .option("--yes", "send also what taints the kernel or does not only read")
      .action((device, hex, options) =>
        run(async (context) =>
          (await import("./rpc.ts")).rpc(context, device, hex, options)
        )
      ),
    new Command("policy")
      .description("check a policy file, and say what it allows; opens nothing")
      .argument("<file>", "the policy (JSON)")
      .option("--all", "every request of every driver by name")
      .action((file, options) =>
        run(async (context) =>
          (await import("./policy_check.ts")).policyCheck(
            context,
            file,
            options,
          )
        )
      ),
    new Command("scope")
      .description(
        "explain which scope and effect a request has; sends no request",
      )
      .argument(
        "[hex]",
        "the request as hex digits; - reads them from standard input",
      )
      .option("--driver <name>", "whose request it is (default: mlx5)")
      .option(
        "--device <device>",
        "the same, by a device, from which is read what the scope depends on",
      )
      .option("--list", "every request the driver knows")
      .option("--in <file>", "take the request's raw bytes from a file")
      .action((hex, options) =>
        run(async (context) =>
          (await import("./scope.ts")).scope(context, hex, options)
        )
      ),
  ];
}

function models(run: Run): CommandUnknownOpts[] {
  return [
    new Command("serve")
      .description("serve the modelled host to other processes")
      .requiredOption("--socket <path>", "the Unix socket to listen on")
      .option(
        "--latency <ms>",
        "milliseconds that every request to a firmware takes",
        (text) => integer(text, 60_000),
      )
      .action((options) =>
        run(async (context) =>
          (await import("./serve.ts")).serve(context, options)
        )
      ),
  ];
}

function recipes(run: Run): CommandUnknownOpts[] {
  return [
    withRecipeOptions(new Command("plan"))
      .description("read, compare, and show what a recipe would change")
      .option("--detailed-exitcode", "exit with 2 when changes are pending")
      .option("-o, --output <file>", "write the plan to a file for fwctl apply")
      .option("--force", "replace a file that is there")
      .action((recipe, options) =>
        run(async (context) =>
          (await import("./plan.ts")).plan(context, recipe, options)
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
          (await import("./apply.ts")).apply(context, recipe, options)
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
          (await import("./drift.ts")).drift(context, recipes, options)
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
    .option("--seal", "close a changed device to writes until the next boot")
    .option("--require-signed", "refuse what no trusted key has signed")
    .option("--trust <path>", "whose signatures count: a file or a folder")
    .option("--all", "show everything, however long");
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...before ?? [], value];
}

function functionId(text: string): number {
  return integer(text, 0xffff);
}

function capacity(text: string): number {
  return integer(text, MAX_RPC_LEN);
}

/** Columns for help: the terminal's, or 80. */
function helpWidth(stream: { isTerminal(): boolean }): number {
  return stream.isTerminal() ? Deno.consoleSize().columns : 80;
}

/** A whole number, decimal or 0x hex. */
function integer(text: string, most: number): number {
  const value = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)
    ? Number(text)
    : Number.NaN;
  if (value >= 0 && value <= most) return value;
  throw new InvalidArgumentError(`It takes a whole number from 0 to ${most}.`);
}
