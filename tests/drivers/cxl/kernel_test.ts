import { assert, assertEquals } from "@std/assert";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { cxlKernelOps } from "../../../drivers/cxl/kernel.ts";
import type { CxlMboxCmd } from "../../../drivers/cxl/mailbox.ts";
import { StubDevice } from "../../../drivers/cxl/stub.ts";
import { LabFeatures } from "../../../drivers/cxl/stub_features.ts";
import { setFeatureScope } from "../../../drivers/cxl/tables/features.ts";
import {
  bound,
  entry,
  getFeature,
  LAB,
  le,
  PATROL_SCRUB,
  request,
  type Rpc,
  Scripted,
  setFeature,
  setPayload,
  supported,
  VENDOR,
} from "./fixture.ts";

const { EINVAL, EIO, ENODEV, EPERM } = ERRNO;
const ZERO8 = "00".repeat(8);

const lab = (): Rpc => bound(new StubDevice(new LabFeatures()));

/** An answer's header with no data, as a refusal and a Set have it. */
const header = (retval: number, after = ZERO8): [string, number] => [
  le(0, 4) + le(retval, 4) + after,
  16,
];

Deno.test("a device without feature commands, without features or with none for users gets no fwctl device", () => {
  const none = new Scripted();
  none.feat_cap = 0;
  assertEquals(cxlKernelOps(none), -ENODEV);
  assertEquals(none.queries, 0, "it is not even asked");
  const empty = new Scripted();
  empty.entries = [];
  assertEquals(cxlKernelOps(empty), -ENODEV);
  const exclusive = new Scripted();
  exclusive.entries = [entry(PATROL_SCRUB, 1)];
  assertEquals(cxlKernelOps(exclusive), -ENODEV);
  exclusive.entries.push(entry(LAB(1), 1));
  assertEquals(typeof cxlKernelOps(exclusive), "object");
});

Deno.test("a list of features that does not add up gets no fwctl device", () => {
  const lies: Record<string, (cmd: CxlMboxCmd) => void> = {
    "a refusal": (cmd) => cmd.return_code = 2,
    "no entries": (cmd) => cmd.payload_out[0] = (cmd.size_out = 8) - 8,
    "entries but no bytes": (cmd) => cmd.size_out = 8,
    "half an entry": (cmd) => cmd.size_out -= 24,
    "less than a header": (cmd) => cmd.size_out = 7,
    "more entries than bytes": (cmd) => cmd.payload_out[0] = 2,
  };
  for (const [what, lie] of Object.entries(lies)) {
    const mbox = new Scripted();
    mbox.spoil = (cmd) => {
      if (cmd.size_out > 8) lie(cmd);
      return 0;
    };
    assertEquals(cxlKernelOps(mbox), -ENODEV, what);
  }
  const broken = new Scripted();
  broken.spoil = () => -EIO;
  assertEquals(cxlKernelOps(broken), -ENODEV);
});

Deno.test("features are read once, at probe, in as many commands as the mailbox needs", () => {
  const mbox = new Scripted();
  mbox.payload_size = 240; // four entries and the header, not five
  mbox.entries = Array.from({ length: 12 }, (_, i) => entry(LAB(i + 20), 1));
  const rpc = bound(mbox);
  assertEquals(mbox.queries, 1 + 3);
  const all = rpc(0, supported(12 * 48), 4096);
  assert(typeof all === "object");
  assertEquals(all[0].slice(32, -16), mbox.entries.join(""));
  assertEquals(mbox.queries, 4);
});

Deno.test("a request shorter than its header, or than its op_size, is EINVAL", () => {
  const rpc = lab();
  const good = supported(48);
  assertEquals(rpc(0, ""), -EINVAL);
  assertEquals(rpc(0, good.slice(0, 30)), -EINVAL);
  assertEquals(rpc(0, good.slice(0, -2)), -EINVAL);
  assertEquals(rpc(0, request(0x500, le(48, 8), 0xffffffff)), -EINVAL);
  assertEquals(rpc(0, `${good}ffff`), rpc(0, good), "what follows is ignored");
});

Deno.test("opcodes count by their low 16 bits; every other one is EINVAL at any scope", () => {
  const rpc = lab();
  const payload = le(48, 4) + ZERO8.slice(8);
  assertEquals(rpc(0, request(0xabcd0500, payload)), rpc(0, supported(48)));
  for (let opcode = 0; opcode <= 0xffff; opcode++) {
    if (opcode >= 0x500 && opcode <= 0x502) continue;
    assertEquals(rpc(3, request(opcode, payload)), -EINVAL);
  }
});

Deno.test("Get Supported Features rounds down to whole entries and stops at the last", () => {
  const rpc = lab();
  const counted = (count: number, start = 0) => {
    const answer = rpc(0, supported(count, start), 4096);
    return typeof answer === "number"
      ? answer
      : [answer[0].slice(0, 32), answer[1]];
  };
  const head = (n: number) => [
    le(8 + 48 * n, 4) + le(0, 4) + le(n, 2) + le(18, 2) + "00000000",
    24 + 48 * n,
  ];
  for (const [count, n] of [[0, 0], [47, 0], [48, 1], [56, 1], [95, 1]]) {
    assertEquals(counted(count ?? 0), head(n ?? 0));
  }
  assertEquals(counted(0xffffffff), head(18));
  assertEquals(counted(0xffffffff, 17), head(1));
  assertEquals(counted(0, 17), head(0));
  assertEquals(counted(48, 18), -EINVAL);
  assertEquals(counted(48, 0xffff), -EINVAL);
});

Deno.test("Get Supported Features does not look at the room, and the length says so", () => {
  const rpc = lab();
  assertEquals(rpc(0, supported(96), 0), ["", 120]);
  assertEquals(rpc(0, supported(96), 6), [le(104, 6), 120]);
});

Deno.test("an exclusive feature is listed as one that cannot be set", () => {
  const answer = lab()(0, supported(48, 14));
  assert(typeof answer === "object");
  const [hex] = answer;
  assertEquals(hex.slice(32, 64), PATROL_SCRUB);
  assertEquals(hex.slice(64, 84), "0e00" + "0800" + "0000" + "feffffff");
});

Deno.test("Get Feature wants an op_size of 21, a count, and room for it", () => {
  const rpc = lab();
  const payload = getFeature(LAB(1), 8).slice(32);
  for (const size of [0, 8, 20, 22]) {
    const request_ = request(0x501, `${payload}00`, size);
    assertEquals(rpc(0, request_), -EINVAL, `${size}`);
  }
  assertEquals(rpc(0, getFeature(LAB(1), 0)), -EINVAL);
  for (const out_len of [0, 7, 8, 15]) {
    assertEquals(rpc(0, getFeature(LAB(1), 8), out_len), -EINVAL);
  }
  const answer = le(8, 4) + le(0, 4) + "41".repeat(8);
  assertEquals(rpc(0, getFeature(LAB(1), 8), 16), [answer, 24]);
  assertEquals(rpc(0, getFeature(LAB(1), 8), 100), [answer + ZERO8, 24]);
});

Deno.test("what the device refuses is an answer without data, not an errno", () => {
  const rpc = lab();
  assertEquals(rpc(0, getFeature(LAB(1), 9)), header(2));
  assertEquals(rpc(0, getFeature(LAB(1), 8, { selection: 3 })), header(2));
  assertEquals(rpc(0, getFeature("77".repeat(16), 8)), header(3));
  assertEquals(rpc(2, setFeature(LAB(1), "00".repeat(9))), header(2));
});

Deno.test("a transport error is an answer as well, with the device's last word: success", () => {
  const mbox = new Scripted();
  const rpc = bound(mbox);
  mbox.answer = () => -EIO;
  assertEquals(rpc(0, getFeature(LAB(1), 8)), header(0));
  assertEquals(rpc(2, setFeature(LAB(1), "00")), header(0));
  mbox.answer = (cmd) => cmd.size_out = 0;
  assertEquals(rpc(0, getFeature(LAB(1), 8)), header(0), "an empty answer");
  mbox.answer = (cmd) => {
    if (cmd.size_out === 8) cmd.size_out = 7;
    return 0;
  };
  assertEquals(rpc(0, getFeature(LAB(1), 8)), header(0), "a short answer");
});

Deno.test("a long feature is read in parts, and an early part is seen when a later one fails", () => {
  const rpc = lab();
  const whole = rpc(0, getFeature(LAB(17), 12000), 12008);
  assertEquals(whole, [le(12000, 4) + le(0, 4) + "51".repeat(12000), 12016]);
  assertEquals(
    rpc(0, getFeature(LAB(17), 12001), 65536),
    header(2, "51".repeat(8)),
  );
  assertEquals(rpc(0, getFeature(LAB(17), 4096, { offset: 8000 }), 4104), [
    header(2)[0],
    16,
  ]);
});

Deno.test("parts continue at the offset, 16 bits of it", () => {
  const mbox = new Scripted();
  const rpc = bound(mbox);
  assertEquals(rpc(0, getFeature(LAB(1), 8000, { offset: 0xff00 }), 8008), [
    le(8000, 4) + le(0, 4) + "00".repeat(8000),
    8016,
  ]);
  assertEquals(mbox.requests.map((hex) => hex.slice(32)), [
    le(0xff00, 2) + le(4096, 2) + "00",
    le(0x0f00, 2) + le(3904, 2) + "00",
  ]);
});

Deno.test("the kernel replaces a Set's transfer bits, saves across resets and clears what is reserved", () => {
  const mbox = new Scripted();
  const rpc = bound(mbox);
  for (let flags = 0; flags < 16; flags++) {
    const set = setFeature(LAB(1), "abcd", { flags, offset: 3, version: 9 });
    // Bytes 23..31 of the payload, after its header of 16.
    const noisy = set.slice(0, 78) + "ee".repeat(9) + set.slice(96);
    assertEquals(rpc(2, noisy), header(0));
    assertEquals(mbox.requests.pop(), setPayload(LAB(1), "abcd", 8, 3, 9));
  }
  rpc(2, setFeature(LAB(1), "ab", { flags: 0xffffffff }));
  const sent = setPayload(LAB(1), "ab", 0xfffffff8, 0, 1);
  assertEquals(mbox.requests.pop(), sent);
});

Deno.test("data longer than the mailbox is sent in parts, each saying which it is", () => {
  const mbox = new Scripted();
  const rpc = bound(mbox);
  const parts = (length: number) => {
    mbox.requests.length = 0;
    rpc(2, setFeature(LAB(1), "ab".repeat(length), { offset: 5 }));
    return mbox.requests.map((hex) => [
      Number.parseInt(hex.slice(32, 34), 16),
      hex.slice(40, 44),
      hex.length / 2 - 32,
    ]);
  };
  assertEquals(parts(4064), [[8, le(5, 2), 4064]]);
  assertEquals(parts(4065), [[9, le(5, 2), 4064], [11, le(4069, 2), 1]]);
  assertEquals(parts(3 * 4064), [
    [9, le(5, 2), 4064],
    [10, le(4069, 2), 4064],
    [11, le(8133, 2), 4064],
  ]);
});

Deno.test("when a later part is refused the earlier ones are in the device", () => {
  const rpc = lab();
  assertEquals(rpc(2, setFeature(LAB(17), "ab".repeat(12001))), header(2));
  const seen = rpc(0, getFeature(LAB(17), 4, { offset: 8126 }));
  assertEquals(seen, [le(4, 4) + le(0, 4) + "abab5151" + ZERO8, 20]);
});

Deno.test("immediate effects need scope 3, reset effects 2, and all others are never set", () => {
  const least: Record<number, number | undefined> = {
    1: 2,
    2: 3,
    3: 3,
    4: 3,
    5: 3,
    9: 2,
    10: 2,
    11: 3,
    16: 2,
    17: 2,
  };
  const rpc = lab();
  for (let i = 1; i <= 17; i++) {
    if (i === 14) continue;
    for (const scope of [0, 1, 2, 3]) {
      const goes = scope >= (least[i] ?? 4);
      const answer = rpc(scope, setFeature(LAB(i), "00"));
      assertEquals(answer, goes ? header(0) : -EINVAL, `${i} at ${scope}`);
    }
  }
});

Deno.test("every combination of effects has the scope the kernel's rules give", () => {
  for (let effects = 0; effects <= 0xffff; effects++) {
    const never = effects & 0xf040 || !(effects & 0x0c1f);
    const least = never ? undefined : effects & 0x1e ? 3 : 2;
    assertEquals(setFeatureScope(1, effects), least, effects.toString(16));
    assertEquals(setFeatureScope(0xfffffffe, effects), undefined);
  }
});

Deno.test("an exclusive feature is EPERM at a scope that would do, EINVAL below it and when malformed", () => {
  const rpc = lab();
  const set = setFeature(PATROL_SCRUB, "00");
  assertEquals([0, 1, 2, 3].map((scope) => rpc(scope, set)), [
    -EINVAL,
    -EINVAL,
    -EPERM,
    -EPERM,
  ]);
  assertEquals(rpc(2, setFeature(PATROL_SCRUB, "")), -EINVAL);
  assertEquals(rpc(2, set, 0), -EPERM, "before the room is looked at");
  const mock = bound(new StubDevice());
  assertEquals(mock(3, set), -EINVAL, "the device must list it");
});

Deno.test("the kernel keeps eight features to itself", () => {
  const uuids = [
    "96dad7d6-fde8-482b-a733-75774e06db8a",
    "e5b13f22-2328-4a14-b8ba-b9691e893386",
    "892ba475-fad8-474e-9d3e-692c917568bb",
    "80ea4521-786f-4127-afb1-ec7459fb0e24",
    "96c33386-91dd-44c7-9ecb-fdaf6503bac4",
    "450ebf67-b135-4f97-a498-c2d57f279bed",
    "78b79636-90ac-4b64-a4ef-faac5d18a863",
    "34dbaff5-0552-4281-8f76-da0b5e7a76a7",
  ].map((uuid) => uuid.replaceAll("-", ""));
  const mbox = new Scripted();
  mbox.entries.push(...uuids.map((uuid) => entry(uuid, 1)));
  const rpc = bound(mbox);
  for (const uuid of uuids) {
    assertEquals(rpc(2, setFeature(uuid, "00")), -EPERM, uuid);
  }
  assertEquals(mbox.requests, []);
});

Deno.test("Set Feature wants data, and room for the answer's header", () => {
  const rpc = bound(new StubDevice());
  const whole = setFeature(VENDOR, "01020304").slice(32);
  for (const size of [0, 15, 16, 31, 32]) {
    assertEquals(rpc(2, request(0x502, whole, size)), -EINVAL, `${size}`);
  }
  for (const out_len of [0, 7]) {
    assertEquals(rpc(2, setFeature(VENDOR, "01"), out_len), -EINVAL);
  }
  assertEquals(rpc(2, setFeature(VENDOR, "01"), 8), [ZERO8, 16]);
});

Deno.test("a mailbox that can only read is not written to, one too small for data refuses", () => {
  const mbox = new Scripted();
  mbox.feat_cap = 1;
  const readOnly = bound(mbox);
  assertEquals(readOnly(3, setFeature(LAB(1), "00")), -EINVAL);
  assertEquals(typeof readOnly(0, getFeature(LAB(1), 8)), "object");
  const small = new Scripted();
  const rpc = bound(small);
  small.payload_size = 41;
  assertEquals(rpc(2, setFeature(LAB(1), "00")), header(2));
  assertEquals(small.requests, []);
  small.payload_size = 42;
  assertEquals(rpc(2, setFeature(LAB(1), "00")), header(0));
});
