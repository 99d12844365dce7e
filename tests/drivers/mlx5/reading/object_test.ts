/** Query `object`: the kernel's query commands by name. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromHex } from "../../../../lib/bytes.ts";
import { isFwctlError, UsageError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { fieldRows } from "../../../../drivers/mlx5/reading/fields.ts";
import { allowList } from "../../../../drivers/mlx5/tables/allow_list.ts";
import { layout } from "../../../../drivers/mlx5/tables/ifc.ts";
import {
  objectQueries,
  objectQuery,
} from "../../../../drivers/mlx5/tables/objects.ts";
import { bench } from "../nvconfig/bench.ts";

interface Answer {
  readonly command: string;
  readonly fields: readonly PlainObject[];
  readonly raw?: string;
}

function value(rows: readonly PlainObject[], field: string): unknown {
  return rows.find((row) => row.field === field)?.value;
}

Deno.test("every query command of the kernel's list is there under its own opcode", () => {
  const commands = [...objectQueries().values()];
  for (const [opcode, { name }] of allowList()) {
    if (!name.includes("QUERY_")) continue;
    assertEquals(
      commands.find((query) => query.command === name)?.opcode,
      opcode,
      name,
    );
  }
  // XRQ is not XRC_SRQ.
  assertEquals(objectQuery("xrq").opcode, 0x719);
  assertEquals(objectQuery("QUERY_XRC_SRQ").opcode, 0x707);
});

Deno.test("more than forty of them are decoded, and none offers to clear", () => {
  const queries = [...objectQueries().values()];
  assert(queries.filter(({ answer }) => answer).length > 40);
  assert(!queries.some((query) => query.arguments.has("clear")));
});

Deno.test("every command is sent; it answers fields or is a typed refusal", async () => {
  const card = await bench();
  let answered = 0;
  for (const query of objectQueries().values()) {
    const args = Object.fromEntries(query.needed.map((name) => [name, 1]));
    try {
      const answer = card.query("object", { name: query.name, ...args });
      assertEquals((answer as unknown as Answer).command, query.command);
      answered++;
    } catch (error) {
      assert(isFwctlError(error), `${query.name}: ${error}`);
    }
  }
  assert(answered >= 25, String(answered));
  card.close();
});

Deno.test("live objects are found by number, others are a refusal with a name", async () => {
  const card = await bench();
  const live: readonly [string, PlainObject, string, number][] = [
    ["cq", { cqn: 1135 }, "cq_context.log_cq_size", 10],
    ["qp", { qpn: 0x43 }, "qpc.state", 3],
    ["eq", { eq_number: 22 }, "eq_context_entry.log_eq_size", 11],
    ["mkey", { mkey_index: 0x1000 }, "memory_key_mkey_entry.len", 0x200000],
    ["tir", { tirn: 0x40 }, "tir_context.indirect_table", 0x20],
    ["xrq", { xrqn: 0x52 }, "xrq_context.cqn", 0x400],
  ];
  for (const [name, args, field, expected] of live) {
    const { fields } = card.query("object", {
      name,
      ...args,
    }) as unknown as Answer;
    assertEquals(value(fields, field), expected, name);
  }
  assertThrows(
    () => card.query("object", { name: "cq", cqn: 77 }),
    Error,
    "BAD_RES",
  );
  card.close();
});

Deno.test("the CQ dump mlx5ctl publishes decodes to the values it publishes", () => {
  const bytes = new Uint8Array(272);
  bytes.set(fromHex(
    "00000000000000000000000000000000" + "0000090000000000000000000a000080" +
      "00080080000000160000000000000000" + "00ffffff00ffffff0000000000000000" +
      "0000000000000000000000011bb1e680",
  ));
  const struct = layout("query_cq_out");
  const whole = new Uint8Array(struct.bits / 8);
  whole.set(bytes.subarray(0, whole.length));
  const rows = fieldRows(struct, whole);
  for (
    const [field, expected] of [
      ["st", 9],
      ["log_cq_size", 10],
      ["uar_page", 128],
      ["cq_period", 8],
      ["cq_max_count", 128],
      ["c_eqn_or_apu_element", 22],
      ["last_notified_index", 0xffffff],
      ["last_solicit_index", 0xffffff],
    ] as const
  ) assertEquals(value(rows, `cq_context.${field}`), expected, field);
  // dbr_addr has 64 bits; the page published shows the last 32 of them.
  assertEquals(
    Number(value(rows, "cq_context.dbr_addr")) % 2 ** 32,
    464643712,
  );
});

Deno.test("what is wrong in the arguments is named", async () => {
  const card = await bench();
  for (
    const [args, words] of [
      [{ name: "qq" }, "qq"],
      [{ name: "qp" }, "needs qpn"],
      [{ name: "qp", cqn: 1 }, "cqn"],
      [{ name: "qp", qpn: 2 ** 24 }, "qpn"],
      [{ name: "flow_group", table_id: 1 }, "needs group_id"],
      [{ name: "qp", qpn: 1, size: 8 }, "size"],
      [{ name: "q_counter", counter_set_id: 1, clear: 1 }, "clear"],
    ] as const
  ) {
    assertThrows(() => card.query("object", args), UsageError, words);
  }
  card.close();
});
