/** What users import: the names are held, and the graph beneath needs nobody else. */
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../paths.ts";
import { API_FILE, apiText, modules } from "./api.ts";

Deno.test("the public API is as it was written down", async () => {
  assertEquals(
    await apiText(),
    Deno.readTextFileSync(API_FILE),
    "the API changed: see docs/guides/stability.md, then deno task api:generate",
  );
});

Deno.test("mod.ts names what it exports in under 90 lines, and each module is documented", () => {
  for (const module of modules()) {
    const text = Deno.readTextFileSync(`${ROOT}${module}`);
    assert(/^\/\*\*[^]*?@module\n \*\//.test(text), module);
    assert(text.split("\n").length < 100, module);
  }
  assertEquals(modules()[0], "./mod.ts");
});

Deno.test("no module that users import needs a third party, an import map, or a right", async () => {
  for (const module of modules()) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", module],
      cwd: ROOT,
    }).output();
    const graph = JSON.parse(new TextDecoder().decode(stdout)) as {
      modules: {
        specifier: string;
        dependencies?: { specifier: string }[];
      }[];
    };
    const alien = graph.modules.flatMap(({ specifier, dependencies = [] }) =>
      dependencies.filter((each) => !/^(\.{1,2}\/|node:)/.test(each.specifier))
        .map((each) => `${specifier}: ${each.specifier}`)
    );
    assertEquals(alien, []);
    assert(
      !graph.modules.some(({ specifier }) => specifier.includes("/lib/cli/")),
      `${module} reaches the command`,
    );
  }
});
