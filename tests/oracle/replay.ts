/**
 * Holds the model to recordings of the real kernel:
 *
 *     deno task oracle [--features | --nocap | --nobody] [--kernel 7.3] [--only TYPE] FILE…
 *
 * Every file is replayed from top to bottom on a freshly booted lab. Mismatches
 * are printed, the first ones in full; the last line is `N passed, M failed`,
 * counting steps. Exit code 1 when a step failed.
 *
 * @module
 */
import { Lab, type LabOptions } from "./lab.ts";
import { LabMemory } from "./lab_memory.ts";
import { LAB_TYPES } from "./lab_types.ts";
import { type Case, readRecording, reason } from "./recording.ts";
import { type Difference, Session } from "./session.ts";

/** Mismatches printed in full. */
const SHOWN = 20;
/** Characters of a value that are printed. */
const WIDTH = 120;

/** What to replay, and how it was recorded. */
export interface ReplayOptions extends LabOptions {
  /** Cases of this kind only. */
  readonly only: string | undefined;
}

/** Steps that came out as recorded, and those that did not. */
export interface Tally {
  passed: number;
  failed: number;
}

/** A machine from its boot on. */
export interface Booted {
  readonly lab: Lab;
  readonly memory: LabMemory;
}

/** A freshly booted lab. */
export function bootLab(options: LabOptions): Booted {
  return { lab: new Lab(LAB_TYPES, options), memory: new LabMemory() };
}

/**
 * Replays one file; `report` gets a line or more for each step that failed.
 *
 * @param booted the machine that goes on, where files share one
 */
export async function replayFile(
  path: string,
  options: ReplayOptions,
  report: (text: string) => void,
  { lab, memory }: Booted = bootLab(options),
): Promise<Tally> {
  const tally = { passed: 0, failed: 0 };
  for await (const recorded of readRecording(path)) {
    if (recorded instanceof SyntaxError) {
      tally.failed++;
      report(recorded.message);
    } else if (!options.only || options.only === recorded.type) {
      replayCase(lab, memory, recorded, options, tally, report);
    }
  }
  return tally;
}

function replayCase(
  lab: Lab,
  memory: LabMemory,
  recorded: Case,
  options: ReplayOptions,
  tally: Tally,
  report: (text: string) => void,
): void {
  const name = `${recorded.type} ${recorded.id}`;
  const type = lab.type(recorded.type);
  const device = type && lab.device(recorded.type, type.target(recorded.id));
  if (!device) {
    tally.failed += recorded.steps.length;
    return report(
      `${name}: ${recorded.steps.length} steps failed, as ${recorded.type} has no kernel side in the lab`,
    );
  }
  const session = new Session(lab, memory, recorded, device, options);
  for (const [index, step] of recorded.steps.entries()) {
    const differences = session.step(index);
    if (differences.length === 0) {
      tally.passed++;
      continue;
    }
    tally.failed++;
    report([
      `${name}, step ${index} (${step.op})`,
      ...differences.map(describe),
    ].join("\n"));
  }
  session.end();
}

function describe({ field, recorded, model }: Difference): string {
  const show = (value: unknown) => {
    const text = JSON.stringify(value) ?? "nothing";
    return text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text;
  };
  return `    ${field}: kernel ${show(recorded)}, model ${show(model)}`;
}

interface Arguments {
  readonly options: ReplayOptions;
  readonly files: readonly string[];
}

/** @throws {TypeError} with what is wrong */
function parseArguments(args: readonly string[]): Arguments {
  const flags = { features: false, nocap: false, nobody: false };
  const files: string[] = [];
  let only: string | undefined;
  let kernel: LabOptions["kernel"];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const flag = arg.replace(/^--/, "");
    if (arg === "--only") {
      only = args[++i];
      if (!only) throw new TypeError("--only needs a type");
    } else if (arg === "--kernel") {
      const version = args[++i];
      if (version !== "7.2" && version !== "7.3") {
        throw new TypeError("--kernel needs 7.2 or 7.3");
      }
      kernel = version;
    } else if (!arg.startsWith("--")) files.push(arg);
    else if (Object.hasOwn(flags, flag)) {
      flags[flag as keyof typeof flags] = true;
    } else throw new TypeError(`"${arg}" is unknown`);
  }
  if (files.length === 0) throw new TypeError("no file is given");
  return { options: { ...flags, only, kernel }, files };
}

async function main(args: readonly string[]): Promise<number> {
  // deno-lint-ignore no-console -- this is a command
  const print = (text: string) => console.log(text);
  let parsed: Arguments;
  try {
    parsed = parseArguments(args);
  } catch (error) {
    print(
      `${
        reason(error)
      }; usage: deno task oracle [--features | --nocap | --nobody] [--kernel 7.3] [--only TYPE] FILE…`,
    );
    return 2;
  }
  const total = { passed: 0, failed: 0 };
  let reports = 0;
  for (const file of parsed.files) {
    let tally;
    try {
      tally = await replayFile(file, parsed.options, (text) => {
        if (reports++ < SHOWN) print(text);
      });
    } catch (error) {
      print(`${file} cannot be replayed: ${reason(error)}`);
      return 2;
    }
    total.passed += tally.passed;
    total.failed += tally.failed;
  }
  if (reports > SHOWN) print(`… and ${reports - SHOWN} more mismatches`);
  print(`${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
