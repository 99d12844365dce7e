/** Requests that people write: the query `command` and the action `bnxt.command`. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { commandAction } from "../../../drivers/bnxt/actions/command.ts";
import { fieldNames, readFields } from "../../../drivers/bnxt/fields.ts";
import { driver } from "../../../drivers/bnxt/mod.ts";
import { commandQuery } from "../../../drivers/bnxt/queries/command.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { layoutOf } from "../../../drivers/bnxt/tables/hwrm.ts";
import { encode } from "../../../lib/bits/mod.ts";
import { toHex } from "../../../lib/bytes.ts";
import { PlanError, RecipeError, UsageError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { ENTRY, INVENTORY, response, scripted } from "./fixture.ts";

const fail = (message: string, hint: string) =>
  new UsageError(message, { hint });

function built(command: string, body: PlainObject): string {
  const fields = readFields(command, body, fail);
  const layout = layoutOf(`hwrm_${command.toLowerCase()}_input`);
  return toHex(encode(layout, fields).subarray(16));
}

Deno.test("a field is a number, a number as text, or names from the header", () => {
  assertEquals(built("FUNC_QCAPS", { fid: 258 }), "0201000000000000");
  assertEquals(built("FUNC_QCAPS", { fid: "0x102" }), "0201000000000000");
  const reset = "0300000000000000";
  assertEquals(built("FW_RESET", { embedded_proc_type: 3 }), reset);
  assertEquals(built("FW_RESET", { embedded_proc_type: "roce" }), reset);
  assertEquals(
    built("FW_RESET", { flags: "RESET_GRACEFUL+FW_ACTIVATION" }),
    built("FW_RESET", { flags: ["RESET_GRACEFUL", "FW_ACTIVATION"] }),
  );
  assertEquals(
    built("FW_RESET", { flags: "RESET_GRACEFUL+2" }),
    "0000000300000000",
  );
});

Deno.test("an array takes its bytes as hex digits, or its numbers as a list", () => {
  const hex = built("PORT_PHY_I2C_WRITE", { data: "0102030405" });
  const list = built("PORT_PHY_I2C_WRITE", {
    data: [0x04030201, 5, ...Array.from({ length: 14 }, () => 0)],
  });
  assertEquals(hex, list);
  assert(hex.includes("0102030405"));
});

Deno.test("a wrong field is refused by name, with what would be right", () => {
  const wrong: [string, PlainData, RegExp, RegExp][] = [
    ["FUNC_QCAPS", { fdi: 1 }, /no field "fdi"/, /fid/],
    ["FUNC_QCAPS", { fid: 65536 }, /fid.*does not fit/, /65535/],
    ["FUNC_QCAPS", { fid: -1 }, /fid: -1 is not/, /whole number/],
    ["FUNC_QCAPS", { fid: 1.5 }, /fid: 1.5 is not/, /whole number/],
    ["FUNC_QCAPS", { fid: null }, /fid: null is not/, /whole number/],
    ["FUNC_QCAPS", { fid: {} }, /fid/, /whole number/],
    ["FUNC_QCAPS", { fid: "" }, /fid/, /whole number/],
    ["FUNC_QCAPS", { fid: "99999999999999999999" }, /fid/, /65535/],
    ["FUNC_QCAPS", { req_type: 1 }, /not yours/, /fid/],
    ["FUNC_QCAPS", { unused_0: "00" }, /not yours/, /fid/],
    ["FUNC_QCAPS", { __proto__x: 1 }, /no field/, /fid/],
    ["NVM_GET_DIR_INFO", { x: 1 }, /no field/, /takes no fields/],
    ["FW_RESET", { embedded_proc_type: "CHPI" }, /CHPI/, /CHIP/],
    ["PORT_PHY_I2C_WRITE", { data: [1, 2] }, /16 numbers/, /64 bytes/],
    ["PORT_PHY_I2C_WRITE", { data: "zz" }, /data/, /hex/],
    ["PORT_PHY_I2C_WRITE", { data: "00".repeat(65) }, /too many/, /64/],
    ["DBG_CFG", { x: 1 }, /not public/, /hex digits/],
    ["FUNC_QCAPS", [1], /not an object/, /names/],
  ];
  for (const [command, body, message, hint] of wrong) {
    const error = assertThrows(
      () => readFields(command, body, fail),
      UsageError,
    );
    assert(error instanceof UsageError);
    assert(message.test(error.message), `${message} ${error.message}`);
    assert(hint.test(error.hint ?? ""), `${hint} ${error.hint}`);
  }
});

Deno.test("the query reads any command and names what it read", () => {
  const { context, sent } = scripted({
    FUNC_QCAPS: { fid: 7, max_vfs: 64, flags: 4 },
  });
  const shown = commandQuery.run(context, {
    name: "hwrm_func_qcaps",
    fields: ["fid=7"],
  });
  assert(isPlainObject(shown) && isPlainObject(shown.fields ?? null));
  assertEquals([shown.command, shown.request], ["FUNC_QCAPS", "fid 7"]);
  assertEquals((shown.fields as PlainObject).flags, ["PTP_SUPPORTED"]);
  assertEquals(sent.map(toHex), [toHex(newRequest("FUNC_QCAPS", { fid: 7 }))]);
});

Deno.test("a command without a public layout is read as hex digits", () => {
  const answer = new Uint8Array(16);
  answer.set([0, 0, 0x8c, 0, 0, 0, 16, 0, 1, 2, 3, 4, 5, 6, 7, 1]);
  const { context } = scripted({ QUEUE_QCAPS: answer });
  assertEquals(
    commandQuery.run(context, { name: "QUEUE_QCAPS", data: "00 00" }),
    {
      command: "QUEUE_QCAPS",
      request: "",
      fields: {},
      raw: "01020304050607",
    },
  );
});

Deno.test("the query refuses to write, and arguments it does not know", () => {
  const { context, sent } = scripted({});
  const wrong: [PlainObject, RegExp][] = [
    [{}, /needs a name/],
    [{ name: "FUNC_CFG" }, /lets no command/],
    [{ name: "FW_RESET" }, /more than read/],
    [{ name: "PORT_PHY_FDRSTAT", fields: ["ops=CLEAR"] }, /more than read/],
    [{ name: "VER_GET", filds: [] }, /no argument "filds"/],
    [{ name: "VER_GET", target: 65536 }, /target/],
    [{ name: "VER_GET", data: "0" }, /data/],
    [{ name: "VER_GET", data: "00".repeat(113) }, /113 bytes/],
    [{ name: "VER_GET", fields: ["x"] }, /not a field/],
    [{ name: "VER_GET", fields: 5 }, /not a list/],
  ];
  for (const [args, message] of wrong) {
    const error = assertThrows(
      () => commandQuery.run(context, args),
      UsageError,
    );
    assert(error instanceof UsageError && error.hint);
    assert(message.test(error.message), error.message);
  }
  assertEquals(sent.length, 0);
});

Deno.test("the action builds exactly the declared request", () => {
  const declared = commandAction.parse({
    device: "ens3f0",
    command: "FUNC_RESET",
    fields: { enables: "VF_ID_VALID", vf_id: 3, func_reset_level: "RESETVF" },
  });
  const located = commandAction.locate(declared, INVENTORY);
  assertEquals([located.device, located.address], ["fwctl0", "0000:3b:00.0"]);
  const { context, sent } = scripted({});
  const prepared = commandAction.prepare(declared, located, {
    ...context,
    memo: (_key, read) => read(),
  });
  assertEquals(
    toHex(prepared.request),
    `1100ffff0000ffff0000000000000000${"01000000"}${"0300"}${"03"}00`,
  );
  assertEquals(prepared.arguments, [
    { name: "enables", value: "VF_ID_VALID" },
    { name: "vf_id", value: 3 },
    { name: "func_reset_level", value: "RESETVF" },
  ]);
  assert(prepared.notes.some((note) => note.includes("ens3f0")));
  assertEquals([sent.length, prepared.refused.length], [0, 0]);
  assertEquals(driver.classify(prepared.request).effect, "disruptive");
});

Deno.test("two actions are one unit only when they are the same request", () => {
  const unit = (index: number) =>
    commandAction.locate(
      commandAction.parse({
        device: "fwctl0",
        command: "NVM_ERASE_DIR_ENTRY",
        fields: { dir_idx: index },
      }),
      INVENTORY,
    ).unit;
  assertEquals(unit(1), unit(1));
  assert(unit(1) !== unit(2));
});

Deno.test("a command of no public layout takes hex digits, and says so", () => {
  const declared = commandAction.parse({
    device: "fwctl0",
    command: "DBG_SIM_CABLE_STATE",
    data: "0100",
  });
  assertEquals(toHex(declared.request.subarray(16)), "0100");
  const { context } = scripted({});
  const prepared = commandAction.prepare(
    declared,
    commandAction.locate(declared, INVENTORY),
    { ...context, memo: (_key, read) => read() },
  );
  assertEquals(prepared.arguments, [{ name: "data", value: "0100" }]);
  assert(prepared.notes.some((note) => note.includes("not public")));
});

Deno.test("a wrong declaration is refused by its key", () => {
  const good = { device: "fwctl0", command: "PORT_CLR_STATS" };
  const wrong: [PlainObject, RegExp][] = [
    [{ command: "PORT_CLR_STATS" }, /device is missing/],
    [{ device: "fwctl0" }, /command is missing/],
    [{ ...good, comand: 1 }, /unknown key "comand"/],
    [{ ...good, command: "FUNC_CFG" }, /lets no command/],
    [{ ...good, command: "VER_GET" }, /only reads/],
    [{ ...good, fields: {}, data: "" }, /both/],
    [{ ...good, command: "DBG_CFG" }, /data is missing/],
    [{ ...good, fields: { port: 1 } }, /no field "port"/],
    [{ ...good, target: -1 }, /target/],
    [{ ...good, data: 5 }, /not text/],
  ];
  for (const [body, message] of wrong) {
    const error = assertThrows(() => commandAction.parse(body), RecipeError);
    assert(error instanceof RecipeError && error.hint);
    assert(message.test(error.message), error.message);
  }
});

Deno.test("only a bnxt device that is there can be named", () => {
  const declared = commandAction.parse({
    device: "fwctl9",
    command: "PORT_CLR_STATS",
  });
  assertThrows(() => commandAction.locate(declared, INVENTORY), PlanError);
  assertThrows(
    () =>
      commandAction.locate({ ...declared, device: "fwctl0" }, {
        ...INVENTORY,
        devices: [{ ...ENTRY, driver: "mlx5" }],
      }),
    PlanError,
    "mlx5",
  );
});

Deno.test("the answer of an action is shown, readable or not", () => {
  const request = newRequest("FW_RESET");
  const good = response("FW_RESET", { req_type: 0xc0, selfrst_status: 1 });
  assertEquals(
    commandAction.answer(request, good, () => undefined),
    { command: "FW_RESET", selfrst_status: "SELFRSTASAP" },
  );
  const bad = commandAction.answer(request, new Uint8Array(3), () => undefined);
  assertEquals(bad.raw, "000000");
  assert(typeof bad.unreadable === "string");
});

Deno.test("every command is described, with its use and its fields", () => {
  const { context } = scripted({});
  const items = driver.describe(context).flatMap((section) => section.items);
  assertEquals(items.length, 104);
  for (const { name, use, effect, detail } of items) {
    assertEquals(use, effect === "read" ? "query" : "action", name);
    const names = fieldNames(name);
    assertEquals(
      detail.startsWith("no public layout"),
      names === undefined,
      name,
    );
  }
});

Deno.test("a payload is the action's, its length filled in and shown, an option of NVM padded to what the kernel wants", () => {
  const action = (body: PlainObject) =>
    commandAction.parse({ device: "fwctl0", ...body });
  const { request } = action({
    command: "NVM_SET_VARIABLE",
    fields: { option_num: 108, data_len: 10 },
    payload: "4000",
  });
  assertEquals(request.length, 40 + 10);
  assertEquals(toHex(request.subarray(40)), "40000000000000000000");
  const write = action({
    command: "NVM_WRITE",
    fields: { dir_type: 5 },
    payload: "010203",
  });
  const { context } = scripted({});
  const place = commandAction.locate(write, INVENTORY);
  const prepared = commandAction.prepare(write, place, {
    ...context,
    memo: (_key, read) => read(),
  });
  assertEquals(
    prepared.arguments.filter(({ name }) =>
      ["payload", "dir_data_length", "host_src_addr"].includes(name)
    ),
    [
      { name: "dir_data_length", value: 3 },
      { name: "payload", value: "010203" },
    ],
  );
  const wrong: [PlainObject, RegExp][] = [
    [{ command: "NVM_WRITE" }, /payload is missing/],
    [{ command: "PORT_CLR_STATS", payload: "01" }, /no buffer/],
    [{ command: "NVM_WRITE", payload: 1 }, /payload is not text/],
    [{ command: "NVM_WRITE", payload: "0" }, /payload/],
    [{ command: "NVM_WRITE", payload: "00".repeat(65537) }, /65537 bytes/],
    [
      { command: "NVM_WRITE", payload: "00", fields: { dir_data_length: 2 } },
      /says 2 bytes/,
    ],
    [
      { command: "NVM_WRITE", payload: "00", fields: { host_src_addr: 1 } },
      /not yours to give/,
    ],
  ];
  for (const [body, what] of wrong) {
    const error = assertThrows(() => action(body), RecipeError);
    assert(what.test(error.message), error.message);
  }
});

Deno.test("on a kernel that is too old every way says so, and nothing is sent", () => {
  const { context, sent } = scripted({});
  const known = driver.learn?.(context.channel, ENTRY, [], { uctx_caps: 7 });
  const old = { ...context, know: () => known };
  for (
    const [name, args] of [
      ["nvm_entries", {}],
      ["nvm_variables", {}],
      ["port_statistics", {}],
      ["coredump", {}],
      ["command", { name: "NVM_READ", fields: ["len=16"] }],
    ] as const
  ) {
    const error = assertThrows(
      () => driver.queries[name]?.run(old, args),
      UsageError,
      "too old",
    );
    assert(error.hint?.includes("Linux 7.3"));
  }
  const write = commandAction.parse({
    device: "fwctl0",
    command: "NVM_WRITE",
    payload: "00",
  });
  const place = commandAction.locate(write, INVENTORY);
  const { refused } = commandAction.prepare(write, place, {
    ...old,
    memo: (_key, read) => read(),
  });
  assert(refused[0]?.includes("Linux 7.3"));
  const label = driver.classify(write.request, old.know);
  assertEquals([label.allowed, label.effect], [false, "destructive"]);
  assertEquals(driver.classify(write.request).allowed, true);
  assertEquals(sent, []);
  const [, , newer] = driver.describe(old);
  assertEquals(newer?.items.length, 33);
  assert(newer?.items.every(({ use, scope }) => use === "none" && !scope));
});
