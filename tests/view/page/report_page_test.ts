/** The page of a machine: alone, small, with its runs in order and told apart. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  reportCounts,
  reportPage,
} from "../../../lib/view/page/report_page.ts";
import { changed, inventory, plan, step } from "../make.ts";
import {
  pageOf,
  readable,
  reportOf,
  run,
  skeleton,
  smallPlan,
  standsAlone,
} from "./pages.ts";
import { EVIL } from "./pages_hostile.ts";

Deno.test("the page of a report asks nobody for anything and runs its own script alone", async () => {
  const runs = [run("20261128T100000Z-1"), run("20261128T110000Z-2")];
  await standsAlone(await reportPage(reportOf({ runs })));
});

Deno.test("runs are told in order, with what took them back and what never ended", async () => {
  const runs = [
    run("run-a", {
      outcome: "applied",
      later: [{ run: "run-b", kind: "undo", outcome: "undone" }],
    }),
    run("run-b", { kind: "undo", of: "run-a", outcome: "undone" }),
    run("run-c", { outcome: "unfinished", open: true }),
  ];
  const html = await reportPage(reportOf({ runs }));
  const text = readable(html);
  const [a, b, c] = ["run-a", "run-b", "run-c"].map((name) =>
    html.indexOf(`<code>${name}</code>`)
  );
  assert(a !== undefined && b !== undefined && c !== undefined);
  assert(0 < a && a < b && b < c);
  assertStringIncludes(html, 'undone by <a href="#run1">run-b</a>');
  assertStringIncludes(html, 'takes back <a href="#run0">run-a</a>');
  assertStringIncludes(
    text,
    "It never ended: finish it with fwctl resume run-c or take it back",
  );
  assertStringIncludes(text, "1 run never ended.");
  assertEquals(text.match(/It never ended/g)?.length, 1);
});

Deno.test("no text of a journal, a holder or a broken recipe becomes markup", async () => {
  const page = async (text: string): Promise<string[]> => {
    const shown = pageOf({ plan: smallPlan() }).shown;
    return skeleton(
      await reportPage(reportOf({
        words: new Map([["fwctl0", { facts: [text], trouble: text }]]),
        holders: new Map([["0000:3b:00.2", text]]),
        plans: [
          { source: text, error: text },
          {
            source: text,
            error: "",
            shown: { ...shown, file: { path: text, digest: text } },
          },
        ],
        runs: [
          run(text, {
            time: text,
            recipe: text,
            outcome: text,
            devices: [text],
            drivers: [text],
            scopes: [text],
            owner: text,
            trouble: text,
            open: true,
            records: [{
              seq: 0,
              prev: "",
              time: text,
              event: {
                type: "end",
                of: null,
                outcome: text,
                steps: [],
                error: { message: text },
              },
            }],
          }),
        ],
      })),
    );
  };
  assertEquals(await page(EVIL), await page("harmless"));
});

Deno.test("a machine with 4,000 functions, long plans and many runs stays below 1 MB and says what is left out", async () => {
  const resources = Array.from({ length: 4000 }, (_, i) => changed(i));
  const shown =
    pageOf({ plan: plan(resources, resources.map((_, i) => step(i))) }).shown;
  const records = Array.from({ length: 300 }, (_, seq) => ({
    seq,
    prev: "",
    time: "2026-11-28T10:00:00.000Z",
    event: { type: "write", step: seq, undo: false, request: "sha256:00" },
  } as const));
  const html = await reportPage(reportOf({
    inventory: inventory(4000),
    plans: [1, 2, 3].map((n) => ({ source: `r${n}.ts`, error: "", shown })),
    runs: Array.from({ length: 600 }, (_, i) => run(`run-${i}`, { records })),
    earlier: 7,
  }));
  const size = new TextEncoder().encode(html).length;
  assert(size < 1_000_000, `${size} bytes`);
  const text = readable(html);
  assert(/And [\d,]+ more resources, for which/.test(text));
  assert(/… [\d,]+ more runs on record/.test(text));
  assertStringIncludes(text, "run-599");
  assert(/… 260 records between/.test(text));
  await standsAlone(html);
});

Deno.test("the counts are those of what is on the page", () => {
  const shown = pageOf({ plan: smallPlan() }).shown;
  const counts = reportCounts(reportOf({
    plans: [
      { source: "a", error: "", shown },
      { source: "b", error: "", shown: { ...shown, refusals: ["no"] } },
      { source: "c", error: "", shown: { ...shown, stale: ["moved"] } },
      { source: "d", error: "cannot be read" },
    ],
    runs: [run("a"), run("b", { open: true })],
    earlier: 3,
  }));
  assertEquals(counts, {
    devices: 1,
    functions: 4,
    plans: 4,
    errors: 1,
    refused: 1,
    stale: 1,
    resources: { "as-declared": 3, pending: 0, drifted: 6 },
    runs: 5,
    unfinished: 1,
  });
});
