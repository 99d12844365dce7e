/**
 * How text looks on a terminal, and what of it may go there.
 *
 * @module
 */

/** A way for text to look. */
export type Look = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * Makes text ready for output: control characters are shown as escapes, then
 * the look is put around it. Every text that comes from outside (a recipe, a
 * scenario, a device) goes through here, so none can steer the terminal.
 */
export type Style = (text: string, look?: Look) => string;

/** Without any look: for files, pipes and NO_COLOR. */
export function plainStyle(text: string): string {
  return printable(text);
}

/** SGR codes: on, and what puts it back. */
const SGR: Readonly<Record<Look, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** With SGR codes: for terminals. */
export function ansiStyle(text: string, look?: Look): string {
  const shown = printable(text);
  if (look === undefined || shown === "") return shown;
  const [on, off] = SGR[look];
  return `\x1b[${on}m${shown}\x1b[${off}m`;
}

/** Control, format and line separators, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with everything that is not to be seen written as `\x1b`, `\n` or `\u202e`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    if (char === "\n") return "\\n";
    if (char === "\t") return "\\t";
    const code = char.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
    return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
  });
}
