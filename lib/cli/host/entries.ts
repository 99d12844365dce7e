/**
 * What is on the disk of a host beside what is wished for.
 *
 * @module
 */
import {
  fileEntry,
  type HostEntry,
  linkEntry,
  oldEntry,
} from "../../install/compare.ts";
import {
  everyLink,
  everyPath,
  FOLDERS,
  hostFiles,
  hostLinks,
  README,
} from "../../install/files.ts";
import { isOurs, madeFor } from "../../install/mark.ts";
import { HOST_TAG, type HostWish } from "../../install/types.ts";
import { fileAt, linkAt, missingFolders, type PlacedFile } from "../placed.ts";

function at(root: string, path: string): PlacedFile {
  return fileAt(root, path, HOST_TAG, "the file");
}

/** What installing does. */
export function installing(
  root: string,
  wish: HostWish,
  { force = false, enable }: {
    readonly force?: boolean | undefined;
    readonly enable: boolean;
  },
): HostEntry[] {
  const links = enable ? hostLinks(wish) : [];
  const needed = [
    ...FOLDERS,
    ...[...hostFiles(wish), ...links].map(({ path }) => parentOf(path)),
  ];
  const missing = missingFolders(root, needed);
  // What was made by an earlier install is still known.
  const { state, text } = at(root, README);
  const made = [...isOurs(state) ? madeFor(text) : [], ...missing];
  const files = hostFiles(wish, made);
  const wanted = new Set(files.map(({ path }) => path));
  const old = everyPath().filter((path) => !wanted.has(path)).flatMap((path) =>
    oldEntry(path, at(root, path), force) ?? []
  );
  const gone = new Set(
    old.flatMap(({ action, path }) => action === "remove" ? [path] : []),
  );
  return [
    ...files.map((file) => fileEntry(file, at(root, file.path), force)),
    ...missing.filter((path) => FOLDERS.includes(path)).map((
      path,
    ): HostEntry => ({
      path,
      kind: "folder",
      action: "create",
      state: "absent",
      why: "is where the recipes go",
    })),
    ...links.map((link) => linkEntry(link, linkAt(root, link.path))),
    ...dangling(root, gone),
    ...old,
  ];
}

/** What removing does: the links first, the record of it all last but for the folders. */
export function removing(root: string, force: boolean): HostEntry[] {
  const record = at(root, README);
  const files = everyPath().reverse().flatMap((path) =>
    oldEntry(path, at(root, path), force) ?? []
  );
  const gone = new Set(
    files.flatMap(({ action, path }) => action === "remove" ? [path] : []),
  );
  // Deepest first; one that somebody uses by now stays.
  const made = isOurs(record.state) && gone.has(README)
    ? madeFor(record.text)
    : [];
  return [
    ...dangling(root, gone),
    ...files,
    ...made.sort((a, b) => b.length - a.length).map((path): HostEntry => ({
      path,
      kind: "folder",
      action: "remove",
      state: "installed",
      why: "was made for them; it stays when something is in it",
    })),
  ];
}

/** What is there of ours, and of others at our places. */
export function found(root: string): HostEntry[] {
  const links = everyLink().flatMap((link): HostEntry[] => {
    const target = linkAt(root, link.path);
    return target === null ? [] : [linkEntry(link, target)];
  });
  return [
    ...everyPath().flatMap((path): HostEntry[] => {
      const { state, mode } = at(root, path);
      if (state === "absent") return [];
      return [{ path, kind: "file", action: "keep", state, mode, why: "" }];
    }),
    ...links.map((entry): HostEntry => ({ ...entry, action: "keep", why: "" })),
  ];
}

/** Links to units that go, whoever enabled them. */
function dangling(root: string, gone: ReadonlySet<string>): HostEntry[] {
  return everyLink().filter(({ path, target }) =>
    gone.has(target) && linkAt(root, path) === target
  ).map(({ path, target }) => ({
    path,
    kind: "link",
    action: "remove",
    state: "installed",
    target,
    why: "enables a unit that goes",
  }));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
