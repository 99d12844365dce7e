/**
 * Examples of commands, which end their help and their manual page. Each is a
 * line `fwctl …  # what it is for`, with what is special about it in brackets
 * at the end: `(exit 2)`, the exit code on the model; `(--model mixed)`, the
 * scenario it is of, where that is not connectx; `(not run: REASON)`, for what a
 * test cannot run. A test runs all others as they stand, on the model, and fails
 * for a command without one.
 *
 * @module
 */
import type { CommandUnknownOpts } from "npm:@commander-js/extra-typings@15.1.0";

/** One example. */
export interface Example {
  /** The line as it is typed, from `fwctl` on. */
  readonly line: string;
  /** What it is for: a clause. */
  readonly does: string;
  /** The exit code it ends with on the model. */
  readonly exit: number;
  /** The scenario it is of. */
  readonly model: string;
  /** Why no test runs it; "" when one does. */
  readonly unrun: string;
}

const DECLARED = new WeakMap<CommandUnknownOpts, string>();

/** Gives a command one to four examples, in the form above; called last, so that they end its help. */
export function withExamples<C extends CommandUnknownOpts>(
  command: C,
  lines: string,
): C {
  DECLARED.set(command, lines);
  command.addHelpText("after", () => `\n${examplesText(examplesOf(command))}`);
  return command;
}

/** The same for a command and all below it, from a table by their path below `fwctl`. */
export function addExamples(
  root: CommandUnknownOpts,
  table: Readonly<Record<string, string>>,
  above = "",
): void {
  for (const command of root.commands) {
    const path = `${above}${command.name()}`;
    const lines = table[path];
    if (lines !== undefined) withExamples(command, lines);
    addExamples(command, table, `${path} `);
  }
}

/** The examples of a command; none when it has none. */
export function examplesOf(command: CommandUnknownOpts): readonly Example[] {
  return (DECLARED.get(command) ?? "").trim().split("\n")
    .filter((line) => line !== "").map(exampleOf);
}

const NOTE = /\s*\((exit|--model|not run:) ([^()]*)\)$/;

function exampleOf(text: string): Example {
  const [line = "", ...rest] = text.split("  # ");
  let does = rest.join("  # ");
  const notes = new Map<string, string>();
  for (let note = NOTE.exec(does); note; note = NOTE.exec(does)) {
    notes.set(note[1] ?? "", note[2] ?? "");
    does = does.slice(0, note.index);
  }
  return {
    line,
    does,
    exit: Number(notes.get("exit") ?? 0),
    model: notes.get("--model") ?? DEFAULT_MODEL,
    unrun: notes.get("not run:") ?? "",
  };
}

/** The scenario of examples that name none. */
const DEFAULT_MODEL = "connectx";

/** As they stand at the end of the help. */
export function examplesText(examples: readonly Example[]): string {
  const shown = examples.map((example) =>
    `  # ${remarkOf(example)}\n  ${example.line}`
  );
  return `Examples:\n${shown.join("\n")}`;
}

/** What an example is for, with what is special about it. */
export function remarkOf({ does, exit, model }: Example): string {
  const facts = [
    ...(exit === 0 ? [] : [`exit ${exit}`]),
    ...(model === DEFAULT_MODEL ? [] : [`--model ${model}`]),
  ];
  return facts.length === 0 ? does : `${does} (${facts.join(", ")})`;
}
