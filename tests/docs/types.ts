/**
 * Checks the types of every `ts` block of the documents against the library;
 * `deno task check` runs it, because it takes as long as checking the library.
 *
 *   deno run -A tests/docs/types.ts
 *
 * @module
 */
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { VERSION } from "../../lib/cli/version.ts";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { documents, textOf } from "./files.ts";
import { type Block, blocksOf } from "./markdown.ts";

/** A block, and the document it is in. */
export interface Found {
  readonly file: string;
  readonly block: Block;
}

/** The `ts` blocks of all documents. */
export function modules(): Found[] {
  return documents().flatMap((file) =>
    blocksOf(textOf(file))
      .filter(({ language, notRun }) => language === "ts" && notRun === null)
      .map((block) => ({ file, block }))
  );
}

/** Writes a file and the folders above it. */
function put(folder: Folder, name: string, text: string): string {
  Deno.mkdirSync(posix.dirname(`${folder.path}/${name}`), { recursive: true });
  return folder.file(name, text);
}

/** A file for each of the checkout's that a block imports by a path of the reader's folder. */
function standIns(folder: Folder, path: string, text: string): void {
  for (const [, to = ""] of text.matchAll(/ from "(\.[^"]+)"/g)) {
    const target = posix.join(posix.dirname(path), to)
      .slice(folder.path.length + 1);
    const inside = target.split("/").slice(1).join("/");
    const exists = existsSync(`${folder.path}/${target}`);
    if (exists || !existsSync(`${ROOT}${inside}`)) continue;
    put(folder, target, `export * from "file://${ROOT}${inside}";\n`);
  }
}

/** Checks them; what Deno says of those that are wrong, or undefined. */
async function complaints(): Promise<string | undefined> {
  const found = modules();
  using folder = new Folder();
  const { compilerOptions, imports } = JSON.parse(
    Deno.readTextFileSync(`${ROOT}deno.json`),
  );
  folder.file("deno.json", {
    compilerOptions,
    imports: {
      ...imports,
      "@std/assert": `file://${ROOT}tests/std_assert.ts`,
      "https://example.com/fwctl-deno/": `file://${ROOT}`,
      [`https://example.com/fwctl-deno@${VERSION}/`]: `file://${ROOT}`,
    },
    lock: false,
  });
  const paths = found.map(({ file, block }, index) => {
    // A folder a document: what is saved there can be imported there.
    const place = file.replaceAll(/\W/g, "_");
    return put(
      folder,
      `${place}/${block.savedAs ?? `block${index}.ts`}`,
      block.text,
    );
  });
  for (const [index, { block }] of found.entries()) {
    standIns(folder, paths[index] ?? "", block.text);
  }
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...paths],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr);
}

if (import.meta.main) {
  const said = await complaints();
  if (said !== undefined) {
    await Deno.stderr.write(new TextEncoder().encode(said));
    Deno.exit(1);
  }
}
