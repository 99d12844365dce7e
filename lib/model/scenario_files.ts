/**
 * The files of a modelled machine that a scenario says itself: a module that is
 * not loaded, a device node that is gone or has another mode, a kernel without
 * its configuration.
 *
 * @module
 */
import type { PlainData } from "../plain.ts";
import { ERRNO, type ErrnoName } from "../uapi/errno.ts";
import { ObjectReader, refuse } from "./reader.ts";

/** What a path is instead of what the model makes of it. */
export type ScenarioFile =
  /** There is none, whatever the model has there. */
  | { readonly kind: "none" }
  /** A file with this text. */
  | { readonly kind: "text"; readonly text: string }
  /** A symbolic link. */
  | { readonly kind: "link"; readonly target: string };

/** What a device node is instead of 0600 root. */
export interface ScenarioNode {
  /** Permission bits. */
  readonly mode: number;
  /** Owner. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
  /** What opening it fails with, such as `EPERM` in a container; "" when it opens. */
  readonly open: ErrnoName | "";
}

/** Most files of a scenario. */
const MOST = 1000;
const DIGITS = /^[0-7]{3,4}$/;

/**
 * Reads `files`: by absolute path without links in it, text, `null` for none,
 * or `{ "link": TARGET }`.
 *
 * @throws `ModelError` naming the key path
 */
export function readFiles(
  reader: ObjectReader,
): ReadonlyMap<string, ScenarioFile> {
  const files = new Map<string, ScenarioFile>();
  const part = reader.object("files");
  if (!part) return files;
  if (part.keys().length > MOST) {
    refuse(part.at, `has more than ${MOST} files`);
  }
  for (const path of part.keys()) {
    const at = part.path(path.slice(0, 80));
    if (!/^(\/[^/\0]+)+$/.test(path) || path.split("/").includes("..")) {
      refuse(at, "must be an absolute path");
    }
    files.set(path, readFile(part.raw(path), at));
  }
  return files;
}

function readFile(value: PlainData | undefined, at: string): ScenarioFile {
  if (value === null) return { kind: "none" };
  if (typeof value === "string") return { kind: "text", text: value };
  const part = new ObjectReader(value, at);
  const target = part.text("link") ?? refuse(part.path("link"), "is missing");
  part.end();
  return { kind: "link", target };
}

/**
 * Reads `nodes`: by name of the fwctl device, `{ mode, uid, gid, open }`.
 *
 * @throws `ModelError` naming the key path
 */
export function readNodes(
  reader: ObjectReader,
): ReadonlyMap<string, ScenarioNode> {
  const nodes = new Map<string, ScenarioNode>();
  const part = reader.object("nodes");
  for (const name of part?.keys() ?? []) {
    if (!part || !/^fwctl\d{1,4}$/.test(name)) {
      refuse(`host.nodes.${name.slice(0, 40)}`, "is no name such as fwctl0");
    }
    const node = part.object(name);
    if (!node) continue;
    const mode = node.text("mode") ?? "0600";
    if (!DIGITS.test(mode)) {
      refuse(node.path("mode"), 'must be octal digits such as "0600"');
    }
    const open = node.text("open") ?? "";
    if (open !== "" && !Object.hasOwn(ERRNO, open)) {
      refuse(node.path("open"), "must be an errno such as EPERM");
    }
    nodes.set(name, {
      mode: Number.parseInt(mode, 8),
      uid: node.integer("uid", { max: 0xffffffff }) ?? 0,
      gid: node.integer("gid", { max: 0xffffffff }) ?? 0,
      open: open as ErrnoName | "",
    });
    node.end();
  }
  return nodes;
}
