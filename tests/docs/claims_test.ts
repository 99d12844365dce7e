/** What the documents claim about the project is held to the project. */
import { assert, assertEquals } from "@std/assert";
import { VERSION } from "../../lib/cli/version.ts";
import { ROOT } from "../paths.ts";
import { documents, textOf } from "./files.ts";
import { blocksOf } from "./markdown.ts";

/**
 * Most blocks that need not run on a plain machine. To raise it, say in the
 * review why the block cannot be made to run.
 */
const MOST_NOT_RUN = 10;

Deno.test("blocks that cannot run here say why, are few, and are listed", () => {
  const notRun = documents().flatMap((file) =>
    blocksOf(textOf(file)).filter(({ notRun }) => notRun !== null)
      .map(({ line, notRun }) => `${file}:${line}: ${notRun}`)
  );
  // deno-lint-ignore no-console -- who reads the log sees what is not run
  console.log(
    `${notRun.length} blocks of the documents are not run:\n  ${
      notRun.join("\n  ")
    }`,
  );
  assert(notRun.length <= MOST_NOT_RUN, `${notRun.length} blocks are not run`);
});

Deno.test("every block has a language, and those that are run are most", () => {
  const blocks = documents().flatMap((file) =>
    blocksOf(textOf(file)).map((block) => ({ file, ...block }))
  );
  assertEquals(
    blocks.filter(({ language }) => language === "")
      .map(({ file, line }) => `${file}:${line}`),
    [],
  );
  const run = blocks.filter(({ notRun }) => notRun === null);
  assert(run.length > 60, `${run.length} blocks`);
});

Deno.test("every claim of SECURITY that something holds names a test that is there", () => {
  const rows = [
    ...textOf("SECURITY.md").matchAll(/^\| (?!what holds|-)(.*) \|$/gm),
  ]
    .map(([, row = ""]) => row.split(" | "));
  assert(rows.length > 25, `${rows.length} claims`);
  for (const [claim = "", shown = ""] of rows) {
    const path = /^`(tests\/[\w/]+\.ts)`/.exec(shown.trim())?.[1];
    assert(path, `"${claim}" names no test`);
    const text = Deno.readTextFileSync(`${ROOT}${path}`);
    assert(/Deno\.test|oracleTest|fuzz/.test(text), `${path} has no test`);
  }
});

Deno.test("SECURITY is about each of the attackers", () => {
  const text = textOf("SECURITY.md");
  for (
    const who of [
      ...["recipe", "device", "plan file", "local user", "origin"],
      "driver module",
    ]
  ) {
    assert(text.includes(`\n## Against a hostile ${who}\n`), who);
  }
});

Deno.test("the changelog begins with what is not released, and knows this version", () => {
  const text = textOf("CHANGELOG.md");
  const [first = ""] = /^## .*$/m.exec(text) ?? [];
  assertEquals(first, "## [Unreleased]");
  assert(text.includes(VERSION), `${VERSION} is not in it`);
});

Deno.test("the documents name nothing that is not there: tasks of deno.json", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const wrong = documents().flatMap((file) =>
    [...textOf(file).matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)]
      .map(([, task = ""]) => task)
      .filter((task) => !(task in tasks))
      .map((task) => `${file}: deno task ${task}`)
  );
  assertEquals(wrong, []);
});
