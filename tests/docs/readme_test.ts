/** What the README and the guides say of the project, beside their blocks. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "../../lib/cli/program.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { Kept } from "../cli/kept.ts";
import { ROOT } from "../paths.ts";
import { textOf } from "./files.ts";
import { blocksOf } from "./markdown.ts";

const README = textOf("README.md");

Deno.test("the README's two commands are tasks, and CI calls the one that tests", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const commands = [...README.matchAll(/npx -y deno@[\d.]+ task (\w+)/g)];
  assertEquals(commands.map((match) => match[1]), ["demo", "test"]);
  for (const [, task = ""] of commands) assert(task in tasks, task);
  assertStringIncludes(
    Deno.readTextFileSync(`${ROOT}.ci/run`),
    commands[1]?.[0] ?? "?",
  );
});

Deno.test("every folder of the README's map is there, and every folder is on it", () => {
  const [, map = ""] = README.split("\n## Map\n");
  const named = [...map.matchAll(/^\| `([a-z./]+)`\s+\| /gm)]
    .map(([, path = ""]) => path);
  for (const path of named) assert(Deno.statSync(`${ROOT}${path}`), path);
  const there = [...Deno.readDirSync(`${ROOT}lib`)]
    .filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => `lib/${name}/`);
  assertEquals(there.filter((path) => !named.includes(path)), []);
});

Deno.test("every command has a row in the README", () => {
  const [, table = ""] = README.split("\n## The command\n");
  const rows = new Set(
    [...(table.split("\n## ")[0] ?? "").matchAll(/^\| (`fwctl .*?) +\| /gm)]
      .flatMap(([, cell = ""]) => [...cell.matchAll(/`(?:fwctl )?([a-z]+)/g)])
      .map(([, name = ""]) => name),
  );
  const { commands } = program({ output: new Kept(false), done: () => {} });
  const known = commands.map((command) => command.name());
  assert(known.length > 20, known.join());
  assertEquals(known.filter((name) => !rows.has(name)), []);
});

Deno.test("the packages that the README names are those that are used", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const packages = Object.values<string>(imports)
    .filter((each) => each.startsWith("npm:"));
  const [, table = ""] = README.split("\n## Dependencies\n");
  assertEquals(packages.filter((each) => !table.includes(`\`${each}\``)), []);
});

Deno.test("every row of the comparison with other tools is a command that works", async () => {
  const [, section = ""] = textOf("docs/guides/devices.md")
    .split("## Beside other tools");
  const rows = [...section.matchAll(/`fwctl ([^`]+)` +\|$/gm)]
    .map(([, line = ""]) =>
      line.replaceAll(/ (?=recipes\/|tests\/)/g, ` ${ROOT}`).split(" ")
    );
  assert(rows.length > 12, `${rows.length} rows`);
  const failed: string[] = [];
  for (const args of rows) {
    const { out, err, code } = await fwctlHere(args);
    if (code !== 0 || out.length < 80) {
      failed.push(`${args.join(" ")}: exit ${code}\n${out}${err}`);
    }
  }
  assertEquals(failed, []);
});

Deno.test("no policy of the cookbook opens the ceilings to options but the one that says why", () => {
  const blocks = blocksOf(textOf("docs/guides/policy-cookbook.md"))
    .filter(({ language }) => language === "json");
  assert(blocks.length > 10, `${blocks.length} policies`);
  const open = blocks.filter(({ text }) => text.includes("may-raise"))
    .map(({ savedAs }) => savedAs);
  assertEquals(open, ["never.json"]);
});
