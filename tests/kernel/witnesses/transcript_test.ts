/** The kept transcripts of programs that others wrote. */
import { assert, assertEquals } from "@std/assert";
import { SCENES } from "./table.ts";
import { plain, readTranscript, wrong } from "./transcript.ts";

Deno.test("every kept transcript says what its program must say", () => {
  for (const { name, sessions } of SCENES) {
    for (const [session, lines] of Object.entries(sessions)) {
      const file = `${name}_${session}.txt`;
      const text = Deno.readTextFileSync(new URL(file, import.meta.url));
      const outputs = readTranscript(text, lines);
      assert(outputs, `${file} has other commands: play it with --write`);
      for (const [i, { text, code }] of outputs.entries()) {
        const line = lines[i];
        if (line) assertEquals(wrong(line, text, code), [], file);
      }
    }
  }
});

Deno.test("what is missing in an output, and another exit status, is told", () => {
  const line = { run: "one", says: ["a b", "c"] };
  assertEquals(wrong(line, "x a   b\nc", 0), []);
  assertEquals(wrong(line, "a b", 1), [
    "one\n  exit status 1, not 0",
    "one\n  does not say: c",
  ]);
});

Deno.test("a transcript has no colours and no version of a tool", () => {
  assertEquals(
    plain("\u001b[32mup\u001b[0m  \nmstflint 4.33.0-1\n\n"),
    "up\nmstflint …-1",
  );
});
