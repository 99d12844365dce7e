/** The drawing of a layout. */
import { assert, assertEquals } from "@std/assert";
import { bitPicture } from "../../lib/bits/picture.ts";
import type { Field, Layout } from "../../lib/bits/layout.ts";
import { layout, layoutNames } from "../../drivers/mlx5/tables/ifc.ts";

function field(name: string, offset: number, width: number): Field {
  return { name, type: "u8", offset, width, elementWidth: width };
}

const SAMPLE: Layout = {
  name: "sample",
  kind: "struct",
  bits: 6 * 32,
  fields: [
    field("a", 0, 1),
    field("reserved_at_1", 1, 15),
    field("half", 16, 16),
    field("a_name_longer_than_two_bits", 32, 2),
    field("wide", 64, 64),
  ],
};

Deno.test("each word is a row, a name stands in its own bits", () => {
  const lines = bitPicture(SAMPLE);
  assertEquals(
    lines.filter((line) => line.startsWith("0x")).map((line) =>
      line.replace(/ +/g, " ")
    ),
    [
      "0x000 |a | | half |",
      "0x004 | 1 | |",
      "0x008 | wide |",
      '0x00c | " |',
      "0x010 | reserved to 0x17 |",
    ],
  );
  assertEquals(lines.at(-1), "1: a_name_longer_than_two_bits");
});

Deno.test("rows of every mlx5 structure are of one width, and the notes are numbered in order", () => {
  for (const name of layoutNames().slice(0, 400)) {
    const lines = bitPicture(layout(name));
    const widths = new Set(
      lines.filter((line) => /^(0x|\s+\+)/.test(line)).map((line) =>
        line.replace(/^0x[0-9a-f]+ /, "      ").length
      ),
    );
    assert(widths.size <= 1, `${name}: ${[...widths]}`);
    const notes = lines.filter((line) => /^\d+: /.test(line));
    notes.forEach((line, i) => assert(line.startsWith(`${i + 1}: `), name));
  }
});

Deno.test("with bytes each name has its value, as far as the bytes go", () => {
  const struct: Layout = {
    name: "two",
    kind: "struct",
    bits: 64,
    fields: [field("low", 0, 16), field("flag", 31, 1), field("far", 32, 32)],
  };
  const bytes = new Uint8Array([0x12, 0x34, 0, 1]);
  const text = bitPicture(struct, { bytes }).join("\n");
  assert(/\| +low=4660 +\|/.test(text), text);
  assert(/^1: flag=1$/m.test(text), text);
  assert(/\| +far +\|/.test(text), text);
});
