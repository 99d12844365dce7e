/** Unified diffs are held to patch(1)'s reading of them. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { unifiedDiff } from "../../lib/install/diff.ts";

/** Applies the hunks to a text; every line that stays or goes must be there. */
function patched(before: string, diff: readonly string[]): string {
  const old = before.split("\n");
  if (old.at(-1) === "") old.pop();
  const out: string[] = [];
  let at = 0;
  for (const line of diff) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(line);
    if (head) {
      const [, start = "", length = "1", to = "", long = "1"] = head;
      const from = Number(start) - (length === "0" ? 0 : 1);
      while (at < from) out.push(old[at++] ?? "?");
      assertEquals(out.length, Number(to) - (long === "0" ? 0 : 1));
      continue;
    }
    const [sign, text] = [line[0], line.slice(1)];
    if (sign !== "+") assertEquals(old[at++], text);
    if (sign !== "-") out.push(text);
  }
  out.push(...old.slice(at));
  return out.map((line) => `${line}\n`).join("");
}

Deno.test("a diff, applied to the old text, gives the new one", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 })
    .map((lines) => lines.map((line) => `${line}\n`).join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff(before, after);
      assertEquals(patched(before, diff), after);
      assertEquals(diff.length === 0, before === after);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a diff has three lines around a change, and one hunk where they touch", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}`);
  const other = lines.with(9, "nine").with(12, "twelve");
  const text = (all: readonly string[]): string => `${all.join("\n")}\n`;
  assertEquals(unifiedDiff(text(lines), text(other)), [
    "@@ -7,10 +7,10 @@",
    " 6",
    " 7",
    " 8",
    "-9",
    "+nine",
    " 10",
    " 11",
    "-12",
    "+twelve",
    " 13",
    " 14",
    " 15",
  ]);
});
