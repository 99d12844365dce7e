import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { layoutBytes } from "../../../../lib/bits/layout.ts";
import { decode } from "../../../../lib/bits/decode.ts";
import { encode } from "../../../../lib/bits/encode.ts";
import { locate } from "../../../../lib/bits/layout.ts";
import { UsageError } from "../../../../lib/errors.ts";
import { fromHex, toHex } from "../../../../lib/bytes.ts";
import {
  hasLayout,
  kernelName,
  layout,
  layoutNames,
} from "../../../../drivers/mlx5/tables/ifc.ts";
import {
  printAll,
  printedNames,
} from "../../../../drivers/mlx5/tables/print.ts";

const FIXTURE = new URL(
  "../../../fixtures/mlx5/mlx5-layouts.txt.gz",
  import.meta.url,
);

Deno.test("the table is the compiler's view of mlx5_ifc.h, line by line", () => {
  const expected = gunzipSync(readFileSync(FIXTURE)).toString();
  const printed = printAll();
  const ours = printed.split("\n");
  const wrong = expected.split("\n").findIndex((line, i) => line !== ours[i]);
  assertEquals(wrong, -1, `line ${wrong + 1}: ${ours[wrong]}`);
  assertEquals(printed, expected);
  assertEquals(printedNames().length, 728);
  assertEquals(printed.match(/^f /gm)?.length, 7216);
});

Deno.test("every layout in the table can be parsed, and its fields lie within it", () => {
  for (const name of layoutNames()) {
    const one = layout(name);
    for (const field of one.fields) {
      assert(field.offset + field.width <= one.bits, `${name}.${field.name}`);
      const nested = field.type === "u8" ? undefined : layout(field.type).bits;
      assertEquals(field.elementWidth, nested ?? field.elementWidth);
    }
  }
});

Deno.test("no two fields of a structure have one name", () => {
  for (const name of layoutNames()) {
    const names = layout(name).fields.map((field) => field.name);
    assertEquals(new Set(names).size, names.length, name);
  }
});

Deno.test("layout() gives one object a name, and names the nearest for a wrong one", () => {
  assert(layout("cmd_hca_cap") === layout("cmd_hca_cap"));
  assertEquals(layoutBytes(layout("cmd_hca_cap")), 256);
  const error = assertThrows(() => layout("cmd_hca_capp"), UsageError);
  assert(error.hint?.includes("cmd_hca_cap"), error.hint);
  assertEquals(hasLayout("constructor"), false);
  assertEquals(hasLayout("fpga_cap"), true);
});

Deno.test("kernelName() is what the kernel writes", () => {
  assertEquals(kernelName("cmd_hca_cap"), "mlx5_ifc_cmd_hca_cap_bits");
  assertEquals(kernelName("exe_aso_ctrl"), "mlx5_ifc_exe_aso_ctrl");
  assertEquals(kernelName("general_obj_in_cmd_hdr.op_param"), "");
});

Deno.test("fields lie where the command interface is known to have them", () => {
  const known: [string, string, number, number][] = [
    ["query_hca_cap_in", "other_function", 64, 1],
    ["query_hca_cap_in", "function_id", 80, 16],
    ["cmd_hca_cap", "vhca_id", 48, 16],
    ["cmd_hca_cap", "port_type", 438, 2],
    ["cmd_hca_cap", "dynamic_msix_table_size", 1844, 12],
    ["cmd_hca_cap_2", "query_adjacent_functions_id", 184 * 8, 1],
    ["query_vuid_out", "num_of_entries", 62 * 8 - 8 * 0, 16],
    ["general_obj_in_cmd_hdr", "op_param.query.obj_offset", 97, 31],
    ["query_esw_functions_out", "net_function_params[1]", 128 + 512, 512],
    ["rqtc", "rq_num[2].rq_num", 1920 + 2 * 32 + 8, 24],
  ];
  for (const [name, path, bit, width] of known) {
    const place = locate(layout(name), path);
    assertEquals([place.offset, place.width], [bit, width], `${name}.${path}`);
  }
});

Deno.test("encode() makes the published bytes of QUERY_HCA_CAP", () => {
  const query = layout("query_hca_cap_in");
  assertEquals(
    toHex(encode(query, {
      opcode: 0x100,
      op_mod: 0,
      other_function: true,
      function_id: 1,
    })),
    toHex(fromHex("01000000 00000000 80000001 00000000")),
  );
});

Deno.test("a query_esw_functions_out of the second form decodes entry by entry", () => {
  const out = new Uint8Array(16 + 2 * 64 + 128);
  out[12] = 2;
  out[16 + 64 + 8] = 0x12;
  const values = decode(layout("query_esw_functions_out"), out, {
    choose: { net_function_params: "network_function_params" },
  });
  const entries = values.net_function_params;
  assert(Array.isArray(entries));
  assertEquals(entries.length, 4);
  assertEquals(entries[1].network_function_params.vhca_id, 0x1200);
});
