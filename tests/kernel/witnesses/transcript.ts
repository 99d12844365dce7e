/**
 * Transcripts: what a session looks like on paper, and whether it says what it
 * must.
 *
 * @module
 */
import type { Line } from "./table.ts";

/** What a person sees: no colours, no space at the ends, no version of a tool. */
export function plain(text: string): string {
  return text
    // deno-lint-ignore no-control-regex -- a terminal's colours begin with one
    .replaceAll(/\u001b\[[0-9;]*m/g, "")
    .replaceAll(/mstflint \d+(\.\d+)+/g, "mstflint …")
    .split(/\r?\n/).map((line) => line.trimEnd()).join("\n").trim();
}

const words = (text: string) => text.replaceAll(/\s+/g, " ");

/** Why a line is not as it must be. */
export function wrong(
  { run, says = [], exit = 0 }: Line,
  text: string,
  code: number,
): string[] {
  return [
    ...(code === exit ? [] : [`${run}\n  exit status ${code}, not ${exit}`]),
    ...says.filter((one) => !words(text).includes(words(one)))
      .map((one) => `${run}\n  does not say: ${one}`),
  ];
}

/** A line and its output in a transcript. */
export function shownLine(
  { run }: Line,
  text: string,
  status: string,
): string {
  return `$ ${run}\n${text}${text === "" ? "" : "\n"}` +
    (status === "0" ? "" : `[exit status ${status}]\n`);
}

/** Outputs and exit statuses of a transcript, in the order of its lines. */
export function readTranscript(
  transcript: string,
  lines: readonly Line[],
): { readonly text: string; readonly code: number }[] | undefined {
  const found: { text: string; code: number }[] = [];
  let rest = transcript;
  for (const [i, { run }] of lines.entries()) {
    const start = `$ ${run}\n`;
    if (!rest.startsWith(start)) return undefined;
    const next = lines[i + 1];
    const end = next === undefined
      ? rest.length
      : rest.indexOf(`\n$ ${next.run}\n`, start.length - 1) + 1;
    if (end === 0) return undefined;
    const text = rest.slice(start.length, end);
    const status = /\[exit status (\d+)\]\n*$/.exec(text);
    found.push({ text, code: Number(status?.[1] ?? 0) });
    rest = rest.slice(end);
  }
  return rest === "" ? found : undefined;
}
