/**
 * A file tree in memory: directories that make their entries when asked, files,
 * relative links and device nodes, with path resolution as the kernel does it.
 *
 * @module
 */
import { SyscallError } from "../errors.ts";
import { ERRNO, type ErrnoName } from "../uapi/errno.ts";

/** A directory. Entries are made when asked for, so thousands cost nothing. */
export interface DirNode {
  readonly kind: "dir";
  /** An entry by name. */
  get(name: string): TreeNode | undefined;
  /** All names, in any order. */
  names(): Iterable<string>;
  /** Set when only root may look into it. */
  readonly rootOnly?: boolean;
}

/** A regular file. */
export interface FileNode {
  readonly kind: "file";
  /** Its content now. */
  read(): string;
}

/** A symbolic link. */
export interface LinkNode {
  readonly kind: "link";
  /** Its text, relative to the directory it is in unless it begins with `/`. */
  readonly target: string;
}

/** A character device. */
export interface CharNode {
  readonly kind: "char";
  /** `fwctlN`, or "" for a node that is none of fwctl's. */
  readonly fwctl: string;
  /** Whether somebody has it open who shares it with nobody. */
  readonly busy?: boolean;
  /** Major and minor number, where somebody asks. */
  readonly device?: readonly [major: number, minor: number];
}

/** Anything in the tree. */
export type TreeNode = DirNode | FileNode | LinkNode | CharNode;

/** Entries of a directory: a node, or a function that makes it when asked. */
export type Entries = Readonly<
  Record<string, TreeNode | (() => TreeNode | undefined) | undefined>
>;

/** A directory with fixed names. */
export function dir(entries: Entries): DirNode {
  const get = (name: string): TreeNode | undefined => {
    if (!Object.hasOwn(entries, name)) return undefined;
    const entry = entries[name];
    return typeof entry === "function" ? entry() : entry;
  };
  return {
    kind: "dir",
    get,
    names: () => Object.keys(entries).filter((name) => get(name) !== undefined),
  };
}

/** A directory whose names are computed. */
export function lazyDir(
  names: () => Iterable<string>,
  get: (name: string) => TreeNode | undefined,
): DirNode {
  return { kind: "dir", names, get };
}

/** A directory that is made once, when it is first asked for. */
export function once(make: () => DirNode): DirNode {
  let made: DirNode | undefined;
  return {
    kind: "dir",
    get: (name) => (made ??= make()).get(name),
    names: () => (made ??= make()).names(),
  };
}

/** Two directories seen as one; the first wins. */
export function union(first: DirNode, second: DirNode): DirNode {
  return {
    kind: "dir",
    get: (name) => first.get(name) ?? second.get(name),
    names: () => new Set([...first.names(), ...second.names()]),
  };
}

/** A file with one line. */
export function line(text: string | (() => string)): FileNode {
  return {
    kind: "file",
    read: typeof text === "string" ? () => `${text}\n` : () => `${text()}\n`,
  };
}

/** A symbolic link. */
export function link(target: string): LinkNode {
  return { kind: "link", target };
}

/** As the kernel writes sysfs links: up to /sys, then down. */
export function sysLink(depth: number, target: string): LinkNode {
  return link("../".repeat(depth) + target);
}

/** Throws what a system call on `path` failed with. */
export function failCall(call: string, path: string, name: ErrnoName): never {
  throw new SyscallError(`${call} ${path}: ${name}`, {
    errno: ERRNO[name],
    errnoName: name,
    call,
  });
}

/** How a path is walked. */
export interface WalkAs {
  /** Whether a link in the last place is followed. */
  readonly follow: boolean;
  /** The system call, for errors. */
  readonly call: string;
  /** Whether the process is root. */
  readonly privileged: boolean;
}

/** Most links followed in one path, as in the kernel. */
const MAX_LINKS = 40;

/**
 * Walks a path.
 *
 * @throws `SyscallError` ENOENT, ENOTDIR, ELOOP or EACCES, or EINVAL for a path
 * that is not absolute
 */
export function walk(root: DirNode, path: string, as: WalkAs): TreeNode {
  const { follow, call, privileged } = as;
  if (!path.startsWith("/") || path.includes("\0")) {
    failCall(call, path, "EINVAL");
  }
  if (path.length > 4096) failCall(call, path.slice(0, 64), "ENAMETOOLONG");
  const todo = path.split("/").reverse();
  const above: DirNode[] = [];
  let here: TreeNode = root;
  let links = 0;
  while (todo.length > 0) {
    const name = todo.pop();
    if (name === undefined) break;
    if (name === "" || name === ".") {
      if (here.kind !== "dir") failCall(call, path, "ENOTDIR");
      continue;
    }
    if (here.kind !== "dir") failCall(call, path, "ENOTDIR");
    if (here.rootOnly && !privileged) failCall(call, path, "EACCES");
    if (name === "..") {
      here = above.pop() ?? root;
      continue;
    }
    const next = here.get(name);
    if (next === undefined) failCall(call, path, "ENOENT");
    if (next.kind !== "link" || (todo.length === 0 && !follow)) {
      above.push(here);
      here = next;
      continue;
    }
    if (++links > MAX_LINKS) failCall(call, path, "ELOOP");
    if (next.target.startsWith("/")) {
      above.length = 0;
      here = root;
    }
    for (const part of next.target.split("/").reverse()) {
      if (part !== "") todo.push(part);
    }
  }
  return here;
}
