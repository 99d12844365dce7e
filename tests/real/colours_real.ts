/** Colours go to a real terminal, and not when NO_COLOR is set: every kind of output, both ways. */
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../paths.ts";
import { ignored, lacking } from "./needs.ts";
import { Installed } from "./shell.ts";

const ignore = ignored("colours on a terminal", lacking("script"));

/** What a command writes to a terminal. */
async function onTerminal(
  at: Installed,
  line: string,
  env: Record<string, string>,
): Promise<{ text: string; code: number }> {
  const { stdout, code } = await new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    stdin: "null",
    cwd: ROOT,
    clearEnv: true,
    env: { ...at.env, TERM: "xterm-256color", ...env },
  }).output();
  return { text: new TextDecoder().decode(stdout), code };
}

/** A text without SGR sequences. */
function uncoloured(text: string): string {
  // deno-lint-ignore no-control-regex -- that is what it is about
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}

/** The line of progress, on standard error, comes only where a machine is slow: it is left out. */
const CASES: readonly (readonly [string, string, number])[] = [
  ["list", "fwctl --model connectx list", 0],
  [
    "plan",
    "fwctl --model connectx plan recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0 2>/dev/null",
    0,
  ],
  ["doctor", "fwctl --model locked-down doctor", 0],
  ["an error", "fwctl --model connectx info fwctl00", 1],
  ["version", "fwctl --model connectx version", 0],
];

for (const [name, line, want] of CASES) {
  Deno.test({
    name:
      `${name}: coloured on a terminal, plain with NO_COLOR, plain in a pipe`,
    ignore,
    fn: async () => {
      using at = new Installed();
      const coloured = await onTerminal(at, line, {});
      assertEquals(coloured.code, want, coloured.text);
      assert(uncoloured(coloured.text) !== coloured.text, coloured.text);
      const plain = await onTerminal(at, line, { NO_COLOR: "1" });
      assertEquals(plain.code, want);
      assert(!plain.text.includes("\x1b"), plain.text);
      // The colours are all that differs.
      assertEquals(uncoloured(coloured.text), plain.text);
      // NO_COLOR counts when it is not empty: https://no-color.org
      const empty = await onTerminal(at, line, { NO_COLOR: "" });
      assertEquals(empty.text, coloured.text);
      const piped = await onTerminal(at, `${line} 2>&1 | cat`, {});
      assertEquals(piped.text, plain.text);
    },
  });
}

Deno.test({
  name: "help and JSON are never coloured",
  ignore,
  fn: async () => {
    using at = new Installed();
    for (
      const line of [
        "fwctl --help",
        "fwctl plan --help",
        "fwctl --model connectx list --json",
        "fwctl completion bash",
        "fwctl man plan",
      ]
    ) {
      const { text, code } = await onTerminal(at, line, {});
      assertEquals(code, 0, text);
      assert(!text.includes("\x1b"), line);
    }
  },
});
