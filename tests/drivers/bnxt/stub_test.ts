import { assertEquals, assertThrows } from "@std/assert";
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { ModelError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { StubDevice } from "../../../drivers/bnxt/stub.ts";

function run(
  device: StubDevice,
  request: string,
  out_len = 64,
  timeout = 500,
): [number, string] {
  const resp: Bytes = new Uint8Array(out_len);
  const ret = device.bnxt_send_msg({
    msg: fromHex(request),
    resp,
    timeout,
    buffers: [],
  });
  return [ret, toHex(resp)];
}

const PATTERN = (from: number) =>
  toHex(Uint8Array.from({ length: 55 }, (_, i) => from + i));

Deno.test("the answer repeats type and sequence, and its pattern depends on the whole request", () => {
  const device = new StubDevice();
  assertEquals(
    run(device, "1600ffff3412ffff" + "0000000000000000" + "0102"),
    [0, "0000160034124000" + PATTERN(0x16 + 3) + "01"],
  );
  assertEquals(
    run(device, "f6ff000000000000" + "ff00000000000000"),
    [0, "0000f6ff00004000" + PATTERN(0xf6 + 0xff) + "01"],
  );
  assertEquals(run(device, "00".repeat(16), 9), [0, "000000000000400000"]);
  assertEquals(
    run(device, "00".repeat(16), 66)[1].slice(-6),
    "010000",
    "bytes past the answer stay as they were",
  );
});

Deno.test("target 0xeeCC is refused with error_code CC, and 0xedEE does not get there", () => {
  const device = new StubDevice();
  const to = (target: string) => `000000000000${target}${"00".repeat(8)}`;
  assertEquals(run(device, to("02ee"), 8), [-5, "0200000000004000"]);
  assertEquals(run(device, to("00ee"), 8), [0, "0000000000004000"]);
  assertEquals(run(device, to("10ed"), 8), [-16, "00".repeat(8)]);
  assertEquals(run(device, to("00ed"), 8), [0, "00".repeat(8)]);
});

Deno.test("the last timeout is kept, of requests that did not get there too", () => {
  const device = new StubDevice();
  run(device, "00".repeat(16), 8, 2000);
  assertEquals(device.last_timeout, 2000);
  run(device, "00".repeat(6) + "10ed" + "00".repeat(8), 8, 60000);
  assertEquals(device.last_timeout, 60000);
});

Deno.test("state survives save and restore", () => {
  const before = new StubDevice();
  before.flags = 0xffffffff;
  run(before, "00".repeat(16), 8, 60000);
  const state: PlainData = JSON.parse(JSON.stringify(before.save()));
  const after = new StubDevice();
  after.restore(state);
  assertEquals([after.flags, after.last_timeout], [0xffffffff, 60000]);
});

Deno.test("a saved state that is wrong is refused as a whole", () => {
  const device = new StubDevice();
  const good = device.save();
  const wrong: PlainData[] = [
    null,
    [],
    {},
    7,
    { ...good, extra: 1 },
    { flags: 8 },
    { flags: 8, last_timeout: -1 },
    { flags: 8, last_timeout: 0.5 },
    { flags: 8, last_timeout: "500" },
    { flags: 0x100000000, last_timeout: 500 },
    { flags: true, last_timeout: 500 },
  ];
  for (const state of wrong) {
    assertThrows(() => device.restore(state), ModelError);
  }
  assertEquals(device.save(), good);
});
