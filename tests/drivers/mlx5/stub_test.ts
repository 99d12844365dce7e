import { assertEquals, assertThrows } from "@std/assert";
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { ModelError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { StubDevice, StubFunctions } from "../../../drivers/mlx5/stub.ts";

function run(
  device: StubDevice | undefined,
  request: string,
  out_len = 24,
): [number, string] {
  const out: Bytes = new Uint8Array(out_len);
  const ret = device?.cmd_do(fromHex(request), out) ?? Number.NaN;
  return [ret, toHex(out)];
}

/** QUERY_HCA_CAP or SET_HCA_CAP of type 0, for another function or the own one. */
const query = (other: number | undefined) =>
  `0100000000000001${functionId(other)}${"00".repeat(4)}`;
const set = (other: number | undefined, image: string) =>
  `0109000000000000${functionId(other)}${"00".repeat(4)}${image}`;
const functionId = (other: number | undefined) =>
  other === undefined
    ? "00000000"
    : `8000${other.toString(16).padStart(4, "0")}`;

Deno.test("what a PF sets for other function n + 1, VF n reads as its own", () => {
  const [pf, vf0, vf1] = new StubFunctions(2).devices;
  assertEquals(run(pf, set(1, "deadbeef")), [0, "00".repeat(24)]);
  const image = "deadbeef" + "05060708";
  assertEquals(run(vf0, query(undefined)), [0, "00".repeat(16) + image]);
  assertEquals(run(pf, query(1)), [0, "00".repeat(16) + image]);
  assertEquals(run(vf1, query(undefined))[1].slice(32), "0203040506070809");
});

Deno.test("a VF may neither ask for another function nor set its own", () => {
  const [, vf] = new StubFunctions(1).devices;
  assertEquals(run(vf, query(2), 16), [
    -121,
    "030000005eed0100" + "00".repeat(8),
  ]);
  assertEquals(run(vf, set(1, ""), 16), [
    -121,
    "030000005eed0100" + "00".repeat(8),
  ]);
  assertEquals(
    run(vf, set(undefined, ""), 16),
    [-121, "030000005eed0109" + "00".repeat(8)],
  );
});

Deno.test("the own function and other function 0 are two entries", () => {
  const device = new StubDevice();
  run(device, set(0, "ffff"));
  assertEquals(run(device, query(0), 20)[1].slice(32), "ffff0203");
  assertEquals(run(device, query(undefined), 20)[1].slice(32), "00010203");
});

Deno.test("state survives save and restore, and uids count on", () => {
  const before = new StubFunctions(1);
  const [pf] = before.devices;
  run(pf, "0a04" + "00".repeat(62));
  run(pf, "0a06" + "00".repeat(8) + "0001" + "00".repeat(4));
  run(pf, set(1, "c0ffee"));
  run(pf, "0805000000000000" + "0000900100000000" + "beef");
  const state: PlainData = JSON.parse(JSON.stringify(before.save()));
  const after = new StubFunctions(1);
  after.restore(state);
  assertEquals(after.save(), before.save());
  assertEquals(
    run(after.devices[1], query(undefined), 19)[1].slice(32),
    "c0ffee",
  );
  const read = "0805000000000001" + "0000900100000000";
  assertEquals(run(after.devices[0], read, 20)[1].slice(32), "beef0302");
  const create = run(after.devices[0], "0a04" + "00".repeat(62), 16);
  assertEquals(create[1].slice(16), "0000000200000000");
});

Deno.test("a saved state that is wrong is refused as a whole", () => {
  const device = new StubDevice();
  run(device, set(1, "aa"));
  const good = device.save();
  const wrong: PlainData[] = [
    null,
    [],
    {},
    { ...good, extra: 1 },
    { ...good, creates: -1 },
    { ...good, creates: "1" },
    { ...good, caps: { "01": "" } },
    { ...good, regs: { "1": "zz" } },
    { ...good, regs: { "4294967296": "00".repeat(256) } },
    { ...good, caps: { "1": "00".repeat(256) } },
  ];
  for (const state of wrong) {
    assertThrows(() => device.restore(state), ModelError);
  }
  assertThrows(() => new StubFunctions(1).restore([good]), ModelError);
  assertEquals(device.save(), good);
});

Deno.test("a response that is shorter than the answer is cut", () => {
  const device = new StubDevice();
  const read = "0805000000000001" + "000090010102030405060708";
  assertEquals(run(device, read, 16), [0, "00".repeat(12) + "01020304"]);
  assertEquals(run(device, query(3), 17), [0, "00".repeat(16) + "03"]);
});
