/**
 * Forgiving reads of sysfs and procfs: an entry that vanished between two looks (hot
 * unplug, a virtual function removed) is absent, never an error.
 *
 * @module
 */
import { isFwctlError } from "../errors.ts";
import type { Host } from "./host.ts";

/** What `read` gives, or undefined where the machine says no. Other errors pass. */
function forgiving<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isFwctlError(error) && error.code === "SyscallError") return undefined;
    throw error;
  }
}

/** Names in a directory, sorted; none where there is no such directory. */
export function entriesOf(host: Host, path: string): string[] {
  return forgiving(() => host.list(path)) ?? [];
}

/** Where a link leads, as an absolute path without `..`; links on the way are not followed. */
export function linkTarget(host: Host, path: string): string | undefined {
  const text = forgiving(() => host.readLink(path));
  if (text === undefined || text === "") return undefined;
  return normalize(text[0] === "/" ? text : `${parentPath(path)}/${text}`);
}

/** The last part of where a link leads: a driver's name, a function's address. */
export function linkName(host: Host, path: string): string | undefined {
  const text = forgiving(() => host.readLink(path));
  return text === undefined ? undefined : baseName(text) || undefined;
}

/** A whole number of at most 9 digits in a file, or undefined. */
export function numberOf(host: Host, path: string): number | undefined {
  const text = attribute(host, path);
  return text !== undefined && /^\d{1,9}$/.test(text)
    ? Number(text)
    : undefined;
}

/** The text of a small file without the white space around it, or undefined. */
export function attribute(
  host: Host,
  path: string,
  limit = 4096,
): string | undefined {
  const bytes = forgiving(() => host.readFile(path, limit));
  return bytes && new TextDecoder().decode(bytes).trim();
}

/** What stands after the last `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What stands before the last `/`. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
