/** What users import: the names are held, and the graph beneath needs nobody else. */
import { assert, assertEquals } from "@std/assert";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { API_FILE, apiText, modules } from "./api.ts";

Deno.test("the public API is as it was written down", async () => {
  assertEquals(
    await apiText(),
    Deno.readTextFileSync(API_FILE),
    "the API changed: see docs/guides/stability.md, then deno task api:generate",
  );
});

Deno.test("each module says at its head what it is for, and mod.ts is short", () => {
  for (const module of modules()) {
    const text = Deno.readTextFileSync(`${ROOT}${module}`);
    assert(/^\/\*\*[^]*?\n \* @module\n \*\//.test(text), module);
  }
  const text = Deno.readTextFileSync(`${ROOT}mod.ts`);
  const code = text.slice(text.indexOf("*/")).split("\n");
  assert(code.length <= 70, `${code.length} lines`);
});

Deno.test("no module that users import needs a third party or an import map, or reaches the command", async () => {
  using folder = new Folder();
  const all = modules().map((module) =>
    `import "${new URL(module, `file://${ROOT}`)}";\n`
  );
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", folder.file("all.ts", all.join(""))],
  }).output();
  const graph = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; dependencies?: { specifier: string }[] }[];
  };
  const inside = graph.modules.filter(({ specifier }) =>
    specifier.startsWith(`file://${ROOT}`)
  );
  assert(inside.length > 100, "the graph was read");
  const alien = inside.flatMap(({ specifier, dependencies = [] }) =>
    dependencies.filter((each) => !/^(\.{1,2}\/|node:)/.test(each.specifier))
      .map((each) => `${specifier}: ${each.specifier}`)
  );
  assertEquals(alien, []);
  assertEquals(
    inside.filter(({ specifier }) => specifier.includes("/lib/cli/")),
    [],
  );
});
