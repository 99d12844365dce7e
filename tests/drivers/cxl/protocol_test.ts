/** CXL requests as the specification lays them out, and answers that lie. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  featureData,
  featureEntry,
  featureList,
  payloadOf,
  readFeatures,
} from "../../../drivers/cxl/answers.ts";
import {
  featureOf,
  getFeature,
  getSupportedFeatures,
  opcodeOf,
  opSizeOf,
  selectionsOf,
  setFeatureHeader,
} from "../../../drivers/cxl/protocol.ts";
import { refusalOf, statusOf } from "../../../drivers/cxl/status.ts";
import { asUuid, uuidBytes } from "../../../drivers/cxl/tables/uuid.ts";
import { driver } from "../../../drivers/cxl/mod.ts";
import { type Bytes, concatBytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { DecodeError } from "../../../lib/errors.ts";
import {
  entry,
  getFeature as wireGet,
  LAB,
  le,
  setFeature as wireSet,
  supported,
} from "./fixture.ts";
import { memory, VENDOR } from "./firmware_fixture.ts";

const UUID = asUuid(LAB(1)) ?? "";
const ENTRY = featureEntry(fromHex(entry(LAB(1), 0x0201, 0x71)));

Deno.test("requests are what the recordings' own builder makes", () => {
  assertEquals(toHex(getSupportedFeatures(3, 2)), supported(96, 3));
  assertEquals(
    toHex(getFeature(UUID, 300, "saved", 5)),
    wireGet(LAB(1), 300, { offset: 5, selection: 2 }),
  );
  const data = fromHex("0102030405");
  assertEquals(
    toHex(concatBytes(setFeatureHeader(ENTRY, data.length), data)),
    wireSet(LAB(1), toHex(data), { version: 1 }),
  );
});

Deno.test("an entry is read with all its fields", () => {
  assertEquals(ENTRY, {
    uuid: "01010101-0101-0101-0101-010101010101",
    id: 1,
    getSize: 8,
    setSize: 8,
    flags: 0x71,
    getVersion: 1,
    setVersion: 1,
    effects: 0x0201,
    exclusive: undefined,
  });
  assertEquals(selectionsOf(ENTRY), ["current", "default", "saved"]);
  assertEquals(selectionsOf({ ...ENTRY, flags: 1 }), ["current"]);
  assertEquals(
    featureEntry(fromHex(entry(LAB(14), 1))).exclusive,
    "PATROL_SCRUB",
  );
});

Deno.test("a UUID's bytes lie in the order of its text, with or without dashes", () => {
  const text = "96dad7d6-fde8-482b-a733-75774e06db8a";
  assertEquals(toHex(uuidBytes(text)), text.replaceAll("-", ""));
  assertEquals(asUuid(text.replaceAll("-", "").toUpperCase()), text);
  for (const bad of ["", "96dad7d6", `${text}0`, text.replace("-", "")]) {
    assertEquals(asUuid(bad), undefined, bad);
  }
});

Deno.test("an answer's own size counts, not the length the kernel reports", () => {
  const answer = fromHex(`${le(2, 4)}${le(0, 4)}aabb${"00".repeat(8)}`);
  assertEquals(toHex(payloadOf(answer)), "aabb");
  assertEquals(toHex(featureData(answer, 2)), "aabb");
  assertThrows(() => featureData(answer, 3), DecodeError, "2 of 3 bytes");
  assertThrows(
    () => payloadOf(fromHex(`${le(9, 4)}${le(0, 4)}aabb`)),
    DecodeError,
    "says 9 bytes and has 2",
  );
  assertThrows(() => payloadOf(new Uint8Array(7)), DecodeError, "7 bytes");
});

Deno.test("a list whose numbers do not add up is not believed", () => {
  const list = (count: number, total: number, entries: number): Bytes =>
    fromHex(
      le(8 + 48 * entries, 4) + le(0, 4) + le(count, 2) + le(total, 2) +
        "00000000" + entry(LAB(1), 1).repeat(entries),
    );
  assertEquals(featureList(list(1, 9, 1)).total, 9);
  assertThrows(() => featureList(list(2, 2, 1)), DecodeError, "room for 1");
  assertThrows(() => featureList(list(0, 2, 1)), DecodeError);
  // Says 5, gives none: no endless asking.
  assertThrows(() => readFeatures(() => list(0, 5, 0)), DecodeError);
  // Grows while it is read.
  let calls = 0;
  assertThrows(
    () => readFeatures(() => ++calls === 1 ? list(0, 1, 0) : list(1, 2, 1)),
    DecodeError,
  );
});

Deno.test("a device with more features than go into one answer is read to the end", () => {
  const total = 2500;
  const asked: number[] = [];
  const entries = readFeatures((request, capacity) => {
    const view = new DataView(request.buffer, 16);
    const start = view.getUint16(4, true);
    const count = view.getUint32(0, true) / 48;
    asked.push(count);
    const found = Math.min(count, total - start);
    assertEquals(capacity, 24 + 48 * count);
    return fromHex(
      le(8 + 48 * found, 4) + le(0, 4) + le(found, 2) + le(total, 2) +
        "00000000" + entry(LAB(1), 1).repeat(found),
    );
  });
  assertEquals(entries.length, total);
  assertEquals(asked, [0, 1024, 1024, 452]);
});

Deno.test("requests that are too short say so instead of being read", () => {
  assertEquals(opcodeOf(new Uint8Array(0)), 0);
  assertEquals(opSizeOf(new Uint8Array(15)), undefined);
  assertEquals(featureOf(fromHex(supported(48))), undefined);
  const cut = getFeature(UUID, 1).slice(0, 20);
  assertEquals(opSizeOf(cut), undefined);
  assertEquals(featureOf(cut), undefined);
  assertEquals(featureOf(getFeature(VENDOR(1), 1)), VENDOR(1));
});

Deno.test("every return code has a name, a meaning and what to do", () => {
  const names = new Set<string>();
  for (let code = 1; code <= 30; code++) {
    const { name, meaning, hint } = statusOf(code);
    assert(/^[A-Z]+$/.test(name) && meaning !== "" && hint !== "", name);
    names.add(name);
  }
  assertEquals(names.size, 30);
  assertEquals([22, 25, 26, 27, 28].map((code) => statusOf(code).name), [
    "PAYLOADLEN",
    "FEATUREVERSION",
    "FEATURESELVALUE",
    "FEATURETRANSFERIP",
    "FEATURETRANSFEROOO",
  ]);
  assertEquals(statusOf(0x8001).name, "return code 0x8001");
});

Deno.test("a refusal names the request, the code and what to do next", () => {
  const answer = fromHex(le(0, 4) + le(27, 4));
  const error = driver.refusal(getFeature(VENDOR(2), 4), answer, "fwctl3");
  assert(error);
  assertEquals(
    error.message,
    `The device refused Get Feature ${
      VENDOR(2)
    }, current: FEATURETRANSFERIP (a transfer of a feature's data is in progress)`,
  );
  assertEquals(error.device, "fwctl3");
  assertEquals(refusalOf(fromHex(le(5, 4) + le(0, 4)), "x", "y"), undefined);
  assertEquals(refusalOf(new Uint8Array(3), "x", "y"), undefined);
});

Deno.test("an errno of the driver is told apart by what was sent", () => {
  const { firmware } = memory();
  assert(firmware.feat_cap === 2);
  const read = driver.classify(getFeature(VENDOR(1), 1));
  const never = driver.classify(fromHex(wireSet(LAB(14), "00")));
  assert(driver.explainErrno("EINVAL", read)?.hint.includes("configuration"));
  assert(driver.explainErrno("EINVAL", never)?.meaning.includes("no scope"));
  const full = driver.classify(fromHex(wireSet(LAB(1), "00")));
  assert(driver.explainErrno("EPERM", full)?.meaning.includes("CAP_SYS_RAWIO"));
  assertEquals(
    driver.explainErrno("EPERM", read)?.meaning.includes("CAP"),
    false,
  );
  assertEquals(driver.explainErrno("ENODEV", read), undefined);
});
