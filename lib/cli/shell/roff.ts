/**
 * Text as roff has it, for manual pages that groff reads without a warning and
 * without being told an encoding.
 *
 * @module
 */

/** Characters that roff reads as something else, or turns into another one. */
const NAMED: Readonly<Record<string, string>> = {
  "\\": "\\(rs",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

/** A line of text; line breaks in it become blanks. */
export function roff(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ").trim();
  return escape(line).replace(/^\./, "\\&.");
}

/** Lines as they are, one for one. */
export function roffLines(text: string): string[] {
  return text.split("\n").map((line) => {
    const escaped = escape(line);
    return escaped === "" ? ".sp" : escaped.replace(/^\./, "\\&.");
  });
}

function escape(text: string): string {
  return text.replace(/[\\\-'`^~"]|[^\x20-\x7e]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return NAMED[char] ??
      `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}
