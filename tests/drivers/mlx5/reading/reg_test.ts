/** Query `reg` and action `mlx5.register`: registers by name. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { isReserved } from "../../../../lib/bits/layout.ts";
import { fromHex } from "../../../../lib/bytes.ts";
import { UsageError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { fieldRows } from "../../../../drivers/mlx5/reading/fields.ts";
import {
  accessRegister,
  findRegister,
  indexData,
} from "../../../../drivers/mlx5/reading/registers.ts";
import { hasLayout, layout } from "../../../../drivers/mlx5/tables/ifc.ts";
import { registerLayouts } from "../../../../drivers/mlx5/tables/register_layouts.ts";
import { registers } from "../../../../drivers/mlx5/tables/registers.ts";
import { act, bench } from "../nvconfig/bench.ts";

interface Answer {
  readonly register: string;
  readonly id: string;
  readonly fields: readonly PlainObject[];
  readonly raw: string;
  readonly picture?: readonly PlainObject[];
}

function value(rows: readonly PlainObject[], field: string): unknown {
  return rows.find((row) => row.field === field)?.value;
}

Deno.test("every layout belongs to a register with a name, and its index fields exist", () => {
  assert(registerLayouts().size >= 60, String(registerLayouts().size));
  for (const [id, { layout: struct, indexes }] of registerLayouts()) {
    assert(registers().has(id), id.toString(16));
    assert(hasLayout(struct), struct);
    const ref = findRegister(`0x${id.toString(16)}`);
    const data = indexData(ref, indexes);
    const rows = fieldRows(layout(struct), data);
    for (const [name, given] of Object.entries(indexes)) {
      assertEquals(value(rows, name), given, `${struct}.${name}`);
    }
  }
});

Deno.test("names and ids of registers are one to one, with an effect and a reason", () => {
  const names = [...registers().values()].map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const [id, { name, reason }] of registers()) {
    assertEquals(findRegister(name.toLowerCase()).id, id);
    assert(reason !== "", name);
  }
});

Deno.test("ids are those of the kernel's driver.h", () => {
  for (
    const [name, id] of [
      ["QETCR", 0x4005],
      ["PCAP", 0x5001],
      ["PMLP", 0x5002],
      ["PTYS", 0x5004],
      ["NODE_DESC", 0x6001],
      ["MTMP", 0x900a],
      ["MCIA", 0x9014],
      ["MIRC", 0x9162],
      ["SBCAM", 0xb01f],
      ["RES_DUMP", 0xc000],
      ["DTOR", 0xc00e],
    ] as const
  ) assertEquals(findRegister(name).id, id, name);
});

Deno.test("every register with a name is read on the model, without reserved fields", async () => {
  const card = await bench();
  for (const [id, { name }] of registers()) {
    // Their own queries and actions: nvconfig and reset.
    if (/^(MNV|MFB|MFP|MRSI|MROQ|MGNLE|MVTS|RES_DUMP)/.test(name)) continue;
    const answer = card.query("reg", { name }) as unknown as Answer;
    assertEquals(answer.register, name);
    if (!registerLayouts().has(id)) continue;
    assert(answer.fields.length > 0 || name === "MTPTM", name);
    for (const { field } of answer.fields) {
      const last = String(field).split(".").at(-1) ?? "";
      assert(!isReserved(last), `${name}.${field}`);
    }
  }
  card.close();
});

Deno.test("PTYS says link modes and connector by name", async () => {
  const card = await bench();
  const { fields } = card.query("reg", {
    name: "PTYS",
    local_port: 1,
  }) as unknown as Answer;
  const row = (field: string) => fields.find((each) => each.field === field);
  assertEquals(row("eth_proto_oper")?.name, "100GBASE_CR4");
  assertEquals(
    row("ext_eth_proto_oper")?.name,
    "CAUI_4_100GBASE_CR4_KR4",
  );
  assertEquals(row("connector_type")?.name, "DA");
  assertEquals(row("proto_mask")?.name, "ETHERNET");
  card.close();
});

Deno.test("the DTOR dump mlx5ctl publishes decodes to the values it publishes", () => {
  const dump = fromHex(
    "00000000200000020000000000000000" + "00000000200000022000003c2000003c" +
      "20000002200000022000000a20000005" + "20000005200000780000000000000000",
  );
  const rows = fieldRows(layout("dtor_reg"), dump);
  const expected = {
    pcie_toggle_to: 2,
    full_crdump_to: 60,
    fw_reset_to: 60,
    flush_on_err_to: 2,
    pci_sync_update_to: 2,
    tear_down_to: 10,
    fsm_reactivate_to: 5,
    reclaim_pages_to: 5,
    reclaim_vfs_pages_to: 120,
  };
  for (const [name, seconds] of Object.entries(expected)) {
    assertEquals(value(rows, `${name}.to_value`), seconds, name);
    assertEquals(value(rows, `${name}.to_multiplier`), 1, name);
  }
});

Deno.test("a counter in two words is one of 64 bits", async () => {
  const card = await bench();
  const { fields } = card.query("reg", {
    name: "PPCNT",
    grp: 0,
  }) as unknown as Answer;
  const row = fields.find(({ field }) =>
    field === "counter_set.a_octets_received_ok"
  );
  assertEquals(row?.width, 64);
  assert(Number(row?.value) > 0);
  assert(!fields.some(({ field }) => String(field).endsWith("_high")));
  card.close();
});

Deno.test("counters of the model move, and MCAM says which registers there are", async () => {
  const card = await bench();
  const octets = () =>
    Number(value(
      (card.query("reg", { name: "PPCNT", grp: 1 }) as unknown as Answer)
        .fields,
      "counter_set.if_in_octets",
    ));
  assert(octets() < octets());
  const { fields } = card.query("reg", { name: "MCAM" }) as unknown as Answer;
  assertEquals(
    value(fields, "mng_access_reg_cap_mask.mfrl"),
    1,
  );
  card.close();
});

Deno.test("a read has the bytes access_register_in has", () => {
  assertEquals(
    accessRegister(0x5004, indexData(findRegister("PTYS"), {}), false)
      .subarray(0, 20).toHex(),
    "08050000" + "00000001" + "00005004" + "00000000" + "00010004",
  );
});

Deno.test("a register without public fields is read raw, and with its data as given", async () => {
  const card = await bench();
  const raw = card.query("reg", {
    name: "0x9020",
    size: 160,
  }) as unknown as Answer;
  assertEquals(raw.register, "MGIR");
  // The device id of a ConnectX-6 Dx.
  assertEquals(raw.raw.slice(4, 8), "101d");
  card.close();
});

Deno.test("the picture is drawn when asked for, and only then", async () => {
  const card = await bench();
  const read = (args: PlainObject) =>
    card.query("reg", { name: "PAOS", ...args }) as unknown as Answer;
  assertEquals(read({}).picture, undefined);
  assert(
    read({ picture: true }).picture?.some(({ bits }) =>
      String(bits).includes("admin_status") || String(bits).includes("oper")
    ),
  );
  card.close();
});

Deno.test("what is wrong in the arguments is named", async () => {
  const card = await bench();
  for (
    const [args, words] of [
      [{ name: "PTYZ" }, "PTYZ"],
      [{ name: "PTYS", module: 1 }, "module"],
      [{ name: "PTYS", local_port: 256 }, "local_port"],
      [{ name: "PTYS", local_port: -1 }, "local_port"],
      [{ name: "PTYS", nme: 1 }, 'not read by a field "nme"'],
      [{ local_port: 1 }, "not said of what"],
      [{ nme: 1 }, 'no argument "nme"'],
      [
        { name: "PTYS", data: "00010004", local_port: 1 },
        "in the data already",
      ],
      [{ name: "PTYS", size: 8 }, "size"],
      [{ name: "0x9020", size: 6 }, "size"],
      [{ name: "0x9020", local_port: 1 }, "not public"],
      [{ name: "PPCNT", data: "0001000080000000" }, "clr is set"],
      [{ name: "PTYS", data: "0" }, "data"],
      [{ name: "PTYS", picture: 1 }, "picture"],
    ] as const
  ) {
    assertThrows(() => card.query("reg", args), UsageError, words);
  }
  card.close();
});

Deno.test("a field is written over what is read, under the effect of its register", async () => {
  const card = await bench();
  const plan = card.plan(
    act("mlx5.register", {
      register: "QPTS",
      fields: { local_port: 1, trust_state: 2 },
    }),
  );
  const text = JSON.stringify(plan);
  assert(text.includes("1 → 2"), text);
  assert(text.includes('"runtime"'), text);
  assertEquals((await card.apply(plan)).outcome, "applied");
  const { fields } = card.query("reg", { name: "QPTS" }) as unknown as Answer;
  assertEquals(value(fields, "trust_state"), 2);
  card.close();
});

Deno.test("a write that is wrong is refused before anything is read", async () => {
  const card = await bench();
  card.sent.length = 0;
  for (
    const [body, words] of [
      [{ register: "QPTS" }, "either fields or data"],
      [{ register: "QPTZ", fields: { a: 1 } }, "QPTZ"],
      [{ register: "QPTS", fields: { trust_stat: 1 } }, "trust_stat"],
      [{ register: "QPTS", fields: { trust_state: 8 } }, "trust_state"],
      [{ register: "QPTS", fields: { trust_state: "2" } }, "trust_state"],
      [{ register: "QPTS", fields: {} }, "fields"],
      [{ register: "MGIR", fields: { a: 1 } }, "not public"],
      [{ register: "QPTS", data: "xx" }, "hex"],
      [{ register: 1, data: "00" }, "register"],
      [{ register: "QPTS", data: "00000000", also: 1 }, "also"],
    ] as const
  ) {
    assertThrows(
      () => card.plan(act("mlx5.register", body as PlainObject)),
      Error,
      words,
    );
  }
  assertEquals(card.sent, []);
  card.close();
});
