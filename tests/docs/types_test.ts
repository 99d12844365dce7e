/** The TypeScript of the documents is TypeScript, and its recipes are used. */
import { assert, assertEquals } from "@std/assert";
import { VERSION } from "../../lib/cli/version.ts";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { documents, textOf } from "./files.ts";
import { type Block, blocksOf } from "./markdown.ts";

interface Found {
  readonly file: string;
  readonly block: Block;
}

function modules(): Found[] {
  return documents().flatMap((file) =>
    blocksOf(textOf(file))
      .filter(({ language, notRun }) => language === "ts" && notRun === null)
      .map((block) => ({ file, block }))
  );
}

Deno.test("every ts block of the documents has the types of the library", async () => {
  const found = modules();
  assert(found.length > 3, `${found.length} blocks`);
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
    const name = `${place}/${block.savedAs ?? `block${index}.ts`}`;
    const directory = `${folder.path}/${name}`.replace(/\/[^/]*$/, "");
    Deno.mkdirSync(directory, { recursive: true });
    folder.file(`${place}/mod.ts`, `export * from "file://${ROOT}mod.ts";\n`);
    return folder.file(name, block.text);
  });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...paths],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});

Deno.test("every recipe that a document shows is saved, and a command after it uses it", () => {
  const unused = modules()
    .filter(({ block }) => block.text.includes("satisfies Recipe"))
    .filter(({ file, block }) => {
      const name = block.savedAs ?? "?";
      const after = textOf(file).split("\n").slice(block.line).join("\n");
      return !new RegExp(
        `fwctl \\w+ (?:\\S+ )*${name.replaceAll(/[.]/g, "\\.")}\\b`,
      )
        .test(after);
    })
    .map(({ file, block }) => `${file}:${block.line}`);
  assertEquals(unused, []);
});
