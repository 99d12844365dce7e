/** Commands below commands are commands like any other. */
import { assert, assertEquals } from "@std/assert";
import { fwctlHere } from "./in_process.ts";

Deno.test("a slip in a command below another ends with our error, a hint, and JSON when asked for", async () => {
  const slips: readonly (readonly [string, string])[] = [
    ["vfio prepare --bogus", "unknown option '--bogus'"],
    ["vfio hook isntall", "unknown command 'isntall'"],
    ["journal shwo", "unknown command 'shwo'"],
  ];
  for (const [line, words] of slips) {
    const { code, out, err } = await fwctlHere(line.split(" "));
    assertEquals([code, out], [1, ""], line);
    assert(err.includes(words) && err.includes("next: "), err);
    const json = await fwctlHere([...line.split(" "), "--json"]);
    assertEquals(json.code, 1, line);
    const { schema, error } = JSON.parse(json.out);
    assertEquals([schema, error.message], ["fwctl/error", words]);
  }
});

Deno.test("the help of a command below another goes where output goes, with the options of all", async () => {
  const { code, out } = await fwctlHere(["vfio", "hook", "install", "--help"]);
  assertEquals(code, 0);
  assert(out.includes("--profile") && out.includes("Global Options:"), out);
});
