/** The recipes that documents show are used, and the types of all blocks are checked. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../paths.ts";
import { textOf } from "./files.ts";
import { modules } from "./types.ts";

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

Deno.test("the task check has the types of the documents' blocks checked", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  assertStringIncludes(tasks.check.command, "deno run -A tests/docs/types.ts");
  assert(modules().length > 8, `${modules().length} blocks`);
});
