/** The picture of the bits that change. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { bitsTable } from "../../../lib/view/page/bits.ts";
import { readable } from "./pages.ts";

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

Deno.test("where numbers begin with their lowest byte the picture says so, and counts the bits of each byte", () => {
  const before = new Uint8Array([25, 0, 0, 2, 0x34, 0x12, 0, 0]);
  const change = { before: 0, after: 1, limit: "" };
  const table = bitsTable({
    title: "power_limit",
    before,
    changes: [
      { ...change, field: "watts", bit: 0, width: 16, before: 25, after: 300 },
      { ...change, field: "boost", bit: 23, width: 1 },
      { ...change, field: "low", bit: 48, width: 8 },
    ],
    fields: [
      { field: "policy", bit: 24, width: 8, order: "little" },
      { field: "count", bit: 32, width: 16, order: "little" },
    ],
  });
  const text = readable(table);
  assertStringIncludes(text, "numbers begin with their lowest byte");
  assertStringIncludes(
    text,
    "watts 25 → 300 , bytes 0 to 1 of the row, changes",
  );
  assertStringIncludes(text, "boost 0 → 1 , byte 2 of the row, bit 0, changes");
  assertStringIncludes(text, "policy 2 , byte 3 of the row, bits 7 to 0");
  assertStringIncludes(text, "count 4660");
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
