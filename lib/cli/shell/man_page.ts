/**
 * Manual pages, from the commands themselves: fwctl(1), and one for each
 * command below it, with the commands below that one in sections.
 *
 * @module
 */
import type {
  CommandUnknownOpts,
  Help,
} from "npm:@commander-js/extra-typings@15.1.0";
import { examplesOf, examplesText, remarkOf } from "../program/examples.ts";
import { ELSE, EXIT_WORDS, PURPOSES, rootNotes } from "../program/purposes.ts";
import { STATE_DIR } from "../../machine/state_dir.ts";
import { VERSION } from "../version.ts";
import { pathOf } from "./kinds.ts";
import { roff, roffLines } from "./roff.ts";

/** Files, and what they are. */
const FILES: readonly (readonly [string, string])[] = [
  [
    "/dev/fwctl/fwctlN",
    "the devices; whoever may open one may ask its firmware",
  ],
  ["/sys/class/fwctl", "where devices are found, and what stands around them"],
  [
    STATE_DIR,
    "journals of runs, locks and seals, unless --state-dir names another folder",
  ],
];

/** The name of a page: `fwctl`, `fwctl-plan`. */
export function pageName(command: CommandUnknownOpts): string {
  const path = pathOf(command);
  return path === "" ? "fwctl" : `fwctl-${path.replaceAll(" ", "-")}`;
}

/** The page of the root, or of a command right below it. */
export function manPage(command: CommandUnknownOpts): string {
  const root = command.parent === null;
  const help = command.createHelp();
  const name = pageName(command);
  const about = root ? command.description() : help.commandDescription(command);
  return [
    `.TH ${roff(name.toUpperCase())} 1 "" "fwctl ${roff(VERSION)}" "fwctl"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(about)}`,
    ".SH SYNOPSIS",
    ...synopsis(help, command),
    ".SH DESCRIPTION",
    ...sentence(about),
    ...notesOf(command),
    ...(root ? purposes(command, help) : argumentsOf(help, command)),
    ".SH OPTIONS",
    ...optionsOf(help, command),
    ...(root ? [] : [
      ".PP",
      "Every command also takes the options of",
      ".BR fwctl (1):",
      roff(globalsOf(command)),
      ...subcommands(help, command),
    ]),
    ...examples(command),
    ".SH EXIT STATUS",
    ...Object.entries(EXIT_WORDS)
      .flatMap(([code, means]) => [".TP", `.B ${code}`, roff(means)]),
    ".SH FILES",
    ...FILES.flatMap((
      [path, about],
    ) => [".TP", `.I ${roff(path)}`, roff(about)]),
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR",
    "When it is set and not empty, nothing is coloured. Without it, colours go " +
    "to terminals only.",
    ".SH SEE ALSO",
    ...seeAlso(command),
    "",
  ].join("\n");
}

function synopsis(help: Help, command: CommandUnknownOpts): string[] {
  return [`.B ${roff(help.commandUsage(command))}`];
}

function sentence(text: string): string[] {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return [roff(/[.?!]$/.test(whole) ? whole : `${whole}.`)];
}

/** The text behind the options of the help, without the examples, which have their own section. */
function notesOf(command: CommandUnknownOpts): string[] {
  const shown = examplesOf(command);
  let text = helpText(command).slice(command.helpInformation().length);
  if (shown.length > 0) text = text.replace(examplesText(shown), "");
  // The page has sections for what the help of the root ends with.
  if (command.parent === null) text = text.replace(rootNotes(), "");
  const notes = text.replace(/^\s*\n|\s+$/g, "");
  return notes === "" ? [] : [".PP", ".EX", ...roffLines(notes), ".EE"];
}

/** All that `--help` prints. */
function helpText(command: CommandUnknownOpts): string {
  let text = "";
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (part) => text += part });
  command.outputHelp();
  command.configureOutput(before);
  return text;
}

function purposes(root: CommandUnknownOpts, help: Help): string[] {
  const commands = help.visibleCommands(root);
  return [
    ".SH COMMANDS",
    ...Object.keys(PURPOSES).concat(ELSE).flatMap((heading) => {
      const shown = commands.filter((each) => each.helpGroup() === heading);
      return shown.length === 0 ? [] : [
        `.SS ${roff(heading.replace(/:$/, ""))}`,
        ...shown.flatMap((each) => [
          ".TP",
          each.name() === "help"
            ? ".B help"
            : `.BR ${roff(pageName(each))} (1)`,
          roff(help.subcommandDescription(each)),
        ]),
      ];
    }),
  ];
}

function argumentsOf(help: Help, command: CommandUnknownOpts): string[] {
  const shown = help.visibleArguments(command);
  if (shown.length === 0) return [];
  return [
    ".SH ARGUMENTS",
    ...shown.flatMap((each) => [
      ".TP",
      `.I ${roff(help.argumentTerm(each))}`,
      roff(help.argumentDescription(each)) || "\\&",
    ]),
  ];
}

function optionsOf(help: Help, command: CommandUnknownOpts): string[] {
  return help.visibleOptions(command).flatMap((each) => [
    ".TP",
    `.B ${roff(help.optionTerm(each))}`,
    roff(help.optionDescription(each)) || "\\&",
  ]);
}

function globalsOf(command: CommandUnknownOpts): string {
  const root = command.parent;
  if (root === null) return "";
  return `${
    root.createHelp().visibleOptions(root)
      .map(({ long, short }) => long ?? short ?? "")
      .filter((flag) => flag !== "--help" && flag !== "--version")
      .join(", ")
  }.`;
}

function subcommands(help: Help, command: CommandUnknownOpts): string[] {
  const below = help.visibleCommands(command)
    .filter((each) => each.name() !== "help");
  if (below.length === 0) return [];
  return [".SH COMMANDS", ...below.flatMap((each) => section(each))];
}

/** A command in the page of the one above it, and those below it. */
function section(command: CommandUnknownOpts): string[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command)
    .filter((each) => each.name() !== "help");
  const terms = [
    ...help.visibleArguments(command).map((each) => [
      `.I ${roff(help.argumentTerm(each))}`,
      help.argumentDescription(each),
    ]),
    ...help.visibleOptions(command).map((each) => [
      `.B ${roff(help.optionTerm(each))}`,
      help.optionDescription(each),
    ]),
  ];
  return [
    `.SS fwctl ${roff(pathOf(command))}`,
    ...synopsis(help, command),
    ".PP",
    ...sentence(help.commandDescription(command)),
    ...notesOf(command),
    ...terms.flatMap(([term = "", about = ""]) => [
      ".TP",
      term,
      roff(about) || "\\&",
    ]),
    ...below.flatMap((each) => section(each)),
  ];
}

function examples(command: CommandUnknownOpts): string[] {
  const all = withBelow(command).flatMap((each) => examplesOf(each));
  if (all.length === 0) return [];
  return [
    ".SH EXAMPLES",
    ...all.flatMap((example) => [
      ".PP",
      roff(`${remarkOf(example)}:`),
      ".PP",
      ".RS 4",
      ".EX",
      ...roffLines(example.line),
      ".EE",
      ".RE",
    ]),
  ];
}

/** A command and all below it; of the root only itself, whose commands have pages. */
function withBelow(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return command.parent === null
    ? [command]
    : [command, ...command.commands.flatMap((each) => withBelow(each))];
}

function seeAlso(command: CommandUnknownOpts): string[] {
  const root = command.parent ?? command;
  const names = [root, ...root.commands]
    .filter((each) => each !== command)
    .map((each) => `.BR ${roff(pageName(each))} (1)`);
  const few = command.parent === null ? names : names.slice(0, 1);
  return [
    ...few.map((line, at) => at < few.length - 1 ? `${line},` : line),
    ".PP",
    "https://docs.kernel.org/userspace\\-api/fwctl/index.html",
  ];
}
