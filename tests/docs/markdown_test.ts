/** What runs the documents' blocks finds what is wrong in them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { posix } from "node:path";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { blocksOf, isAsShown, lineOf, linesOf, shownIn } from "./markdown.ts";
import { reportsOf } from "./run.ts";

const FENCE = "```";

Deno.test("blocks are found with their language, and with what the text before them says", () => {
  const [saved, marked, by, excerpt, plain] = blocksOf([
    "Save\nit as `a.json`, the first:\n",
    `${FENCE}json\n{}\n${FENCE}\n`,
    "<!-- not run: it is long -->\n",
    `${FENCE}sh\nsleep 99\n${FENCE}\n`,
    "<!-- run by: tests/x_test.ts -->\n",
    `${FENCE}sh\ntrue\n${FENCE}\n`,
    "From `deploy/x.yaml`:\n",
    `${FENCE}yaml\na: 1\n${FENCE}\n`,
    `It names \`b.json\`:\n\n${FENCE}\nplain\n${FENCE}`,
  ].join("\n"));
  assertEquals([saved?.savedAs, saved?.text, saved?.line], [
    "a.json",
    "{}\n",
    4,
  ]);
  assertEquals(marked?.notRun, "it is long");
  assertEquals(by?.runBy, "tests/x_test.ts");
  assertEquals(excerpt?.excerptOf, "deploy/x.yaml");
  assertEquals([plain?.language, plain?.savedAs], ["", null]);
  for (const text of ["  ```sh\n  x\n  ```", "```sh\nx", "~~~\nx\n~~~"]) {
    assertThrows(() => blocksOf(text), SyntaxError);
  }
});

Deno.test("lines go on after a backslash, and a comment says the exit code", () => {
  assertEquals(linesOf("a \\\n  b\n\n# remark\nc  # exit 3: stale\n"), [
    { command: "a b", code: 0 },
    { command: "c", code: 3 },
  ]);
  assertEquals(lineOf("x '#y'  # why").command, "x '#y'");
  assertEquals(shownIn("$ a\none\n$ b  # exit 2\n").map(({ code }) => code), [
    0,
    2,
  ]);
});

Deno.test("an ellipsis is any text, a line of it any lines, and all else is literal", () => {
  assert(isAsShown("a\nrun 17 ok\nb\n", "a\nrun … ok\nb"));
  assert(isAsShown("a\nb\nc\nd\n", "a\n…\nd"));
  assert(isAsShown("a\n", "a\n…"));
  assert(isAsShown("(x) [y] 1.2 $ ^\n", "(x) [y] 1.2 $ ^"));
  for (
    const [text, shown] of [
      ["a\nb\n", "a"],
      ["a\n", "a\nb"],
      ["a b\n", "a.b"],
      ["a\nx\nd\n", "a\n…\ne"],
      ["run 17 no\n", "run … ok"],
    ] as const
  ) assert(!isAsShown(text, shown), `${text} is not ${shown}`);
});

Deno.test("a document that is wrong in each way is told so, by line", async () => {
  using folder = new Folder();
  const text = [
    `${FENCE}sh\nfwctl info fwctl9\n${FENCE}`,
    `${FENCE}sh\nfwctl list  # exit 2\n${FENCE}`,
    `${FENCE}sh\nfalse | false\n${FENCE}`,
    `${FENCE}console\n$ fwctl list\nnothing\n${FENCE}`,
    `${FENCE}json\n{ "format": "fwctl-policy/1", "maxx": 1 }\n${FENCE}`,
    `${FENCE}json\n{ "some": "data" }\n${FENCE}`,
    `${FENCE}cobol\nSTOP RUN.\n${FENCE}`,
    `From \`deno.json\`:\n\n${FENCE}json\n"not there"\n${FENCE}`,
    `Save it as \`lib/x.ts\`:\n\n${FENCE}sh\ntrue\n${FENCE}`,
    `${FENCE}sh\nfwctl list\n${FENCE}`,
  ].join("\n\n");
  const path = folder.file("wrong.md", text);
  const [report] = await reportsOf([posix.relative(ROOT, path)]);
  const { failures = [], ran } = report ?? {};
  const said = [
    "there is no fwctl device",
    "exit 0, not 2",
    "exit 1, not 0",
    "it prints",
    'did you mean "max"',
    "neither saved nor of a known format",
    'nothing runs "cobol"',
    "not in deno.json as it stands",
    "written into the checkout",
  ];
  assertEquals(failures.length, said.length, failures.join("\n"));
  said.forEach((words, at) =>
    assert(failures[at]?.includes(words), failures[at])
  );
  assertEquals(ran, 5);
});
