/**
 * The code blocks of a Markdown file, and what its text says about them.
 *
 * @module
 */

/** A fenced block. */
export interface Block {
  /** Line of its opening fence, from 1. */
  readonly line: number;
  /** What stands behind the fence. */
  readonly language: string;
  /** What is inside, with its last newline. */
  readonly text: string;
  /** "Save it as `NAME`:" before it: the reader makes this file of it. */
  readonly savedAs: string | null;
  /** "From `PATH`:" before it: it is an excerpt of this file of the checkout. */
  readonly excerptOf: string | null;
  /** `<!-- not run: REASON -->` before it. */
  readonly notRun: string | null;
  /** `<!-- run by: TEST -->` before it. */
  readonly runBy: string | null;
}

/**
 * Finds the blocks of a text.
 *
 * @throws {SyntaxError} for a fence that is indented or never closed, which a
 * renderer shows and this would not see
 */
export function blocksOf(text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^\s+(```|~~~)|^~~~/.test(line)) {
      throw new SyntaxError(
        `line ${at + 1}: a fence begins with \`\`\` at once`,
      );
    }
    if (!line.startsWith("```")) continue;
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new SyntaxError(`line ${at + 1}: never closed`);
    const { paragraph, ...marked } = before(lines.slice(0, at));
    blocks.push({
      line: at + 1,
      language: line.slice(3).trim(),
      text: lines.slice(at + 1, end).map((each) => `${each}\n`).join(""),
      savedAs:
        /[Ss]ave\s+(?:it|this)\s+as\s+`([^`]+)`[^`]*:$/.exec(paragraph)?.[1] ??
          null,
      excerptOf: /From `([^`]+)`[^`]*:$/.exec(paragraph)?.[1] ?? null,
      ...marked,
    });
    at = end;
  }
  return blocks;
}

/** The paragraph that ends where a block begins, and the marker between them. */
function before(
  lines: readonly string[],
): Pick<Block, "notRun" | "runBy"> & { paragraph: string } {
  const paragraphs = lines.join("\n").trimEnd().split(/\n\s*\n/);
  const last = paragraphs.pop() ?? "";
  const [, what, why = ""] =
    /^<!-- (not run|run by): ([^>]+) -->$/.exec(last.trim()) ?? [];
  return {
    paragraph: (what === undefined ? last : paragraphs.pop() ?? "").trim(),
    notRun: what === "not run" ? why : null,
    runBy: what === "run by" ? why : null,
  };
}

/** A command line of an `sh` block. */
export interface Line {
  /** What a shell is given. */
  readonly command: string;
  /** The exit code that its comment says, or 0. */
  readonly code: number;
}

/** The command lines of an `sh` block; a line that ends in a backslash goes on. */
export function linesOf(text: string): Line[] {
  return text.replaceAll(/\\\n\s*/g, "").split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map(lineOf);
}

/** One command line with its comment. */
export function lineOf(line: string): Line {
  const [command = "", ...comment] = line.split(/\s+# /);
  return {
    command: command.trim(),
    code: Number(/^exit (\d+)/.exec(comment.join(" "))?.[1] ?? 0),
  };
}

/** A command of a `console` block and what it is to print. */
export interface Shown extends Line {
  /** Lines, where `…` is any text, and a line that is `…` any lines. */
  readonly output: string;
}

/** The commands of a `console` block. */
export function shownIn(text: string): Shown[] {
  const [first = "", ...parts] = `\n${text}`.split(/\n\$ /);
  if (first.trim() !== "") {
    throw new SyntaxError(`a console block begins with "$ ", not "${first}"`);
  }
  return parts.map((part) => {
    const [command = "", ...output] = part.replaceAll(/\\\n\s*/g, "")
      .split("\n");
    return { ...lineOf(command), output: output.join("\n").trimEnd() };
  });
}

/** Whether a text is as it was shown. */
export function isAsShown(text: string, shown: string): boolean {
  const pattern = shown.split("\n")
    .map((line) =>
      line.trim() === "…"
        ? "(?:.*\\n)*?"
        : `${line.split("…").map(escaped).join(".*?")}\\n`
    ).join("");
  return new RegExp(`^${pattern}$`).test(`${text.trimEnd()}\n`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\\/]/g, "\\$&");
}
