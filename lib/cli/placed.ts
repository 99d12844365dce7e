/**
 * Files of ours in the folders of a machine, or of what will be one: a folder
 * that stands for `/`. Nothing below such a folder leads out of it.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { FoundFile } from "../install/compare.ts";
import { standing } from "../install/mark.ts";
import { readText } from "./files.ts";

/** What is at a place. */
export interface PlacedFile extends FoundFile {
  /** Its path, below the folder that stands for `/`. */
  readonly file: string;
}

/** The folder that stands for `/`, without a slash at its end. */
export function base(root: string): string {
  return root === "" ? "" : absolute(root).replace(/\/+$/, "");
}

/** A path from `/`: services and hooks run in other folders. */
export function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

/**
 * Looks at a file that may be ours. A symbolic link is somebody's decision,
 * such as a masked unit, whatever it points to.
 *
 * @throws {UsageError} when it cannot be read, or is not below the folder
 */
export function fileAt(
  root: string,
  place: string,
  tag: string,
  what: string,
): PlacedFile {
  const file = pathIn(root, place);
  const found = look(file, what);
  const mode = (found?.mode ?? 0) & 0o7777;
  if (!found) return { file, state: "absent", text: "", mode };
  if (!found.isFile) return { file, state: "foreign", text: "", mode };
  const text = readText(file, what);
  return { file, state: standing(text, tag), text, mode };
}

/** Where a link points; null when nothing is there, "" when it is no link. */
export function linkAt(root: string, place: string): string | null {
  const path = pathIn(root, place);
  const found = look(path, "the link");
  if (!found) return null;
  return found.isSymlink ? Deno.readLinkSync(path) : "";
}

/**
 * A path below the folder that stands for `/`.
 *
 * @throws {UsageError} when a folder on the way leads elsewhere or is none
 */
export function pathIn(root: string, place: string): string {
  const top = base(root);
  // On the machine itself folders may be links, as its administrator has them.
  if (top !== "") { for (const path of above(place)) refuseLink(top, path); }
  return `${top}${place}`;
}

/** Folders of these places that are not there, those above first. */
export function missingFolders(
  root: string,
  folders: readonly string[],
): string[] {
  const all = folders.flatMap((folder) => [...above(folder), folder]);
  return [...new Set(all)].filter((folder) =>
    look(pathIn(root, folder), "the folder") === undefined
  );
}

/** Makes a folder. @throws {UsageError} */
export function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new UsageError(`${path} cannot be made`, {
      cause,
      hint: "Run as root, with --allow-write for it",
    });
  }
}

/** Removes a folder, unless somebody put something into it since; says whether. */
export function removeEmpty(folder: string): boolean {
  try {
    if (!Deno.readDirSync(folder).next().done) return false;
    Deno.removeSync(folder);
    return true;
  } catch {
    // It is gone, or not ours to remove.
    return false;
  }
}

/** `/a` and `/a/b` of `/a/b/c`. */
function above(place: string): string[] {
  const parts = place.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function refuseLink(top: string, place: string): void {
  const path = `${top}${place}`;
  const found = look(path, "the folder");
  if (!found || found.isDirectory) return;
  throw new UsageError(
    found.isSymlink
      ? `${path} is a symbolic link: what is written below it could land outside of ${top}`
      : `${path} is no folder`,
    { hint: "Make it a folder, or install on the machine itself" },
  );
}

/** What is at a path itself; undefined when nothing is. */
function look(path: string, what: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${what} cannot be looked at: ${path}: ${reason}`, {
      cause,
      hint: "Check the path and who may use it",
    });
  }
}
