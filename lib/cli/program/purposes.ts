/**
 * What commands are for: the headings of `fwctl --help`, and what of the files
 * and exit codes concerns every command.
 *
 * @module
 */
import { EXIT, type ExitCode } from "../exit.ts";

/** Commands by purpose, in the order of the help. A test holds that every command is here. */
export const PURPOSES: Readonly<Record<string, readonly string[]>> = {
  "Look at devices (nothing is changed):": [
    "list",
    "info",
    "describe",
    "query",
    "caps",
    "object",
    "dump",
    "drift",
    "doctor",
    "bundle",
    "report",
  ],
  "Change devices (plan, policy, apply, journal):": [
    "plan",
    "show",
    "apply",
    "reg",
    "nvconfig",
    "vfio",
    "diag",
    "rpc",
  ],
  "Records of what was done:": ["journal", "undo", "resume", "record"],
  "Trust:": ["policy", "scope", "sign", "verify", "attest", "trust"],
  "On a host:": ["host", "seal"],
  "Without a device:": ["decode", "serve"],
  "The command itself:": [
    "completion",
    "man",
    "schema",
    "version",
    "help",
  ],
};

/** The heading of a command that nobody has put in its place. */
export const ELSE = "More commands:";

/** The heading that a command stands under. */
export function purposeOf(name: string): string {
  return Object.keys(PURPOSES)
    .find((heading) => PURPOSES[heading]?.includes(name)) ?? ELSE;
}

/** Where a command stands among all. */
export function placeOf(name: string): number {
  const at = Object.values(PURPOSES).flat().indexOf(name);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

/** What each exit code means. */
export const EXIT_WORDS: Readonly<Record<ExitCode, string>> = {
  [EXIT.done]: "done, or nothing to do",
  [EXIT.error]: "an error, nothing is changed; doctor found a problem",
  [EXIT.pending]:
    "changes are pending, or it differs (plan --detailed-exitcode, drift, verify)",
  [EXIT.stale]: "the plan is stale: the device moved; nothing is written",
  [EXIT.refused]: "refused by policy; nothing is sent",
  [EXIT.undone]: "applied partly, then undone completely",
  [EXIT.notUndone]:
    "applied partly and not undone, or stopped as told: the output says what is left",
};

/** What stands at the end of `fwctl --help`. */
export function rootNotes(): string {
  const codes = Object.entries(EXIT_WORDS)
    .map(([code, means]) => `  ${code}  ${means}`);
  return `
Exit codes:
${codes.join("\n")}

Every command takes --json and --model. With --model connectx, a modelled host,
all examples run without hardware; fwctl --model help lists such hosts. Colours
are for terminals, unless NO_COLOR is set.`;
}
