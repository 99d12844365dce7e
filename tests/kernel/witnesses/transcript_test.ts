/** The kept transcripts of programs that others wrote. */
import { assert, assertEquals } from "@std/assert";
import { fwctlHere } from "../../cli/in_process.ts";
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

/** Parameters and values as mstconfig shows them: a value, a name with it, or hex. */
function shownByMstconfig(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^ {8}(\w+) +(\S+)$/gm)]
      .map(([, name = "", value = ""]) => [name, value]),
  );
}

Deno.test("mstconfig shows every parameter of the served card as this library does, and hides those whose gate is shut here", async () => {
  const lines = SCENES.find(({ name }) => name === "served")?.sessions.others;
  const text = Deno.readTextFileSync(
    new URL("served_others.txt", import.meta.url),
  );
  const outputs = readTranscript(text, lines ?? []);
  const theirs = shownByMstconfig(outputs?.[0]?.text ?? "");
  const { out } = await fwctlHere([
    ...["nvconfig", "query", "fwctl0", "--model", "connectx", "--json"],
  ]);
  const { parameters }: {
    parameters: { parameter: string; next: number | string; state: string }[];
  } = JSON.parse(out);
  const ours = new Map(parameters.map((one) => [one.parameter, one]));
  let both = 0;
  for (const [name, shown] of theirs) {
    const here = ours.get(name);
    // Our built-in names are some of theirs.
    if (here === undefined) continue;
    both++;
    // "ETH(2)" or "True(1)" or "16": by name where there is one here.
    const [, word = "", number = word] =
      /^([^(]+)(?:\((\d+)\))?$/.exec(shown) ??
        [];
    const expected = typeof here.next === "string" ? word : Number(number);
    assertEquals(here.next, expected, name);
  }
  assert(both >= 30, `${both} parameters under one name`);
  assertEquals(
    parameters.filter(({ parameter }) => !theirs.has(parameter)),
    parameters.filter(({ state }) => state === "gated"),
  );
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
