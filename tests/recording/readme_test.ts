/** The README's section on recordings is held to what the command does. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { here } from "./fixture.ts";

Deno.test("every command line of the README's Recordings section runs and exits as it says", async () => {
  const readme = Deno.readTextFileSync(`${ROOT}README.md`);
  const section = readme.split("\n### Recordings\n")[1]?.split("\n## ")[0] ??
    "";
  const lines = [...section.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap((match) => (match[1] ?? "").trim().split("\n"));
  assert(lines.length > 5, `${lines.length} lines`);
  using folder = new Folder();
  for (const line of lines) {
    const [command = "", says = ""] = line.split("  # ");
    const args = command.split(" ").slice(1).map((arg) =>
      /\.(jsonl|gz)$/.test(arg) ? `${folder.path}/${arg}` : arg
    );
    const model = args[0] === "record" && args[1] !== "show"
      ? ["--model", "connectx"]
      : [];
    const { code, out, err } = await here([...model, ...args]);
    assertEquals(code, Number(/exit (\d)/.exec(says)?.[1] ?? 0), line + err);
    assert(out !== "" || code !== 0, line);
    const why = /: (.*)$/.exec(says)?.[1];
    if (why) assertStringIncludes(err.toLowerCase(), why);
  }
});
