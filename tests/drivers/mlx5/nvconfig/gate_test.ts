/** Gates and rules: over what the device holds, what is declared beside, and variables. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Channel } from "../../../../drivers/driver.ts";
import { knowledgeOf } from "../../../../drivers/mlx5/nvconfig/builtin.ts";
import { tlvsOf } from "../../../../drivers/mlx5/nvconfig/database.ts";
import { Gates } from "../../../../drivers/mlx5/nvconfig/gate.ts";
import { needParameter } from "../../../../drivers/mlx5/nvconfig/names.ts";
import { NvReader } from "../../../../drivers/mlx5/nvconfig/reader.ts";
import { DecodeError } from "../../../../lib/errors.ts";

const KNOWN = knowledgeOf(
  "test",
  tlvsOf(
    [
      { name: "conf", id: 0x80, size: 4, class: 1 },
      { name: "cap", id: 0x81, size: 4, class: 1 },
    ],
    [
      {
        name: "depth",
        tlv_name: "conf",
        offset: "0x0.0",
        size: "0x0.8",
        type: "UNSIGNED",
        mlxconfig_name: "DEPTH",
        dependency: "$cap.deep == 1",
        max_val: "$cap.most",
        rule: "$_twice <= $cap.most",
        temp_vars: "$_twice=($depth*2)",
      },
      {
        name: "odd",
        tlv_name: "conf",
        offset: "0x0.8",
        size: "0x0.8",
        type: "UNSIGNED",
        mlxconfig_name: "ODD",
        dependency: "$cap.deep = 1",
        rule: "$nowhere.field == 1",
      },
      {
        name: "deep",
        tlv_name: "cap",
        offset: "0x0.31",
        size: "0x0.1",
        type: "BOOL",
      },
      {
        name: "most",
        tlv_name: "cap",
        offset: "0x0.0",
        size: "0x0.8",
        type: "UNSIGNED",
      },
    ],
  ),
);

/** A device whose port 1 has capability 0x80000010 and whose port 2 has none. */
const CHANNEL: Channel = {
  device: "fwctl0",
  send(request, capacity) {
    const answer = new Uint8Array(capacity);
    const register = (request[10] ?? 0) << 8 | (request[11] ?? 0);
    if (register === 0x9030) answer[23] = 3;
    else if (register === 0x9024) {
      answer[19] = 4;
      answer.set(request.subarray(20, 24), 20);
      const [, port, , item] = request.subarray(20, 24);
      if (port === 1 && item === 0x81) answer.set([0x80, 0, 0, 0x10], 28);
    }
    return answer;
  },
};

Deno.test("a port's gate looks at the port's own capabilities", () => {
  const gates = new Gates(KNOWN, new NvReader(CHANNEL));
  const first = needParameter(KNOWN, "DEPTH_P1");
  const second = needParameter(KNOWN, "DEPTH_P2");
  assertEquals([gates.open(first).holds, gates.open(second).holds], [
    true,
    false,
  ]);
  assertEquals(gates.open(second).why, "cap.deep == 1; cap.deep is 0");
  assertEquals([gates.limit(first, "max"), gates.limit(second, "max")], [
    16,
    undefined,
  ]);
});

Deno.test("a rule takes declared values and variables", () => {
  const ref = needParameter(KNOWN, "DEPTH_P1");
  const rule = (depth: number) =>
    new Gates(KNOWN, new NvReader(CHANNEL), new Map([[ref, depth]])).rule(ref);
  assertEquals([rule(8).holds, rule(9).holds], [true, false]);
  assert(rule(9).why.includes("_twice is 18"));
});

Deno.test("an expression nobody can read, or of names nobody knows, is unknown and says why", () => {
  const gates = new Gates(KNOWN, new NvReader(CHANNEL));
  const ref = needParameter(KNOWN, "ODD_P1");
  assertEquals(gates.open(ref).holds, undefined);
  assert(gates.open(ref).why.includes("cannot be read"));
  assertEquals(gates.rule(ref), {
    holds: undefined,
    why: "nowhere.field == 1; nowhere.field is not told",
    parameters: [],
  });
});

Deno.test("an answer about another item is refused, not taken for the one asked for", () => {
  const other: Channel = {
    device: "fwctl0",
    send(request, capacity) {
      const answer = CHANNEL.send(request, capacity);
      if (request[10] === 0x90 && request[11] === 0x24) answer[23] = 0x99;
      return answer;
    },
  };
  const ref = needParameter(KNOWN, "DEPTH_P1");
  assertThrows(
    () => new NvReader(other).item(ref.tlv, 1, "next"),
    DecodeError,
    "type 0x01010080), and type 0x01010099 came",
  );
});
