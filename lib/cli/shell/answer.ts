/**
 * `fwctl __complete`: what the completion scripts of the shells ask. It prints a
 * line for each word, `WORD TAB DESCRIPTION`; a line that begins with a TAB says
 * something else: `files` or `folders` (names of these fit too, with what of the
 * word stands before them behind a further TAB), `more` (no blank behind the
 * word). It opens no device, writes nothing, says nothing of errors, and is
 * through within {@linkcode PATIENCE}.
 *
 * | shell | what it gives |
 * |---|---|
 * | `bash` | COMP_TYPE, COMP_WORDBREAKS, the line to the cursor; the words come back as bash inserts them |
 * | `zsh` | the words behind the program's name, without their quotes |
 * | `fish` | the same, but for the last, which is as it was typed |
 *
 * @module
 */
import type { CommandUnknownOpts } from "npm:@commander-js/extra-typings@15.1.0";
import { printable } from "../../view/style.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Output } from "../output.ts";
import { program } from "../program.ts";
import { complete } from "./complete.ts";
import type { Offer } from "./offer.ts";
import { bashQuoted, bashWords, fishWord } from "./shell_words.ts";

/** Milliseconds after which the user no longer waits: a recipe or a served model may never answer. */
const PATIENCE = 5000;
/** Longest description. */
const WIDEST = 72;
/** bash's COMP_TYPE when it shows the words and inserts none of them. */
const SHOWN_ONLY: readonly string[] = ["33", "63", "64"];

/** Answers; never fails. */
export async function answer(
  args: readonly string[],
  output: Output,
): Promise<ExitCode> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<string>((settle) => {
      timer = setTimeout(() => settle(""), PATIENCE);
    });
    output.text(await Promise.race([late, answerText(args)]));
  } catch {
    // A TAB that finds nothing rings a bell; it does not scribble over the line.
  } finally {
    clearTimeout(timer);
  }
  return EXIT.done;
}

/** What is printed. */
export async function answerText(args: readonly string[]): Promise<string> {
  const [shell, ...given] = args;
  const root = commands();
  if (shell === "bash") return await forBash(root, given);
  if (shell === "zsh") return answerLines(await complete(root, given));
  if (shell !== "fish") return "";
  const last = fishWord(given.at(-1) ?? "");
  return answerLines(await complete(root, [...given.slice(0, -1), last]));
}

/** The commands, of which none is run. */
function commands(): CommandUnknownOpts {
  return program({ output: new Output(false), done: () => {} });
}

async function forBash(
  root: CommandUnknownOpts,
  [type = "", breaks = "", line = ""]: readonly string[],
): Promise<string> {
  const { words, quote, kept } = bashWords(line, breaks);
  if (words.length < 2) return "";
  const offer = await complete(root, words.slice(1));
  const inserted = offer.words.flatMap(([word, help]): [string, string][] => {
    const text = bashQuoted(word.slice(kept), quote);
    return text === undefined || !clean(word) ? [] : [[text, help]];
  });
  if (inserted.length > 1 && SHOWN_ONLY.includes(type)) {
    const width = Math.max(...inserted.map(([word]) => word.length));
    return answerLines({
      ...offer,
      words: inserted.map(([word, help]) => [
        help === "" ? word : `${word.padEnd(width)}  (${short(help)})`,
        "",
      ]),
    });
  }
  return answerLines({ ...offer, words: inserted });
}

/** An offer as lines. */
export function answerLines({ words, files, before = "" }: Offer): string {
  const shown = words.filter(([word]) => clean(word) && clean(before));
  return [
    ...shown.map(([word, help]) => `${word}\t${short(help)}\n`),
    ...(files && clean(before) ? [`\t${files}\t${before}\n`] : []),
    ...(shown.length > 0 && shown.every(([word]) => word.endsWith("="))
      ? ["\tmore\n"]
      : []),
  ].join("");
}

/** Whether a word can be a line: one with a newline or an escape in it is not offered. */
function clean(word: string): boolean {
  return word !== "" ? printable(word) === word : true;
}

function short(help: string): string {
  const text = printable(help);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}
