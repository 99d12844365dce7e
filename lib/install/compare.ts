/**
 * What is wished for beside what is found: what installing would do, and what
 * it would not do. Nothing is touched.
 *
 * @module
 */
import { unifiedDiff } from "./diff.ts";
import { type FileState, isOurs } from "./mark.ts";
import type { HostFile, HostLink } from "./types.ts";

/** What happens to a path. */
export type HostAction =
  /** It is written where nothing is. */
  | "create"
  /** Ours, and replaced by ours. */
  | "replace"
  /** Ours, and removed. */
  | "remove"
  /** It is as it is to be. */
  | "keep"
  /** Left as it is, which is not as it is to be. */
  | "refuse";

/** One path of a host and what happens to it. */
export interface HostEntry {
  /** Its absolute path on the host. */
  readonly path: string;
  /** What it is. */
  readonly kind: "file" | "link" | "folder";
  /** What happens to it. */
  readonly action: HostAction;
  /** How it stands before. */
  readonly state: FileState;
  /** What it is for, or why it is left alone. */
  readonly why: string;
  /** Permission bits of what is written; of a file. */
  readonly mode?: number;
  /** What is written into it; of a file. */
  readonly text?: string;
  /** Where it points; of a link. */
  readonly target?: string;
  /** How a file that is replaced differs: lines of a unified diff. */
  readonly diff?: readonly string[];
}

/** What is at a path. */
export interface FoundFile {
  /** How it stands. */
  readonly state: FileState;
  /** What is in it; "" when it is no file that can be read. */
  readonly text: string;
  /** Its permission bits. */
  readonly mode: number;
}

/** What happens to a file that is wished for. */
export function fileEntry(
  file: HostFile,
  found: FoundFile,
  force: boolean,
): HostEntry {
  const { path, why, mode, text } = file;
  const { state } = found;
  const entry = { path, kind: "file", state, mode, text } as const;
  if (state === "absent") return { ...entry, action: "create", why };
  if (state === "foreign") return { ...entry, action: "refuse", why: FOREIGN };
  if (found.text === text && found.mode === mode) {
    return { ...entry, action: "keep", why };
  }
  const diff = unifiedDiff(found.text, text);
  return state === "changed" && !force
    ? { ...entry, action: "refuse", why: EDITED, diff }
    : { ...entry, action: "replace", why, diff };
}

/** What happens to a file that is not, or no longer, wished for; undefined when it is not ours to touch. */
export function oldEntry(
  path: string,
  { state }: FoundFile,
  force: boolean,
): HostEntry | undefined {
  if (!isOurs(state)) return undefined;
  const entry = { path, kind: "file", state } as const;
  return state === "changed" && !force
    ? { ...entry, action: "refuse", why: EDITED }
    : { ...entry, action: "remove", why: "is not wanted any more" };
}

/**
 * What happens to a link that is wished for.
 *
 * @param found where it points; null when there is none, "" when it is no link
 */
export function linkEntry(
  { path, target }: HostLink,
  found: string | null,
): HostEntry {
  const entry = { path, kind: "link", target } as const;
  const why = "enables the unit, as systemctl enable does";
  if (found === null) {
    return { ...entry, action: "create", state: "absent", why };
  }
  return found === target
    ? { ...entry, action: "keep", state: "installed", why }
    : { ...entry, action: "refuse", state: "foreign", why: FOREIGN };
}

const FOREIGN = "is somebody else's; it is left alone";
const EDITED = "was edited since; --force goes over it";
