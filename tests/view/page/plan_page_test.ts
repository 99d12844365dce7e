/** The page of a plan: alone, small, whole without its script, and no text becomes markup. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { planPage } from "../../../lib/view/page/plan_page.ts";
import { changed, plan, step, unchanged } from "../make.ts";
import { pageOf, readable, skeleton, smallPlan, standsAlone } from "./pages.ts";
import { EVIL, hostile } from "./pages_hostile.ts";

Deno.test("the page of a plan asks nobody for anything and runs its own script alone", async () => {
  await standsAlone(await planPage(pageOf({ plan: smallPlan() })));
});

Deno.test("no text of a recipe, a device or a policy becomes markup", async () => {
  const plain = skeleton(await planPage(hostile("harmless")));
  const check = async (text: string): Promise<void> => {
    // As wide as the harmless one: what is narrow is drawn in another way.
    const page = await planPage(hostile(`harmless${text}`));
    assertEquals(skeleton(page), plain);
    // deno-lint-ignore no-control-regex -- what must not be in a page
    assert(!/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/.test(page));
  };
  await check(EVIL);
  const markup = fc.array(
    fc.constantFrom(
      "<",
      ">",
      '"',
      "'",
      "&",
      "</script>",
      "<!--",
      "-->",
      "]]>",
      "&#60;",
      "\u0000",
      "\u202e",
      "\ud800",
      "x",
    ),
    { minLength: 1, maxLength: 30 },
  ).map((parts) => parts.join(""));
  await fc.assert(fc.asyncProperty(markup, check), { numRuns: 60 });
});

Deno.test("4,000 functions stay below 1 MB, each is on the page or counted", async () => {
  const count = 4000;
  const resources = Array.from({ length: count }, (_, i) => changed(i));
  const wide = new Uint8Array(4096).map((_, i) => i * 7);
  const steps = resources.map((_, i) => ({ ...step(i), before: wide }));
  const html = await planPage(pageOf({ plan: plan(resources, steps) }, count));
  const size = new TextEncoder().encode(html).length;
  assert(size < 1_000_000, `${size} bytes`);
  const shown = html.match(/<(article|tr) [^>]*id="r\d+"/g)?.length ?? 0;
  const [, cut = "0"] =
    /And ([\d,]+) more resources, for which this page has no room/
      .exec(html) ?? [];
  assertEquals(shown + Number(cut.replace(",", "")), count);
  assert(shown > 1500, `${shown} are shown`);
  assertStringIncludes(
    readable(html),
    `--json. ${cut} to change: log_max_qp 17 → 12; roce 1 → 0`,
  );
  // The tree has runs of alike functions in one line.
  assertStringIncludes(readable(html), "alike");
  await standsAlone(html);
});

Deno.test("without its script the page has every field, request and byte", async () => {
  const made = plan([changed(0), unchanged(1)], [step(0)]);
  const html = await planPage(pageOf({ plan: made }));
  const text = readable(html);
  for (
    const part of [
      "1 function to change, 1 as declared",
      "Needs scope configuration",
      "log_max_qp 17 → 12 at most 17",
      "SET_HCA_CAP GENERAL, function 1",
      "scope configuration",
      "effect runtime",
      "no taint",
      "live at once",
      "Request, 3 bytes",
      "000000 ff000c",
      "sha256:00",
      "7.2.13",
      "hv17",
      "integrity",
      "2026-11-29 12:00:00 UTC",
      "vfio-pci, in use",
    ]
  ) assertStringIncludes(text, part);
  // Only what needs the script is hidden until it runs.
  assertEquals(
    [...html.matchAll(/<(\w+)[^>]* hidden>/g)].map(([, tag]) => tag),
    ["div", "p"],
  );
  assert(!html.includes("<noscript"));
});

Deno.test("a refused plan says so first, with every rule", async () => {
  const html = await planPage(pageOf({
    plan: smallPlan(),
    refusals: ["fwctl0: no (rule: scope)", "not now (rule: windows)"],
  }));
  const head = readable(html.split("<main>")[0] ?? "");
  assertStringIncludes(head, "Refused by policy: nothing may be sent.");
  assertStringIncludes(
    head,
    "fwctl0: no (rule: scope) not now (rule: windows)",
  );
});

Deno.test("an empty, a finished, a pending and a stale plan say what they are", async () => {
  const verdict = async (
    shown: Parameters<typeof pageOf>[0],
  ): Promise<string> =>
    readable(
      /<p class="verdict[^]*?<\/p>/.exec(await planPage(pageOf(shown)))?.[0] ??
        "",
    );
  assertStringIncludes(
    await verdict({ plan: plan([], []) }),
    "nothing is declared",
  );
  assertStringIncludes(
    await verdict({ plan: plan([], []), report: {} }),
    "it declares nothing",
  );
  assertStringIncludes(
    await verdict({ plan: plan([unchanged(0)], []) }),
    "nothing to do",
  );
  const waiting = {
    ...unchanged(0),
    same: [{
      field: "a",
      before: 1,
      after: 1,
      inForce: 0,
      limit: "",
      bit: 0,
      width: 1,
    }],
  };
  assertStringIncludes(
    await verdict({ plan: plan([waiting], []) }),
    "1 function waits for a reset",
  );
  assertStringIncludes(
    await verdict({ plan: smallPlan(), stale: ["moved"] }),
    "Stale: the machine moved",
  );
});

Deno.test("a plan file's page knows no machine and says that none was asked", async () => {
  const html = await planPage({
    ...pageOf({
      plan: smallPlan(),
      file: { path: "vf.json", digest: "sha256:1" },
    }),
    machine: null,
    inventory: null,
  });
  const text = readable(html);
  assertStringIncludes(text, "no device was asked");
  assertStringIncludes(text, "VF 1 0000:3b:00.3");
  assert(!text.includes("hv17"));
  await standsAlone(html);
});

Deno.test("whatever a plan file holds, its page stays below 1 MB", async () => {
  const long = "<".repeat(2500);
  const many = Array.from({ length: 800 }, (_, i) => `${i}${long}`);
  const made = plan(
    many.map((text, i) => ({
      ...changed(i),
      device: `d${i}`,
      title: text,
      notes: [text],
    })),
    [],
  );
  const [device] = made.devices;
  assert(device);
  const html = await planPage({
    ...pageOf({
      plan: {
        ...made,
        recipe: {
          ...made.recipe,
          url: long,
          params: Object.fromEntries(many.map((text) => [text, text])),
        },
        definitions: many.map((source) => ({ driver: "x", source, data: {} })),
        devices: many.map((address, i) => ({
          ...device,
          name: `d${i}`,
          driver: address,
          address,
        })),
      },
      refusals: many,
      stale: many,
      report: many,
    }),
    machine: null,
    inventory: null,
  });
  const size = new TextEncoder().encode(html).length;
  assert(size < 1_000_000, `${size} bytes`);
  for (const what of ["more resources", "more devices", "more sentences"]) {
    assertStringIncludes(html, what);
  }
  await standsAlone(html);
});
