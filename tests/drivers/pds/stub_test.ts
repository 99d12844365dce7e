import { assert, assertEquals, assertThrows } from "@std/assert";
import { ModelError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { StubDevice, StubFunctions } from "../../../drivers/pds/stub.ts";

const send = (device: StubDevice, op: number, req: number[], resp: number) => {
  const out = new Uint8Array(resp);
  const comp = device.rpc({ ep: 1, op, req: Uint8Array.from(req), resp: out });
  return [comp, [...out]];
};

Deno.test("the response is the request turned over, as far as both go", () => {
  const device = new StubDevice();
  assertEquals(send(device, 1, [0, 0x5a, 0xff], 2), [{ err: 0 }, [0x5a, 0]]);
  assertEquals(send(device, 1, [0], 3), [{ err: 0 }, [0x5a, 0, 0]]);
});

Deno.test("commands 0x10, 0x11 and 0x12 fail in three ways, whatever their version", () => {
  const device = new StubDevice();
  assertEquals(send(device, 0x7f000010, [0], 1), [{ err: 0x0bad0010 }, [0x5a]]);
  assertEquals(send(device, 0x10011, [0], 1), [-ERRNO.EIO, [0]]);
  assertEquals(send(device, 0x12, [0], 1), [-ERRNO.ETIMEDOUT, [0]]);
  assertEquals(device.rpcs, 3, "those that fail are counted too");
});

Deno.test("endpoint 0x30 cannot be asked for its operations, 0x40 has none", () => {
  const device = new StubDevice();
  assertEquals(device.query_endpoints(), [1, 0x20, 0x30, 0x40]);
  assertEquals(device.query_operations(0x30), -ERRNO.EIO);
  assertEquals(device.query_operations(0x40), []);
  const operations = device.query_operations(1);
  assert(typeof operations === "object" && operations.length === 7);
  assertEquals(device.queries, 4);
});

Deno.test("the counts survive save and restore", () => {
  const before = new StubFunctions();
  before.ops(0);
  send(before.device, 1, [], 0);
  const state: PlainData = JSON.parse(JSON.stringify(before.save()));
  assertEquals(state, { queries: 1, rpcs: 1 });
  const after = new StubFunctions();
  after.restore(state);
  assertEquals(after.save(), state);
});

Deno.test("a saved state that is wrong is refused as a whole", () => {
  const functions = new StubFunctions();
  const good = { queries: 1, rpcs: 2 };
  functions.restore(good);
  const wrong: PlainData[] = [
    null,
    [],
    {},
    { queries: 5 },
    { ...good, rpcs: -1 },
    { ...good, queries: "1" },
    { ...good, extra: 1 },
  ];
  for (const state of wrong) {
    assertThrows(() => functions.restore(state), ModelError);
  }
  assertEquals(functions.save(), good);
});

Deno.test("there is one function", () => {
  assertEquals(new StubFunctions().ops(1), -19);
  assertEquals(typeof new StubFunctions().ops(0), "object");
});
