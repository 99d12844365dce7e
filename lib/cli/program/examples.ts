/**
 * Examples of commands: declared beside each command, shown at the end of its
 * help and of its manual page. A test runs every one of them on the model and
 * fails for a command that has none.
 *
 * @module
 */
import type { CommandUnknownOpts } from "npm:@commander-js/extra-typings@15.1.0";

/** One example. */
export interface Example {
  /** The line as it is typed, from `fwctl` on. It runs as it stands where `--model` and a state directory are added. */
  readonly line: string;
  /** What it is for: a clause. */
  readonly does: string;
  /** The exit code it ends with on the model; 0 when absent. */
  readonly exit?: number;
  /** The scenario it is of; `connectx` when absent. */
  readonly model?: string;
  /** Why it cannot run in a test (it serves until it is stopped, it needs root): a clause. */
  readonly unrun?: string;
}

const DECLARED = new WeakMap<CommandUnknownOpts, readonly Example[]>();

/** Gives a command one to four examples; called last, so that they end its help. */
export function withExamples<C extends CommandUnknownOpts>(
  command: C,
  ...examples: readonly Example[]
): C {
  DECLARED.set(command, examples);
  command.addHelpText("after", () => `\n${examplesText(examples)}`);
  return command;
}

/** The examples of a command; none when it has none. */
export function examplesOf(command: CommandUnknownOpts): readonly Example[] {
  return DECLARED.get(command) ?? [];
}

/** As they stand at the end of the help. */
export function examplesText(examples: readonly Example[]): string {
  const shown = examples.map((example) =>
    `  # ${remarkOf(example)}\n  ${example.line}`
  );
  return `Examples:\n${shown.join("\n")}`;
}

/** What an example is for, with what is special about it. */
export function remarkOf({ does, exit = 0, model }: Example): string {
  const facts = [
    ...(exit === 0 ? [] : [`exit ${exit}`]),
    ...(model === undefined ? [] : [`--model ${model}`]),
  ];
  return facts.length === 0 ? does : `${does} (${facts.join(", ")})`;
}
