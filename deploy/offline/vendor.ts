/**
 * The npm packages of the program, as files that import each other by path.
 *
 * @module
 */
import { dirname } from "node:path/posix";
import type { Package } from "./graph.ts";
import { beside } from "./javascript.ts";

/** A text file of the bundle. */
export interface Text {
  /** Its path in the bundle. */
  readonly path: string;
  /** What it holds. */
  readonly text: string;
}

/** Where a package's main module lies in the bundle; its name may have a version and `npm:`. */
export function vendored(specifier: string): string {
  const name = /^(?:npm:\/?)?(@[^/]+\/[^/@]+|[^/@]+)/.exec(specifier)?.[1];
  return `vendor/${name}/index.js`;
}

/**
 * The files of the packages: their modules and licences.
 *
 * @throws {Error} for a package that is more than ES modules below `index.js`
 */
export function vendorFiles(packages: Iterable<Package>): Text[] {
  return [...packages].flatMap(({ name, localPath, dependencies }) => {
    const { type, main } = JSON.parse(
      Deno.readTextFileSync(`${localPath}/package.json`),
    );
    if (type !== "module" || main !== "./index.js") {
      throw new Error(`${name} is not one that can be copied: see vendor.ts`);
    }
    const needs = dependencies.map((key) => key.replace(/(.)@.*$/, "$1"));
    return [
      { path: "LICENSE", text: read(`${localPath}/LICENSE`) },
      ...modules(localPath, "").map((path) => ({
        path,
        text: read(`${localPath}/${path}`),
      })),
    ].map(({ path, text }) => {
      const at = `vendor/${name}/${path}`;
      return { path: at, text: path.endsWith(".js") ? near(at, text) : text };
    });

    /** Imports of other packages by path. */
    function near(at: string, text: string): string {
      return needs.reduce((result, need) => {
        const to = JSON.stringify(beside(dirname(at), vendored(need)));
        return result.replaceAll(`from '${need}'`, `from ${to}`);
      }, text);
    }
  });
}

function modules(root: string, folder: string): string[] {
  return [...Deno.readDirSync(`${root}/${folder}`)]
    .flatMap(({ name, isDirectory }) => {
      const path = `${folder}${name}`;
      if (isDirectory) return modules(root, `${path}/`);
      return name.endsWith(".js") ? [path] : [];
    });
}

function read(path: string): string {
  return Deno.readTextFileSync(path);
}
