/**
 * The program as JavaScript: Deno keeps what it made of TypeScript by the path
 * of the source, so a cache cannot be shipped, and without one each start would
 * translate everything anew.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import { dirname, relative } from "node:path/posix";
import type { Source } from "./graph.ts";

/** Where a TypeScript file of the checkout lies in the bundle. */
export function shippedAs(path: string): string {
  return path.replace(/\.ts$/, ".js");
}

/**
 * A file without its types, and its imports as they are in the bundle. Lines
 * and columns stay, so that a stack trace is good for the sources too.
 *
 * @param vendored where an npm specifier lies in the bundle
 */
export function javascript(
  text: string,
  { path, imports }: Source,
  vendored: (specifier: string) => string,
): string {
  let result = stripTypeScriptTypes(text);
  for (const [said, to] of imports) {
    const target = to.startsWith("npm:") ? vendored(to) : shippedAs(to);
    const now = said.startsWith(".")
      ? said.replace(/\.ts$/, ".js")
      : beside(dirname(path), target);
    result = result.replaceAll(JSON.stringify(said), JSON.stringify(now));
  }
  return result;
}

/** A path as an import of a file in `folder` says it. */
export function beside(folder: string, path: string): string {
  const way = relative(folder, path);
  return way.startsWith(".") ? way : `./${way}`;
}
