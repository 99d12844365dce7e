/**
 * Completion: what can stand at the end of a command line, from the commands
 * themselves. Opens no device and writes nothing.
 *
 * @module
 */
import type {
  Argument,
  CommandUnknownOpts,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import type { Globals } from "../context.ts";
import { collect } from "../program/options.ts";
import { kindOf, pathOf } from "./kinds.ts";
import { type Asked, behind, type Candidate, NOTHING } from "./offer.ts";
import type { Offer } from "./offer.ts";
import { sourceOf } from "./sources.ts";

/** A command line as far as it was read. */
interface Line {
  command: CommandUnknownOpts;
  /** Words that are no options, of `command`. */
  plain: string[];
  /** Values by long name; `true` has none. */
  readonly options: Map<string, string[]>;
  /** The option that the next word is the value of. */
  pending: Option | undefined;
  /** Whether `--` was seen. */
  literal: boolean;
}

/** What can stand for the last of `words`, which may be empty; the program's name is none of them. */
export async function complete(
  root: CommandUnknownOpts,
  words: readonly string[],
  around: Globals = {},
): Promise<Offer> {
  const last = words.at(-1) ?? "";
  const line = read(root, words.slice(0, -1));
  const offer = await offerFor(line, last, around);
  const fitting = offer.words.filter(([word]) => word.startsWith(last));
  return {
    ...offer,
    // A function with a fwctl device of its own is found twice.
    words: [...new Map([...fitting].reverse()).entries()].reverse(),
  };
}

function read(root: CommandUnknownOpts, words: readonly string[]): Line {
  const line: Line = {
    command: root,
    plain: [],
    options: new Map(),
    pending: undefined,
    literal: false,
  };
  for (const word of words) step(line, word);
  return line;
}

function step(line: Line, word: string): void {
  if (line.pending) {
    put(line, line.pending, word);
    line.pending = undefined;
  } else if (line.literal || word === "-" || !word.startsWith("-")) {
    const sub = line.plain.length === 0 && !line.literal
      ? line.command.commands.find((each) =>
        each.name() === word || each.aliases().includes(word)
      )
      : undefined;
    if (sub) line.command = sub;
    else line.plain.push(word);
  } else if (word === "--") line.literal = true;
  else {
    const { option, value } = split(line.command, word);
    if (!option) return;
    if (value !== undefined) put(line, option, value);
    else if (option.required) line.pending = option;
    else put(line, option);
  }
}

function put(line: Line, option: Option, value?: string): void {
  const name = nameOf(option);
  const before = line.options.get(name) ?? [];
  line.options.set(name, value === undefined ? before : [...before, value]);
}

function nameOf({ long, short }: Option): string {
  return (long ?? short ?? "").replace(/^-+/, "");
}

/** `--name=value`, `-nvalue`, or an option alone. */
function split(
  command: CommandUnknownOpts,
  word: string,
): { option?: Option | undefined; before: string; value?: string } {
  const at = word.indexOf("=");
  if (word.startsWith("--")) {
    const name = at < 0 ? word : word.slice(0, at);
    const option = find(command, name);
    return at < 0
      ? { option, before: "" }
      : { option, before: `${name}=`, value: word.slice(at + 1) };
  }
  const short = word.slice(0, 2);
  const option = find(command, short);
  return word.length > 2 && option?.required
    ? { option, before: short, value: word.slice(2) }
    : { option: find(command, word), before: "" };
}

function find(command: CommandUnknownOpts, flag: string): Option | undefined {
  return optionsOf(command)
    .find(({ long, short }) => long === flag || short === flag);
}

/** Its own, and those of the commands above it, which the parser takes too. */
function optionsOf(command: CommandUnknownOpts): Option[] {
  const found: Option[] = [];
  for (
    let at: CommandUnknownOpts | null = command;
    at !== null;
    at = at.parent
  ) {
    found.push(...at.createHelp().visibleOptions(at));
  }
  return found.filter(({ long }, at) =>
    found.findIndex((other) => other.long === long) === at
  );
}

async function offerFor(
  line: Line,
  last: string,
  around: Globals,
): Promise<Offer> {
  const { command, pending, literal, plain } = line;
  if (pending) return await valueOf(line, pending, last, around);
  if (!literal && last.startsWith("-")) {
    const { option, before, value } = split(command, last);
    if (value === undefined) return optionOffer(line);
    if (!option?.required) return NOTHING;
    return behind(before, await valueOf(line, option, value, around));
  }
  if (plain[0] === "help" && command.parent === null) {
    return plain.length === 1 ? { words: commandWords(command) } : NOTHING;
  }
  const argument = argumentAt(command, plain.length);
  const commands = plain.length === 0 && !literal ? commandWords(command) : [];
  if (!argument) {
    return commands.length > 0 ? { words: commands } : optionOffer(line);
  }
  const offer = await valueOf(line, argument, last, around);
  return { ...offer, words: [...commands, ...offer.words] };
}

function commandWords(command: CommandUnknownOpts): Candidate[] {
  const help = command.createHelp();
  return help.visibleCommands(command).map((each): Candidate => [
    each.name(),
    help.subcommandDescription(each),
  ]);
}

/** Options that are not given yet, or may be repeated. */
function optionOffer({ command, options }: Line): Offer {
  return {
    words: optionsOf(command)
      .filter((each) => !options.has(nameOf(each)) || each.parseArg === collect)
      .map((each): Candidate => [
        each.long ?? each.short ?? "",
        each.description,
      ]),
  };
}

function argumentAt(
  { registeredArguments }: CommandUnknownOpts,
  at: number,
): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[at] ?? (last?.variadic ? last : undefined);
}

async function valueOf(
  line: Line,
  of: Argument | Option,
  word: string,
  around: Globals,
): Promise<Offer> {
  if (of.argChoices) {
    return { words: of.argChoices.map((each): Candidate => [each, ""]) };
  }
  const kind = kindOf(ownerOf(line.command, of), of);
  if (kind === undefined || kind === "choice") return NOTHING;
  const asked = askedOf(line, word, around);
  if (kind === "command" || kind === "command-line") {
    let root = line.command;
    while (root.parent) root = root.parent;
    const inner = asked.args.get("command") ?? [];
    return kind === "command"
      ? { words: commandWords(root) }
      : await complete(root, [...inner, word], asked.globals);
  }
  return await sourceOf(kind, asked);
}

/** The command that an option is of: this one, or one above it. */
function ownerOf(
  command: CommandUnknownOpts,
  of: Argument | Option,
): CommandUnknownOpts {
  for (
    let at: CommandUnknownOpts | null = command;
    at !== null;
    at = at.parent
  ) {
    if (at.options.some((each) => each === of)) return at;
  }
  return command;
}

function askedOf(line: Line, word: string, around: Globals): Asked {
  const { command, options, plain } = line;
  const args = new Map<string, string[]>();
  plain.forEach((each, at) => {
    const name = argumentAt(command, at)?.name();
    if (name !== undefined) args.set(name, [...args.get(name) ?? [], each]);
  });
  const one = (name: string): string | undefined => options.get(name)?.at(-1);
  return {
    word,
    command: pathOf(command),
    args,
    options,
    globals: {
      model: one("model") ?? around.model,
      modelState: one("model-state") ?? around.modelState,
      stateDir: one("state-dir") ?? around.stateDir,
      replay: one("replay") ?? around.replay,
    },
  };
}
