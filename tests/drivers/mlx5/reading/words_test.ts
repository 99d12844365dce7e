/** Registers and commands in words: what is there, what is written, what is refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { isFwctlError, UsageError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { driver } from "../../../../drivers/mlx5/mod.ts";
import { fieldRows } from "../../../../drivers/mlx5/reading/fields.ts";
import { writeFields } from "../../../../drivers/mlx5/reading/register_fields.ts";
import { registerWrite } from "../../../../drivers/mlx5/reading/register_words.ts";
import { layout, layoutNames } from "../../../../drivers/mlx5/tables/ifc.ts";
import { objectQuery } from "../../../../drivers/mlx5/tables/objects.ts";
import { registerLayouts } from "../../../../drivers/mlx5/tables/register_layouts.ts";
import { vhcaEventLayouts } from "../../../../drivers/mlx5/tables/vhca_event.ts";
import { bench } from "../nvconfig/bench.ts";
import { MANY, noiseOf, random, RUNS } from "../../../hostile.ts";

/** Structures called a register that have no register of their own, and why. */
const NO_REGISTER: Readonly<Record<string, string>> = {
  // The kernel's headers give these no id (MLX5_REG_*).
  function_vhca_rid_info_reg: "an entry of a command's answer",
  mcam_access_reg: "a mask within MCAM",
  bufferx_reg: "an element of PBMC",
  ets_tcn_config_reg: "an element of QETCR",
  ets_global_config_reg: "a member of QETCR",
  qpdpm_dscp_reg: "an element of QPDPM",
  ...Object.fromEntries(
    "ptas pspa pqdr ppsc pmpr pmpc pmlpn plpc plbf pipg pifr peir pamp"
      .split(" ").map((name) => [`${name}_reg`, "the kernel has no id of it"]),
  ),
};

function written(set: PlainObject, args: PlainObject = { name: "PTYS" }) {
  const { kind, body } = registerWrite({
    device: "fwctl0",
    args: { local_port: 1, ...args },
    set: set as Record<string, string | number>,
  });
  assertEquals(kind, "mlx5.register");
  return body.fields as PlainObject;
}

Deno.test("every structure called a register is one, or is known to be none", () => {
  const used = new Set(
    [...registerLayouts().values()].map((register) => register.layout),
  );
  const without = layoutNames()
    .filter((name) => /_reg$/.test(name) && !used.has(name));
  assertEquals(without.sort(), Object.keys(NO_REGISTER).sort());
});

Deno.test("names of values and of bits are numbers; a field is found by its path", () => {
  assertEquals(written({ proto_mask: "ethernet" }).proto_mask, 4);
  assertEquals(
    written({ eth_proto_admin: "25GBASE_CR|100GBASE_CR4|0x1" })
      .eth_proto_admin,
    2 ** 27 + 2 ** 20 + 1,
  );
  assertEquals(
    written({ admin_status: "Up" }, { name: "PAOS" }).admin_status,
    1,
  );
  assertThrows(
    () => written({ trust_state: "PCP|DSCP" }, { name: "QPTS" }),
    UsageError,
    "is no value of it",
  );
  const struct = layout("qpdpm_reg");
  const blank = new Uint8Array(struct.bits / 8);
  const bytes = writeFields(struct, { "dscp[3].prio": 5 }, blank);
  const row = fieldRows(struct, bytes).filter(({ value }) => value !== 0);
  assertEquals(row.map(({ field, value }) => [field, value]), [
    ["dscp[3].prio", 5],
  ]);
  assertEquals(new Set(blank).size, 1, "the base is not written to");
});

Deno.test("a field that is not one number is refused, and says which to name", () => {
  const struct = layout("qpdpm_reg");
  const base = new Uint8Array(struct.bits / 8);
  for (
    const [field, value, words] of [
      ["dscp", 1, "dscp has several elements"],
      ["dscp.prio", 1, "dscp has several elements"],
      ["dscp[64].prio", 1, "no element 64"],
      ["dscp[0]", 1, "has fields of its own"],
      ["dscp[0].prio", 16, "prio"],
      ["dscp[0].reserved_at_1", 1, "reserved"],
      ["dscp[0].pri", 1, "pri"],
    ] as const
  ) {
    assertThrows(
      () => writeFields(struct, { [field]: value }, base),
      UsageError,
      words,
    );
  }
});

Deno.test("the state of a virtual function is read by its id", async () => {
  const card = await bench();
  const answer = card.query("object", {
    name: "vhca_state",
    function_id: 1,
  }) as unknown as { fields: PlainObject[] };
  const state = answer.fields.find(({ field }) =>
    field === "vhca_state_context.vhca_state"
  );
  assertEquals([state?.bit, state?.width], [140, 4]);
  assert(typeof state?.name === "string");
  card.close();
  const request = objectQuery("QUERY_VHCA_STATE").request;
  assertEquals(request?.bits, 128);
});

Deno.test("a query with a target has it among its arguments, and bytes of what it reads", async () => {
  const card = await bench();
  const read: Readonly<Record<string, PlainObject>> = {
    reg: { name: "PTYS" },
    object: { name: "cq", cqn: 1135, raw: true },
    dump: { segment: "FULL_QPC", index1: 0x43, raw: true },
    caps: { types: ["QOS"], raw: true },
  };
  for (const [name, args] of Object.entries(read)) {
    const query = driver.queries[name];
    assert(query?.bytes, name);
    if (query.target !== undefined) {
      assert(Object.hasOwn(query.arguments, query.target), name);
      assertEquals(query.bytes(card.query(name)), [], "a list has none");
    }
    const parts = query.bytes(card.query(name, args));
    assert(parts.length > 0 && parts.every(({ bytes }) => bytes.length > 0));
  }
  card.close();
});

Deno.test(`${MANY} noises decode as a state, or are a DecodeError`, () => {
  const next = random(0x5eed);
  const struct = vhcaEventLayouts().query_vhca_state_out;
  assert(struct);
  let decoded = 0;
  for (let run = 0; run < RUNS; run++) {
    try {
      fieldRows(struct, noiseOf(next, next() % 48));
      decoded++;
    } catch (error) {
      assert(
        isFwctlError(error) && error.code === "DecodeError",
        String(error),
      );
    }
  }
  assert(decoded > 0 && decoded < RUNS);
});

Deno.test("5,000 made-up writes are a declaration or a UsageError", () => {
  const next = random(0xf1e1d);
  const words = [
    ..."PTYS PAOS QPDPM MGIR 0x5004 0xffff __proto__ dscp[3].prio dscp".split(
      " ",
    ),
    ..."admin_status local_port constructor size data UP DSCP 1|2 || -1".split(
      " ",
    ),
  ];
  const word = () => words[next() % words.length] ?? "";
  let made = 0;
  for (let run = 0; run < 5000; run++) {
    try {
      registerWrite({
        device: "fwctl0",
        args: { name: word(), [word()]: next() % 300 },
        set: { [word()]: next() % 2 ? word() : next() },
      });
      made++;
    } catch (error) {
      assert(
        isFwctlError(error) && error.code === "UsageError",
        `run ${run}: ${error}`,
      );
    }
  }
  assert(made > 0 && made < 5000, String(made));
});
