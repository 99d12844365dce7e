/**
 * What a file of a modelled machine is, and whether a process may open a node.
 *
 * @module
 */
import type { FileStat } from "../host/host.ts";
import type { ScenarioNode } from "./scenario.ts";
import type { TreeNode } from "./sysfs_tree.ts";

// include/uapi/linux/stat.h
const S_IFCHR = 0o020000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

const KINDS = { char: S_IFCHR, dir: S_IFDIR, file: S_IFREG, link: S_IFLNK };
/** A fwctl node as devtmpfs makes it. */
const NODE: ScenarioNode = { mode: 0o600, uid: 0, gid: 0, open: "" };

/** struct stat of a node of the tree. */
export function statOf(
  node: TreeNode,
  nodes: ReadonlyMap<string, ScenarioNode>,
): FileStat {
  const [major, minor] = node.kind === "char" ? node.device ?? [1, 3] : [0, 0];
  const { mode, uid, gid } = node.kind === "char"
    ? nodes.get(node.fwctl) ?? NODE
    : { ...NODE, mode: node.kind === "dir" ? 0o755 : 0o444 };
  return { mode: KINDS[node.kind] | mode, uid, gid, major, minor };
}

/** Whether a process with this id for user and group opens it for reading and writing. */
export function mayOpen(node: ScenarioNode = NODE, uid: number): boolean {
  const { mode } = node;
  const bits = node.uid === uid
    ? mode >> 6
    : node.gid === uid
    ? mode >> 3
    : mode;
  return uid === 0 || (bits & 6) === 6;
}
