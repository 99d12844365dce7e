import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { newRequest, queryHcaCap } from "../../../drivers/mlx5/protocol.ts";
import { classify } from "../../../drivers/mlx5/scope.ts";
import { leastScope } from "../../../drivers/mlx5/tables/allow_list.ts";
import { type Bytes, concatBytes } from "../../../lib/bytes.ts";
import { SCOPES } from "../../../lib/uapi/fwctl.ts";

function withRegister(opMod: number, id: number): Bytes {
  const request = newRequest(0x805, opMod, 32);
  request[10] = id >> 8;
  request[11] = id & 0xff;
  return request;
}

Deno.test("every request on the kernel's list is labelled with exactly its least scope", () => {
  for (let opcode = 0; opcode < 0x10000; opcode++) {
    for (const opMod of [0, 1]) {
      const label = classify(newRequest(opcode, opMod));
      const least = leastScope(opcode, opMod);
      assertEquals(label.allowed, least !== undefined);
      if (least !== undefined) assertEquals(label.scope, SCOPES[least]);
      assert(label.name !== "");
    }
  }
});

Deno.test("SET_HCA_CAP is scope configuration with effect runtime", () => {
  const label = classify(
    concatBytes(newRequest(0x109, 0), new Uint8Array(4096)),
  );
  assertEquals([label.scope, label.effect], ["configuration", "runtime"]);
});

Deno.test("a register write is labelled by what the register does, a read only reads", () => {
  const effects = [0x9028, 0x9033, 0x9024, 0x4005, 0x7777].map((id) =>
    classify(withRegister(0, id)).effect
  );
  assertEquals(effects, [
    "disruptive",
    "destructive",
    "next-reset",
    "runtime",
    "disruptive",
  ]);
  const read = classify(withRegister(1, 0x9033));
  assertEquals([read.scope, read.effect], ["debug-read-only", "read"]);
});

Deno.test("a query whose clear bit is set does more than read", () => {
  const request = newRequest(0x773, 0, 32);
  assertEquals(classify(request).effect, "read");
  request[24] = 0x80;
  assertEquals(classify(request).effect, "runtime");
});

Deno.test("the label says which capabilities of which function", () => {
  assertEquals(
    classify(queryHcaCap(0, "maximum", 3)).detail,
    "GENERAL maximum, function 3",
  );
  assertEquals(
    classify(queryHcaCap(0x20, "current")).detail,
    "GENERAL_2 current",
  );
});

Deno.test("any bytes can be labelled", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const label = classify(new Uint8Array(bytes));
      assert(SCOPES.includes(label.scope) && label.name !== "");
    }),
    { numRuns: 20_000 },
  );
});
