/**
 * The commands on diagnostic counters, with their arguments and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { SCOPES } from "../../uapi/fwctl.ts";
import { nanoseconds, type WantedPeriod, wantedPeriod } from "../times.ts";
import { collect, DEVICE, integer, type Run } from "./options.ts";
import { withRunOptions } from "./runs.ts";

const HELP = `
To choose and to stop needs scope debug-write, which taints the kernel (J);
to read does not.`;

/** The commands diag capabilities, set, sample, dump and stop. */
export function diagCommands(run: Run): CommandUnknownOpts[] {
  const root = new Command("diag")
    .description("diagnostic counters of an mlx5 device, sampled over time")
    .addHelpText("after", HELP);
  root.command("capabilities")
    .alias("caps")
    .description("which counters there are, how often and how many it samples")
    .argument("<device>", DEVICE)
    .addOption(maxScope())
    .action((device, options) =>
      run(async (context) =>
        (await import("../diag/diag.ts")).capabilities(context, device, options)
      )
    );
  writing(root.command("set"))
    .description("choose what is sampled; asks first, and taints the kernel")
    .option(
      "-c, --counters <list>",
      "ids or names such as 0x2006,tx-packets; named, all; may be repeated (default: named)",
      collect,
    )
    .option(
      "--period <time>",
      "such as 1ms, 250us, or 2^20 device clocks (default: 1ms)",
      period,
    )
    .option(
      "--samples <n>",
      "how many the device keeps; the next power of two (default: 1024)",
      atLeastOne,
    )
    .addOption(
      new Option(
        "--mode <mode>",
        "round after round, once until full, or only when asked (default: repetitive)",
      ).choices(["repetitive", "single", "on-demand"] as const),
    )
    .option("--sync", "all counters of a sample at the same moment")
    .option("--clear", "counters start from 0")
    .action((device, options) =>
      run(async (context) =>
        (await import("../diag/set.ts")).set(context, device, options)
      )
    );
  reading(root.command("sample"))
    .description("read samples while they come; Ctrl-C ends it with what came")
    .option(
      "--duration <time>",
      "such as 10s or 500ms (default: 10s, or until --count is there)",
      duration,
    )
    .option("--count <n>", "so many samples", atLeastOne)
    .option(
      "--interval <time>",
      "between reads of counters on demand (default: 100ms)",
      duration,
    )
    .action((device, options) =>
      run(async (context) =>
        (await import("../diag/diag.ts")).sample(context, device, options)
      )
    );
  reading(root.command("dump"))
    .description("read the samples that are there; on demand, one")
    .option("--count <n>", "only so many, the newest", atLeastOne)
    .action((device, options) =>
      run(async (context) =>
        (await import("../diag/diag.ts")).dump(context, device, options)
      )
    );
  writing(root.command("stop"))
    .description("sample nothing any more; asks first, and taints the kernel")
    .option("--clear", "also clear the counters")
    .action((device, options) =>
      run(async (context) =>
        (await import("../diag/set.ts")).stop(context, device, options)
      )
    );
  return [root];
}

function maxScope() {
  return new Option("--max-scope <scope>", "highest scope that may be sent")
    .choices(SCOPES);
}

/** What the commands that show samples take. The type grows with each option; commander infers it. */
function reading(command: Command) {
  return command
    .argument("<device>", DEVICE)
    .option("--csv", "lines of CSV as samples come (RFC 4180)")
    .option("--html <file>", "also write a page with plots")
    .option("--force", "replace a file that is there")
    .option("--all", "every sample in the table, however many")
    .addOption(maxScope());
}

/** What the commands that write take. */
function writing(command: Command) {
  return withRunOptions(command.argument("<device>", DEVICE))
    .option(
      "--allow-taint",
      "allow the request, which has scope debug-write and taints the kernel",
    )
    .addOption(maxScope())
    .option("--yes", "do not ask")
    .option("--all", "show everything, however long");
}

function period(text: string): WantedPeriod {
  const value = wantedPeriod(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError(
    "It takes a time such as 1ms or 250us, or device clocks such as 2^20.",
  );
}

function duration(text: string): number {
  const value = nanoseconds(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError(
    "It takes a time with its unit, such as 10s or 500ms, of a week at most.",
  );
}

function atLeastOne(text: string): number {
  const value = integer(text, 2 ** 31);
  if (value > 0) return value;
  throw new InvalidArgumentError("It takes a whole number from 1 on.");
}
