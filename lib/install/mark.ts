/**
 * A file of ours on somebody's machine: its first line, or the second below a
 * `#!`, holds what it is and the digest of all other lines. So a file that
 * somebody wrote, and one of ours that was edited, are known from it alone.
 *
 * @module
 */
import { sha256 } from "../plan/digest.ts";

/** How a file stands. */
export type FileState =
  /** As it was written. */
  | "installed"
  | "absent"
  /** Ours, and edited since. */
  | "changed"
  /** Somebody else's. */
  | "foreign";

/** The text with its mark: `# TAG sha256:…`. It ends with a newline. */
export function marked(text: string, tag: string): string {
  const lines = text.split("\n");
  lines.splice(markLine(lines), 0, `# ${tag} ${sha256(text)}`);
  return lines.join("\n");
}

/** Whether a text is ours, and as we wrote it. */
export function standing(
  text: string,
  tag: string,
): "installed" | "changed" | "foreign" {
  const lines = text.split("\n");
  const [mark = ""] = lines.splice(markLine(lines), 1);
  const before = `# ${tag} `;
  if (!mark.startsWith(before)) return "foreign";
  return sha256(lines.join("\n")) === mark.slice(before.length)
    ? "installed"
    : "changed";
}

function markLine([first = ""]: readonly string[]): number {
  return first.startsWith("#!") ? 1 : 0;
}

/** Whether we wrote a file. */
export function isOurs(state: FileState): boolean {
  return state === "installed" || state === "changed";
}

/** Before the folders that were made for a file. */
const MADE = "# Made for it: ";

/** The line that names folders made for a file; "" when there are none. */
export function madeLine(folders: Iterable<string>): string {
  const names = [...new Set(folders)];
  return names.length === 0 ? "" : `${MADE}${names.join(" ")}\n`;
}

/** The folders that a text says were made for it. */
export function madeFor(text: string): string[] {
  const line = text.split("\n").find((each) => each.startsWith(MADE));
  return line?.slice(MADE.length).split(" ") ?? [];
}
