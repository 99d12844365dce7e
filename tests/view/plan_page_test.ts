/** The page of a plan: alone, small, whole without its script, and no text becomes markup. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { PlannedResource } from "../../lib/plan/types.ts";
import { bitsTable } from "../../lib/view/page_bits.ts";
import { planPage } from "../../lib/view/plan_page.ts";
import { changed, inventory, plan, step, unchanged } from "./make.ts";
import {
  MACHINE,
  pageOf,
  readable,
  skeleton,
  smallPlan,
  standsAlone,
} from "./pages.ts";

const EVIL = '</script><script>alert(1)</script><img src="x" onerror=a>&\u202e';

Deno.test("the page of a plan asks nobody for anything and runs its own script alone", async () => {
  await standsAlone(await planPage(pageOf({ plan: smallPlan() })));
});

/** A plan in which everything that comes from outside is `text`. */
function hostile(text: string): Parameters<typeof planPage>[0] {
  const fields = changed(0).changes.map((field) => ({
    ...field,
    field: text,
    before: text,
    after: text,
    inForce: text,
    default: text,
    limit: text,
  }));
  const resource: PlannedResource = {
    ...changed(0),
    title: text,
    address: text,
    unit: text,
    identity: { [text]: text },
    notes: [text],
    changes: fields,
    same: fields,
  };
  const action: PlannedResource = {
    ...resource,
    vf: null,
    changes: [],
    same: [],
    arguments: [{ name: text, value: text }],
  };
  const made = plan([resource, action], [
    {
      ...step(0, {
        name: text,
        detail: text,
        scopeReason: text,
        effectReason: text,
      }),
      undo: text,
      live: "next-reset",
      reset: text,
    },
    {
      type: "action",
      resource: 1,
      device: "fwctl0",
      label: { ...step(0).label, name: text },
      request: new TextEncoder().encode(text),
      capacity: 1,
    },
  ]);
  const [device] = made.devices;
  assert(device);
  const machine = inventory(1);
  const [entry] = machine.devices;
  assert(entry);
  return {
    shown: {
      plan: {
        ...made,
        bootId: text,
        recipe: { name: text, url: text, digest: text, params: { p: text } },
        definitions: [{ driver: text, source: text, data: {} }],
        devices: [{
          ...device,
          driver: text,
          address: text,
          identity: { model: text, firmware: text, facts: {} },
          context: [text],
        }],
      },
      file: { path: text, digest: text },
      refusals: [text],
      stale: [text],
      report: { a: text, rows: [{ b: text }], list: [text, [text]] },
      fields: () => [{ field: text, bit: 8, width: 1 }],
    },
    machine: {
      ...MACHINE,
      host: text,
      what: text,
      kernel: text,
      lockdown: text,
    },
    inventory: {
      ...machine,
      devices: [{
        ...entry,
        name: "fwctl0",
        driver: text,
        kernelDriver: text,
        parent: text,
        pci: text,
        pciId: text,
        net: [text],
        infiniband: [text],
        physfn: text,
        virtfns: [{
          index: 0,
          pci: text,
          kernelDriver: text,
          fwctl: text,
          enabled: null,
        }],
      }],
    },
    origin: { created: text, version: text },
  };
}

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

Deno.test("the picture draws the words that change, 32 bits a row, with before and after", () => {
  const before = new Uint8Array(64);
  before[4] = 0b0000_0101;
  before[5] = 0xc0;
  const change = { before: 5, after: 6, limit: "" };
  const table = bitsTable({
    title: "VF 0",
    before,
    changes: [
      { ...change, field: "narrow_flag", bit: 32, width: 3 },
      { ...change, field: "depth", bit: 35, width: 13 },
      { ...change, field: "far", bit: 480, width: 32 },
    ],
    fields: [
      { field: "kept", bit: 48, width: 16 },
      { field: "depth", bit: 35, width: 13 },
      { field: "elsewhere", bit: 128, width: 32 },
    ],
  });
  const rows = [...table.matchAll(/<tr( class="gap")?>([^]*?)<\/tr>/g)].slice(
    1,
  );
  for (const [, , cells = ""] of rows) {
    const bits = [...cells.matchAll(/<td colspan="(\d+)"/g)]
      .reduce((sum, [, n]) => sum + Number(n), 0);
    assertEquals(bits, 32, cells);
  }
  const text = readable(table);
  assertStringIncludes(text, "0x000 1 row to 0x003, unchanged");
  assertStringIncludes(text, "depth 5 → 6 , bits 28 to 16, changes");
  assertStringIncludes(text, "kept 0 , bits 15 to 0");
  assertStringIncludes(text, "0x008 13 rows to 0x03b, unchanged");
  assertStringIncludes(text, "far 5 → 6");
  assert(!text.includes("elsewhere"));
  // What is too narrow has a number, and its name below.
  assertStringIncludes(table, '<span aria-hidden="true">1</span>');
  assertStringIncludes(table, '<li class="chg">narrow_flag <b>5 → 6</b></li>');
});

Deno.test("a picture of hostile places stays small and draws no bit twice", () => {
  fc.assert(fc.property(
    fc.array(
      fc.record({
        bit: fc.constantFrom(0, 1, 7, 31, 32, 33, 63, 500, 2 ** 40),
        width: fc.constantFrom(0, 1, 2, 31, 32, 33, 64, 300, 2 ** 40),
      }),
      { maxLength: 12 },
    ),
    fc.integer({ min: 0, max: 80 }),
    (places, length) => {
      const fields = places.map((place, i) => ({ field: `f${i}`, ...place }));
      const changes = fields.slice(0, 4).map((field) => ({
        ...field,
        before: 0,
        after: 1,
        limit: "",
      }));
      const table = bitsTable({
        title: "",
        before: new Uint8Array(length),
        changes,
        fields,
      });
      assert(table.length < 60_000, `${table.length}`);
      for (
        const [, cells = ""] of table.matchAll(
          /<tr><th scope="row">[^]*?<\/th>([^]*?)<\/tr>/g,
        )
      ) {
        const bits = [...cells.matchAll(/<td colspan="(\d+)"/g)]
          .reduce((sum, [, n]) => sum + Number(n), 0);
        assertEquals(bits, 32);
      }
    },
  ));
});
