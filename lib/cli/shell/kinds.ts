/**
 * What each argument and option of the command takes. The name between the
 * brackets of its help (`<device>`, `--policy <file>`) is its type; this table
 * says what may stand there, so that help and completion cannot disagree. A
 * test holds that every argument and every option of every command has a kind.
 *
 * @module
 */
import {
  Argument,
  type CommandUnknownOpts,
  type Option,
} from "npm:@commander-js/extra-typings@15.1.0";

/** What may stand in a place of the command line. */
export type Kind =
  /** One of the parser's own choices. */
  | "choice"
  /** Typed by hand: a number, a time, hex digits, a name that only the user knows. */
  | "typed"
  /** Any file. */
  | "file"
  /** A folder. */
  | "folder"
  /** A scenario by name, or a file. */
  | "scenario"
  /** A fwctl device by any of its names. */
  | "device"
  /** The same, or a virtual function by its PCI address. */
  | "device-or-vf"
  /** A virtual function by its PCI address. */
  | "vf"
  /** One of our drivers. */
  | "driver"
  /** What can be decoded of the driver before it. */
  | "decodable"
  /** A query of the device before it. */
  | "query"
  /** What the command's own query reads: a register, an object, a dump segment. */
  | "target"
  /** `name=value` of a query. */
  | "argument"
  /** A capability type of the device. */
  | "capability"
  /** A parameter of non-volatile configuration. */
  | "parameter"
  /** The same with `=VALUE`. */
  | "setting"
  /** Diagnostic counters, comma separated. */
  | "counters"
  /** A recipe, or what is named by a file as one. */
  | "recipe"
  /** `name=value` of a recipe's parameters. */
  | "recipe-parameter"
  /** A run on record. */
  | "run"
  /** A JSON Schema of ours. */
  | "schema"
  /** A command of ours. */
  | "command"
  /** Another command line of ours, from here on. */
  | "command-line";

/**
 * Kinds by what stands between the brackets. Where a word means something else
 * in one command, the command's path and the word, which go first.
 */
export const KINDS: Readonly<Record<string, Kind>> = {
  file: "file",
  path: "file",
  dir: "folder",
  scenario: "scenario",
  device: "device",
  devices: "device",
  "doctor devices": "device-or-vf",
  pci: "vf",
  vfs: "vf",
  function: "vf",
  driver: "driver",
  "scope name": "driver",
  "decode name": "decodable",
  query: "query",
  register: "target",
  object: "target",
  segment: "target",
  arguments: "argument",
  fields: "argument",
  "query name=value": "argument",
  "caps name": "capability",
  names: "parameter",
  values: "setting",
  "nvconfig backup name": "parameter",
  "diag set list": "counters",
  recipe: "recipe",
  recipes: "recipe",
  "name=value": "recipe-parameter",
  run: "run",
  "schema name": "schema",
  command: "command",
  "record command": "command-line",
  // Typed by hand.
  bytes: "typed",
  calendar: "typed",
  days: "typed",
  runs: "typed",
  "host install name": "typed",
  hex: "typed",
  id: "typed",
  level: "typed",
  ms: "typed",
  n: "typed",
  seconds: "typed",
  text: "typed",
  time: "typed",
  when: "typed",
  "field=value": "typed",
  "bundle show path": "typed",
  "nvconfig words": "typed",
  "vfio prepare fields": "typed",
  "vfio prepare name": "typed",
  "vfio status name": "typed",
  "vfio hook run name": "typed",
  "vfio hook run operation": "typed",
  "vfio hook run suboperation": "typed",
  "vfio hook run extra": "typed",
};

/** The path of a command below the root: `vfio hook install`; "" for the root. */
export function pathOf(command: CommandUnknownOpts): string {
  const names: string[] = [];
  for (let at = command; at.parent; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}

/** What stands between the brackets; "" for an option that takes nothing. */
export function wordOf(of: Argument | Option): string {
  if (of instanceof Argument) return of.name();
  return (/[<[]([^>\]]*)[>\]]/.exec(of.flags)?.[1] ?? "")
    .replace(/\.\.\.$/, "");
}

/** The kind of an argument or of an option that takes something; undefined when none is declared. */
export function kindOf(
  command: CommandUnknownOpts,
  of: Argument | Option,
): Kind | undefined {
  if (of.argChoices) return "choice";
  const word = wordOf(of);
  const own = `${pathOf(command)} ${word}`;
  if (Object.hasOwn(KINDS, own)) return KINDS[own];
  return Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
}
