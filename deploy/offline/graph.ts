/**
 * Which files a program needs, as Deno itself finds them.
 *
 * @module
 */
import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";

/** A file of the program. */
export interface Source {
  /** Its path in the checkout. */
  readonly path: string;
  /** Whether it is code; all else is read as it is. */
  readonly code: boolean;
  /** What it imports at run time: as it says it, and the path in the checkout or `npm:NAME@VERSION`. */
  readonly imports: ReadonlyMap<string, string>;
}

/** An npm package that the program imports. */
export interface Package {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** The packages it imports, as keys. */
  readonly dependencies: readonly string[];
  /** Where it lies in Deno's cache. */
  readonly localPath: string;
}

/** A program: its files and packages. */
export interface Graph {
  /** By path in the checkout. */
  readonly sources: ReadonlyMap<string, Source>;
  /** By name. */
  readonly packages: ReadonlyMap<string, Package>;
}

interface Module {
  readonly specifier: string;
  readonly kind?: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string; readonly error?: string };
    readonly npmPackage?: string;
  }[];
}

/** What `deno info --json` says, as much as is needed of it. */
interface Info {
  readonly modules: readonly Module[];
  readonly npmPackages?: Readonly<Record<string, Package>>;
}

/** What a module names by its place: `new URL("./worker.ts", import.meta.url)`. */
const BESIDE = /\bnew URL\(\s*"(\.{1,2}\/[^"]+)",\s*import\.meta\.url,?\s*\)/g;

/**
 * Everything that runs when one of the entries does, workers included; not what
 * only types are imported from.
 *
 * @param root the checkout, with a final slash
 * @param entries paths in it
 * @throws {Error} when a module is missing
 */
export async function readGraph(
  root: string,
  entries: readonly string[],
): Promise<Graph> {
  const sources = new Map<string, Source>();
  const packages = new Map<string, Package>();
  const known = new Map<string, Module>();
  const have = (key: string, all: Info["npmPackages"] = {}): void => {
    const found = all[key];
    if (!found || packages.has(found.name)) return;
    packages.set(found.name, found);
    for (const each of found.dependencies) have(each, all);
  };
  const waiting = [...entries];
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    if (sources.has(path)) continue;
    if (!known.has(path)) {
      const { modules, npmPackages } = await info(`${root}${path}`);
      for (const each of modules) {
        const here = inside(root, each.specifier);
        if (here !== undefined) known.set(here, each);
        for (const { code, npmPackage } of each.dependencies ?? []) {
          if (code && npmPackage) have(npmPackage, npmPackages);
        }
      }
    }
    const source = read(root, path, known.get(path));
    sources.set(path, source);
    waiting.push(
      ...[...source.imports.values()].filter((to) => !to.startsWith("npm:")),
    );
  }
  return { sources, packages };
}

function read(root: string, path: string, module?: Module): Source {
  if (!module || module.error !== undefined) {
    throw new Error(module?.error ?? `${path} is not in its own graph`);
  }
  const imports = new Map<string, string>();
  for (const { specifier, code } of module.dependencies ?? []) {
    if (code?.error !== undefined) throw new Error(`${path}: ${code.error}`);
    const to = code?.specifier;
    if (to?.startsWith("npm:")) imports.set(specifier, to);
    const file = to && inside(root, to);
    // A recipe that is named is read as text, wherever it is.
    if (file && !file.startsWith("recipes/")) imports.set(specifier, file);
  }
  const code = module.kind === "esm";
  if (code) {
    const text = Deno.readTextFileSync(`${root}${path}`)
      .replaceAll(/\/\*[^]*?\*\//g, "");
    for (const [, beside = ""] of text.matchAll(BESIDE)) {
      const to = join(dirname(path), beside);
      // Recipes as above; not what is looked for and need not be there.
      if (/^(lib|drivers)\//.test(to)) imports.set(beside, to);
    }
  }
  return { path, code, imports };
}

function inside(root: string, specifier: string): string | undefined {
  if (!specifier.startsWith("file:")) return undefined;
  const path = relative(root, fileURLToPath(specifier));
  if (path.startsWith("../")) throw new Error(`${path} is not in the checkout`);
  return path;
}

async function info(entry: string): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
