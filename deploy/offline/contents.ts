/**
 * What is in the offline bundle.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename } from "node:path/posix";
import manifest from "../../deno.json" with { type: "json" };
import { VERSION } from "../../lib/cli/version.ts";
import { readGraph } from "./graph.ts";
import { javascript, shippedAs } from "./javascript.ts";
import { vendored, vendorFiles } from "./vendor.ts";

/** The checkout, with a final slash. */
const ROOT = new URL("../../", import.meta.url);

/** A file of the bundle. */
export interface Entry {
  /** Its path in the bundle's folder. */
  readonly path: string;
  /** What it holds, or the file that holds it. */
  readonly data: Uint8Array | { readonly file: string };
  /** Whether it is a program. */
  readonly program?: boolean;
}

/** The folder that the bundle unpacks to. */
export const FOLDER: string = `fwctl-${VERSION}`;

/** What others import by its name in the checkout: programs, drivers from outside, recipes that are run by themselves. */
const IMPORTED = [
  "lib/cli/recipe_main.ts",
  ...Object.values(manifest.exports).map((path) => path.replace("./", "")),
];

/** What is run; workers and drivers are found from these. */
const ENTRIES = ["lib/cli/main.ts", ...IMPORTED];

/** Folders and files that are shipped as they are. Recipes: their digest is part of plans and signatures. */
const AS_THEY_ARE = ["recipes", "docs/guides", "LICENSE", "README.md"]
  .concat("CHANGELOG.md", "SECURITY.md");

/** The list of all files with their digests, as `sha256sum -c` reads it. */
const MANIFEST = "MANIFEST";

/**
 * All files of the bundle, sorted by path; the last is of all the others.
 *
 * @param deno the Deno that it brings
 */
export async function contents(deno: string): Promise<Entry[]> {
  const root = decodeURIComponent(ROOT.pathname);
  const { sources, packages } = await readGraph(root, ENTRIES);
  const program = [...sources.values()].map((source): Entry => {
    const { path, code } = source;
    const file = `${root}${path}`;
    if (!code) return { path, data: { file } };
    const text = Deno.readTextFileSync(file);
    return textEntry(shippedAs(path), javascript(text, source, vendored));
  });
  const files: Entry[] = [
    { path: "bin/deno", data: { file: deno }, program: true },
    {
      path: "bin/fwctl",
      data: Deno.readFileSync(new URL("launcher.sh", import.meta.url)),
      program: true,
    },
    ...program,
    ...IMPORTED.map((path) =>
      textEntry(path, `export * from "./${shippedAs(basename(path))}";\n`)
    ),
    ...AS_THEY_ARE.flatMap((path) => asItIs(root, path)),
    ...vendorFiles(packages.values()).map(({ path, text }) =>
      textEntry(path, text)
    ),
    {
      path: "vendor/deno/LICENSE",
      data: Deno.readFileSync(new URL("licences/deno.txt", import.meta.url)),
    },
  ];
  files.sort((a, b) => a.path < b.path ? -1 : 1);
  const sums = files.map((each) => `${digest(each)}  ${each.path}\n`);
  return [...files, textEntry(MANIFEST, sums.join(""))];
}

function asItIs(root: string, path: string): Entry[] {
  const file = `${root}${path}`;
  if (Deno.statSync(file).isFile) return [{ path, data: { file } }];
  return [...Deno.readDirSync(file)].flatMap(({ name }) =>
    asItIs(root, `${path}/${name}`)
  );
}

function textEntry(path: string, text: string): Entry {
  return { path, data: new TextEncoder().encode(text) };
}

/** What a file of the bundle holds. */
export function bytesOf({ data }: Entry): Uint8Array {
  return data instanceof Uint8Array ? data : Deno.readFileSync(data.file);
}

function digest(entry: Entry): string {
  return createHash("sha256").update(bytesOf(entry)).digest("hex");
}
