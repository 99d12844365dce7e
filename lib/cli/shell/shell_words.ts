/**
 * Words as shells write them. Nothing is expanded: what is typed is never run.
 *
 * @module
 */

/** The words of a line, and how the last one lies in it. */
export interface ShellWords {
  /** What each word means, quotes taken away; the last is the one at the cursor, and may be empty. */
  readonly words: readonly string[];
  /** The quote that is open at the end, or "". */
  readonly quote: string;
  /** How many characters of the last word stand before what the shell replaces. */
  readonly kept: number;
}

const ESCAPED_IN_DOUBLE = '$`"\\\n';

/**
 * Reads a line of bash up to the cursor.
 *
 * @param breaks bash's COMP_WORDBREAKS: it replaces only what follows the last of them
 */
export function bashWords(line: string, breaks: string): ShellWords {
  const words: string[] = [];
  let word = "";
  /** Whether there is a word at all, which may be empty: `''`. */
  let begun = false;
  /** Whether the word is where a redirection goes. */
  let redirected = false;
  let kept = 0;
  let quote = "";
  const end = (): void => {
    if (begun && !redirected) words.push(word);
    if (begun) redirected = false;
    word = "";
    begun = false;
    kept = 0;
  };
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote !== "") {
      if (char === quote) {
        quote = "";
        if (breaks.includes(char)) kept = word.length;
      } else if (
        quote === '"' && char === "\\" && next !== "" &&
        ESCAPED_IN_DOUBLE.includes(next)
      ) {
        word += next === "\n" ? "" : next;
        at++;
      } else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      begun = true;
      kept = word.length;
    } else if (char === "\\") {
      if (next !== "\n") {
        word += next;
        begun = true;
      }
      at++;
    } else if (char === "`" || (char === "$" && next === "(")) {
      // What it would give is not known: nobody runs it for a TAB.
      const close = endOfSubstitution(line, at);
      word += line.slice(at, close + 1);
      begun = true;
      at = close;
    } else if (/[ \t\n]/.test(char)) end();
    else if (char === ">" || char === "<") {
      // Digits before it are its own: 2>file.
      if (/^\d+$/.test(word)) begun = false;
      end();
      redirected = true;
    } else {
      word += char;
      begun = true;
      if (breaks.includes(char)) kept = word.length;
    }
  }
  words.push(redirected ? "" : word);
  return { words, quote, kept };
}

/** Where a command substitution that begins at `from` ends; the end of the line when it is open. */
function endOfSubstitution(line: string, from: number): number {
  if (line.charAt(from) === "`") {
    const close = line.indexOf("`", from + 1);
    return close < 0 ? line.length : close;
  }
  let depth = 0;
  for (let at = from + 1; at < line.length; at++) {
    if (line.charAt(at) === "(") depth++;
    else if (line.charAt(at) === ")" && --depth === 0) return at;
  }
  return line.length;
}

/** Characters that bash would read as something else. */
const SPECIAL = /[\s!"#$&'()*;<>?[\\\]^`{|}~]/g;

/**
 * What bash puts behind the part that it keeps, or undefined when it cannot be
 * written with the quote that is open.
 */
export function bashQuoted(text: string, quote: string): string | undefined {
  if (quote === "'") return text.includes("'") ? undefined : text;
  if (quote === '"') {
    // A "!" would be the history's, and no backslash hides it in there.
    return text.includes("!")
      ? undefined
      : text.replace(/[$`"\\]/g, (char) => `\\${char}`);
  }
  return text.replace(SPECIAL, (char) => `\\${char}`);
}

/** A word as fish writes it, at the cursor and so perhaps with an open quote, without its quotes. */
export function fishWord(text: string): string {
  let word = "";
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote !== "" && char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (
      char === "\\" && next !== "" &&
      (quote === "" || next === quote || next === "\\" ||
        (quote === '"' && next === "$"))
    ) {
      word += next;
      at++;
    } else word += char;
  }
  return word;
}
