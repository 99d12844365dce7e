/** Manual pages: every command, option and example is in them, in plain roff. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { examplesOf } from "../../lib/cli/program/examples.ts";
import { EXIT_WORDS } from "../../lib/cli/program/purposes.ts";
import { manPage, pageName } from "../../lib/cli/shell/man_page.ts";
import { roff, roffLines } from "../../lib/cli/shell/roff.ts";
import { allCommands, commandTree } from "./commands.ts";
import { Folder } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

Deno.test("every option, argument, command and example is in its page", () => {
  const root = commandTree();
  for (const command of [root, ...root.commands]) {
    const page = manPage(command);
    const has = (text: string): void =>
      assert(
        page.includes(text),
        `${pageName(command)} lacks ${text}\n${page}`,
      );
    for (
      const heading of ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"].concat(
        ["EXIT STATUS", "FILES", "ENVIRONMENT", "SEE ALSO"],
      )
    ) has(`.SH ${heading}\n`);
    for (const means of Object.values(EXIT_WORDS)) has(roff(means));
    has(".B NO_COLOR\n");
    const shown = command === root
      ? [root]
      : [command, ...allCommands(command)];
    for (const each of shown) {
      for (const option of each.options) has(`.B ${roff(option.flags)}`);
      for (const { line } of examplesOf(each)) has(roffLines(line).join("\n"));
    }
    if (command !== root) has(".SH EXAMPLES\n");
  }
  const first = manPage(root);
  for (const command of root.commands) {
    assert(
      first.includes(`.BR ${roff(pageName(command))} (1)`),
      pageName(command),
    );
  }
});

Deno.test("roff: nothing in a text is read as a request or turned into another character", () => {
  assertEquals(roff(".SH X"), "\\&.SH X");
  assertEquals(
    roff("'x' \\- a-b \"c\""),
    "\\(aqx\\(aq \\(rs\\- a\\-b \\(dqc\\(dq",
  );
  assertEquals(roff("one\n  two"), "one two");
  assertEquals(roff("… ≤ 😀"), "\\[u2026] \\[u2264] \\[u1F600]");
  assertEquals(roffLines("a\n\n.b"), ["a", ".sp", "\\&.b"]);
  for (
    const command of allCommands(commandTree()).filter((each) =>
      !each.parent?.parent
    )
  ) {
    // deno-lint-ignore no-control-regex -- roff without an encoding
    assertMatch(manPage(command), /^[\x0a\x20-\x7e]*$/, pageName(command));
  }
});

Deno.test("fwctl man prints a page, or writes all of them, and overwrites none unasked", async () => {
  const page = await fwctlHere(["man", "plan"]);
  assertEquals(page.code, 0);
  assertMatch(page.out, /^\.TH FWCTL\\-PLAN 1 /);
  using folder = new Folder();
  const dir = `${folder.path}/man1`;
  const all = await fwctlHere(["man", "--dir", dir]);
  assertEquals(all.code, 0, all.err);
  const names = [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
  assertEquals(
    names,
    ["fwctl.1", ...commandTree().commands.map((each) => `${pageName(each)}.1`)]
      .sort(),
  );
  assertEquals((await fwctlHere(["man", "--dir", dir])).code, 1);
  assertEquals((await fwctlHere(["man", "--dir", dir, "--force"])).code, 0);
  const wrong = await fwctlHere(["man", "plam"]);
  assertEquals(wrong.code, 1);
  assertMatch(wrong.err, /Did you mean plan\?/);
  assertEquals((await fwctlHere(["man", "plan", "--dir", dir])).code, 1);
  assertEquals((await fwctlHere(["man", "--json"])).code, 1);
});
