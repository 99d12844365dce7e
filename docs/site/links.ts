/**
 * Where the links of the Markdown files lead, in the tree and on the site.
 *
 * @module
 */
import { posix } from "node:path";
import { SOURCES } from "./pages.ts";
import { rootOf } from "./shell.ts";

/** A link of a file, taken apart. */
export interface Target {
  /** The path from the checkout's root. */
  readonly path: string;
  /** What stands behind `#`, or "". */
  readonly anchor: string;
}

/** What a relative link of a file means; null for an address on the network. */
export function targetOf(file: string, href: string): Target | null {
  if (/^[a-z]+:/.test(href)) return null;
  const [path = "", anchor = ""] = href.split("#");
  return {
    path: path === "" ? file : posix.join(posix.dirname(file), path),
    anchor,
  };
}

/** The page that shows a file of the checkout that is no Markdown. */
export function sourcePage(path: string): string {
  return `source/${path}.html`;
}

/**
 * The address of a link on the site.
 *
 * @param file the Markdown file that has it
 * @param page the page that is made of it
 * @param shown told each source file that must have a page
 */
export function addressOf(
  file: string,
  page: string,
  href: string,
  shown: (path: string) => void,
): string {
  const target = targetOf(file, href);
  if (target === null) return href;
  const { path, anchor } = target;
  const behind = anchor === "" ? "" : `#${anchor}`;
  if (path === file) return behind;
  const source = SOURCES.find((each) => each.file === path);
  if (source) return `${rootOf(page)}${source.page}${behind}`;
  shown(path);
  return `${rootOf(page)}${sourcePage(path)}`;
}
