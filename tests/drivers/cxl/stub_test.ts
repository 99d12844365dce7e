import { assertEquals, assertThrows } from "@std/assert";
import { ModelError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { StubDevice, StubFunctions } from "../../../drivers/cxl/stub.ts";
import { LabFeatures } from "../../../drivers/cxl/stub_features.ts";
import { bound, getFeature, LAB, setFeature, VENDOR } from "./fixture.ts";

const data = (device: StubDevice, uuid: string, count: number): string => {
  const answer = bound(device)(0, getFeature(uuid, count), 8 + count);
  return typeof answer === "number" ? String(answer) : answer[0].slice(16);
};

Deno.test("the mock holds 0xdeadbeef, takes four bytes whatever is sent, and shifts what it answers", () => {
  const device = new StubDevice();
  assertEquals(data(device, VENDOR, 4), "efbeadde");
  bound(device)(2, setFeature(VENDOR, "0102"));
  assertEquals(data(device, VENDOR, 4), "01020000");
  const shifted = bound(device)(0, getFeature(VENDOR, 2, { offset: 1 }));
  assertEquals(shifted, ["0200000000000000" + "0002000000000000" + "0000", 18]);
});

Deno.test("devices of a lab share the bytes of its features, not those of the mock's own", () => {
  const features = new LabFeatures();
  const [a, b] = [new StubDevice(features), new StubDevice(features)];
  bound(a)(2, setFeature(LAB(1), "aabb"));
  bound(a)(2, setFeature(VENDOR, "aabb"));
  assertEquals(data(b, LAB(1), 4), "aabb4141");
  assertEquals(data(b, VENDOR, 4), "efbeadde");
});

Deno.test("the default value stays what it was", () => {
  const device = new StubDevice(new LabFeatures());
  const rpc = bound(device);
  rpc(2, setFeature(LAB(1), "00".repeat(8)));
  const answer = rpc(0, getFeature(LAB(1), 8, { selection: 1 }));
  assertEquals(answer, [
    "0800000000000000" + "41".repeat(8) + "00".repeat(8),
    24,
  ]);
});

Deno.test("state survives save and restore, and a fresh state clears what came after it", () => {
  const before = new StubFunctions(true);
  const fresh = before.save();
  bound(before.device)(2, setFeature(LAB(17), "ab".repeat(5000)));
  bound(before.device)(2, setFeature(VENDOR, "01020304"));
  const saved: PlainData = JSON.parse(JSON.stringify(before.save()));
  const after = new StubFunctions(true);
  after.restore(saved);
  assertEquals(data(after.device, LAB(17), 5001), "ab".repeat(5000) + "51");
  assertEquals(data(after.device, VENDOR, 4), "01020304");
  assertEquals(after.save(), saved);
  after.restore(fresh);
  assertEquals(data(after.device, LAB(17), 2), "5151");
  assertEquals(after.save(), fresh);
});

Deno.test("a state that is not one is refused, and nothing is taken from it", () => {
  const functions = new StubFunctions(true);
  const fresh = functions.save();
  const states: PlainData[] = [
    null,
    [],
    {},
    { vendor: "0102030", lab: {} },
    { vendor: "01020304" },
    { vendor: "01020304", lab: null },
    { vendor: "01020304", lab: {}, more: 1 },
    { vendor: "01020304", lab: { [LAB(1)]: "00".repeat(7) } },
    { vendor: "01020304", lab: { [LAB(1)]: "zz".repeat(8) } },
    { vendor: "01020304", lab: { [LAB(1)]: 1 } },
    { vendor: "01020304", lab: { __proto: "00" } },
    { vendor: "zz020304", lab: { [LAB(1)]: "00".repeat(8) } },
  ];
  for (const state of states) {
    assertThrows(() => functions.restore(state), ModelError);
    assertEquals(functions.save(), fresh);
  }
  const mock = new StubFunctions();
  assertThrows(() => mock.restore(fresh), ModelError);
  mock.restore(mock.save());
});

Deno.test("there is one function", () => {
  assertEquals(new StubFunctions().ops(1), -19);
  const ops = new StubFunctions().ops(0);
  assertEquals(typeof ops === "object" && ops.device_type, 2);
});
