/** The package as a registry would get it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../paths.ts";

Deno.test("what is published is the library, the command and the recipes, with types that need no checker", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Types are checked by the task check; slow ones are refused here too.
    args: ["publish", "--dry-run", "--no-check", "--allow-dirty"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assertEquals(code, 0, said);
  assertStringIncludes(said, "Dry run complete");
  const files = [...said.matchAll(/^ {3}file:\/\/(\S+) \(/gm)]
    .map(([, path = ""]) => decodeURIComponent(path).slice(ROOT.length));
  for (const path of ["mod.ts", "lib/cli/main.ts", "recipes/vf_caps.ts"]) {
    assert(files.includes(path), path);
  }
  const places = new Set(
    files.map((path) => path.replace(/\/.*/, "/")).filter((place) =>
      // Texts for people may come and go.
      !/^[A-Z]+(\.md)?$/.test(place)
    ),
  );
  assertEquals(
    [...places].sort(),
    ["deno.json", "drivers/", "lib/", "mod.ts", "recipes/"],
  );
  // Recipes, signatures, scenarios and drivers come from where the user says; a
  // recipe that is run by itself finds the command beside it. No other import
  // hides from a registry.
  const warned = [...said.matchAll(/^ *warning\[(.*?)\]: .*\n +--> (.+?):/gm)]
    .map(([, what, path = ""]) => `${what} ${path.slice(ROOT.length)}`)
    .filter((each) => !/ recipes\/\w+\.ts$/.test(each));
  assertEquals(warned.sort(), [
    "unanalyzable-dynamic-import drivers/outside.ts",
    "unanalyzable-dynamic-import lib/cli/drivers.ts",
    "unanalyzable-dynamic-import lib/cli/trust.ts",
    "unanalyzable-dynamic-import lib/machine/open.ts",
    "unanalyzable-dynamic-import lib/recipe/load.ts",
  ]);
});
