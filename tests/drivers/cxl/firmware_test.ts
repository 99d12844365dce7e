/** The modelled memory device behind the kernel's CXL driver. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RC } from "../../../drivers/cxl/firmware/transfer.ts";
import type { CxlFirmware } from "../../../drivers/cxl/firmware.ts";
import { cxlKernelOps } from "../../../drivers/cxl/kernel.ts";
import type { CxlMboxCmd } from "../../../drivers/cxl/mailbox.ts";
import { modelDriver } from "../../../drivers/cxl/model.ts";
import { StubFunctions } from "../../../drivers/cxl/stub.ts";
import { readFeatures } from "../../../drivers/cxl/answers.ts";
import {
  getCapacity,
  getFeature,
  newRequest,
  setFeatureHeader,
} from "../../../drivers/cxl/protocol.ts";
import { retvalOf } from "../../../drivers/cxl/status.ts";
import { uuidBytes } from "../../../drivers/cxl/tables/uuid.ts";
import { type Bytes, concatBytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { ModelError } from "../../../lib/errors.ts";
import type { ScenarioDevice } from "../../../lib/model/types.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { deviceOf, memory, VENDOR } from "./firmware_fixture.ts";
import { setPayload } from "./fixture.ts";

const COLD = VENDOR(5);

/** One mailbox command, past the kernel. */
function send(
  firmware: CxlFirmware,
  opcode: number,
  payload: string,
  room = 512,
): { code: number; out: string; ret: number } {
  const cmd: CxlMboxCmd = {
    opcode,
    payload_in: fromHex(payload),
    payload_out: new Uint8Array(room),
    size_out: room,
    return_code: 0,
  };
  const ret = firmware.mbox_send(cmd);
  const out = toHex(cmd.payload_out.subarray(0, cmd.size_out));
  return { code: cmd.return_code, out, ret };
}

const hexOf = (uuid: string): string => uuid.replaceAll("-", "");

function set(
  firmware: CxlFirmware,
  uuid: string,
  data: string,
  { flags = 8, offset = 0, version = 1 } = {},
): number {
  const payload = setPayload(hexOf(uuid), data, flags, offset, version);
  return send(firmware, 0x502, payload).code;
}

function get(
  firmware: CxlFirmware,
  uuid: string,
  { count = 0, selection = 0, offset = 0 } = {},
): { code: number; out: string } {
  const request = getFeature(
    uuid,
    count || (firmware.store(uuid)?.value(0)?.length ?? 1),
    "current",
    offset,
  );
  request[36] = selection;
  return send(firmware, 0x501, toHex(request.subarray(16)));
}

/** Set Feature as fwctl carries it; the retval. */
function rpcSet(
  firmware: CxlFirmware,
  uuid: string,
  data: Bytes,
  scope: "debug-write" | "debug-write-full" = "debug-write-full",
): number {
  const device = deviceOf(firmware.ops(0));
  const entry = readFeatures((request, responseCapacity) =>
    device.rpc({ scope: "configuration", request, responseCapacity }).data
  ).find((each) => each.uuid === uuid);
  assert(entry);
  const request = concatBytes(setFeatureHeader(entry, data.length), data);
  return retvalOf(device.rpc({ scope, request, responseCapacity: 16 }).data);
}

Deno.test("the kernel probes it and lists the standard features as read only", () => {
  const device = deviceOf(memory().firmware.ops(0));
  const entries = readFeatures((request, responseCapacity) =>
    device.rpc({ scope: "configuration", request, responseCapacity }).data
  );
  assertEquals(entries.length, 17);
  assertEquals(
    entries.filter(({ exclusive }) => exclusive).map(({ setSize, flags }) =>
      setSize | flags & 1
    ),
    [0, 0, 0, 0],
  );
  assertEquals(memory().firmware.ops(1), -ERRNO.ENODEV);
});

Deno.test("a device without vendor features or without feature commands has no fwctl device", () => {
  const options: PlainObject[] = [
    { features: [] },
    { commands: "none" },
  ];
  for (const option of options) {
    assertEquals(memory(option).firmware.ops(0), -ERRNO.ENODEV);
  }
  // Without Set Feature the kernel refuses it by errno.
  const { firmware } = memory({ commands: "read-only" });
  assertThrows(() => rpcSet(firmware, VENDOR(1), new Uint8Array(8)));
});

Deno.test("an immediate change is in force at once and saved", () => {
  const { firmware } = memory();
  assertEquals(rpcSet(firmware, VENDOR(2), fromHex("4b5a")), 0);
  const values = [0, 1, 2].map((selection) =>
    get(firmware, VENDOR(2), { selection }).out
  );
  assertEquals(values, ["4b5a", "5055", "4b5a"]);
});

Deno.test("a change that waits for a reset is saved, and in force after that reset alone", () => {
  for (
    const [number, data, kind, others] of [
      [5, "0201", "cold", ["conventional", "cxl"]],
      [6, "ffeeddcc", "conventional", ["cxl"]],
      [7, "02", "cxl", ["conventional"]],
    ] as const
  ) {
    const { firmware } = memory();
    const uuid = VENDOR(number);
    const before = get(firmware, uuid).out;
    assertEquals(rpcSet(firmware, uuid, fromHex(data), "debug-write"), 0);
    assertEquals(get(firmware, uuid).out, before);
    for (const other of others) firmware.reset(other);
    assertEquals(get(firmware, uuid).out, before);
    firmware.reset(kind);
    assertEquals(get(firmware, uuid).out, data);
  }
});

Deno.test("what is not saved is gone after a cold reset", () => {
  const { firmware } = memory();
  assertEquals(set(firmware, VENDOR(2), "0102", { flags: 0 }), 0);
  assertEquals(get(firmware, VENDOR(2)).out, "0102");
  firmware.reset("cold");
  assertEquals(get(firmware, VENDOR(2)).out, "5055");
});

Deno.test("a value longer than the mailbox goes in parts, through the kernel too", () => {
  const { firmware } = memory();
  const data = new Uint8Array(1200).map((_, i) => i * 7);
  assertEquals(rpcSet(firmware, VENDOR(3), data), 0);
  assertEquals(toHex(firmware.store(VENDOR(3))?.value(0) ?? data), toHex(data));
  const device = deviceOf(firmware.ops(0));
  const read = device.rpc({
    scope: "configuration",
    request: getFeature(VENDOR(3), 1200),
    responseCapacity: getCapacity(1200),
  });
  assertEquals(toHex(read.data.subarray(8, 1208)), toHex(data));
});

Deno.test("a transfer keeps its order and locks out every other feature", () => {
  const { firmware } = memory();
  const part = (flags: number, offset: number, data = "aa".repeat(4)): number =>
    set(firmware, VENDOR(3), data, { flags: flags | 8, offset });
  const before = get(firmware, VENDOR(3)).code;
  assertEquals(before, 0);
  assertEquals(part(2, 0), RC.FEATURETRANSFEROOO, "continue without begin");
  assertEquals(part(3, 0), RC.FEATURETRANSFEROOO, "finish without begin");
  assertEquals(part(4, 0), RC.FEATURETRANSFEROOO, "abort without begin");
  assertEquals(part(1, 0), 0);
  assertEquals(get(firmware, VENDOR(3)).code, RC.FEATURETRANSFERIP);
  assertEquals(set(firmware, VENDOR(1), "00"), RC.FEATURETRANSFERIP);
  assertEquals(get(firmware, VENDOR(1)).code, 0, "others can be read");
  assertEquals(part(2, 8), RC.FEATURETRANSFEROOO, "a hole");
  assertEquals(part(2, 4), 0);
  assertEquals(part(5, 8), RC.INPUT, "no such action");
  assertEquals(part(3, 8), 0);
  assertEquals(
    get(firmware, VENDOR(3), { count: 13 }).out,
    `${"aa".repeat(12)}ff`,
  );
  assertEquals(part(1, 0, "bb"), 0);
  assertEquals(part(4, 0, "bb"), 0);
  assertEquals(get(firmware, VENDOR(3), { count: 1 }).out, "aa", "aborted");
  assertEquals(part(1, 0, "bb"), 0);
  firmware.reset("cold");
  assertEquals(set(firmware, VENDOR(2), "0101"), 0, "a reset ends it");
});

Deno.test("what the specification refuses is refused with its return code", () => {
  const { firmware } = memory({
    features: [
      { uuid: COLD, size: 4, flags: ["changeable"], writable: "ff00ff00" },
      { uuid: VENDOR(6), size: 2, flags: [] },
    ],
  });
  assertEquals(get(firmware, VENDOR(9)).code, RC.UNSUPPORTED);
  assertEquals(set(firmware, VENDOR(9), "00"), RC.UNSUPPORTED);
  assertEquals(set(firmware, VENDOR(6), "0000"), RC.UNSUPPORTED);
  assertEquals(get(firmware, COLD, { selection: 1 }).code, RC.FEATURESELVALUE);
  assertEquals(get(firmware, COLD, { selection: 2 }).code, RC.FEATURESELVALUE);
  assertEquals(get(firmware, COLD, { selection: 3 }).code, RC.FEATURESELVALUE);
  assertEquals(get(firmware, COLD, { offset: 1 }).code, RC.INPUT);
  assertEquals(
    set(firmware, COLD, "00000000", { version: 2 }),
    RC.FEATUREVERSION,
  );
  assertEquals(set(firmware, COLD, "0000000000"), RC.INPUT);
  assertEquals(set(firmware, COLD, "00", { offset: 4 }), RC.INPUT);
  assertEquals(set(firmware, COLD, ""), RC.PAYLOADLEN);
  assertEquals(set(firmware, COLD, "01010101"), RC.INPUT, "a reserved bit");
  assertEquals(set(firmware, COLD, "01000100"), 0);
  assertEquals(send(firmware, 0x501, "00").code, RC.PAYLOADLEN);
  assertEquals(send(firmware, 0x500, "00").code, RC.PAYLOADLEN);
  assertEquals(
    send(firmware, 0x500, `04000000${"00".repeat(4)}`).code,
    RC.INPUT,
  );
  assertEquals(send(firmware, 0x4400, "").code, RC.UNSUPPORTED);
});

Deno.test("faults strike the nth command, not what the kernel asks at probe", () => {
  const { firmware, unplugged } = memory({
    faults: [
      { request: "*", nth: 1, status: 6 },
      { request: "SET_FEATURE", nth: 1, errno: "ETIMEDOUT", executes: true },
      { request: "get feature", nth: 2, corrupt: { byte: 0, xor: 1 } },
      { request: 0x501, nth: 3, truncate: 1, unplug: true },
    ],
  });
  assert(typeof firmware.ops(0) === "object");
  const read = () => get(firmware, VENDOR(2));
  assertEquals(read().code, 6);
  assertEquals(read().out, "5155");
  assertEquals(read().out, "5000");
  assertEquals(unplugged, [0]);
  assertEquals(read().out, "5055");
  // The kernel gives 0 for a write that may have been lost, or not.
  assertEquals(rpcSet(firmware, VENDOR(2), fromHex("0102")), 0);
  assertEquals(read().out, "0102");
});

Deno.test("a scenario's mistake is named by its key path", () => {
  for (
    const [firmware, words] of [
      [{ mailboxSize: 100 }, "firmware.mailboxSize"],
      [{ standard: ["patrolscrub"] }, "firmware.standard[0] names no"],
      [{ features: [{}] }, "firmware.features[0].uuid"],
      [{ features: [{ uuid: COLD }] }, "firmware.features[0].size is missing"],
      [
        { features: [{ uuid: COLD, size: 2, current: "00" }] },
        "features[0].current must be 2 bytes",
      ],
      [
        { features: [{ uuid: COLD, size: 1, effects: ["config-now"] }] },
        "features[0].effects[0] is not known",
      ],
      [
        { features: [{ uuid: COLD, size: 1 }, { uuid: COLD, size: 1 }] },
        "twice",
      ],
      [{ faults: [{ request: "SET_FEATUR" }] }, 'did you mean "SET_FEATURE"'],
      [{ faults: [{ request: "*", status: 70000 }] }, "faults[0].status"],
      [{ type: "stub", size: 1 }, "firmware.size"],
      [{ fetures: [] }, "firmware.fetures is not known"],
    ] as const
  ) {
    const error = assertThrows(() => memory(firmware), ModelError);
    assert(error.message.includes(words), `${error.message} / ${words}`);
  }
  const stub = modelDriver.create({
    firmware: { type: "stub", features: true },
    at: "devices[0]",
  } as unknown as ScenarioDevice);
  assert(stub instanceof StubFunctions);
});

Deno.test("a saved device restored is the same device, whatever was done to it", () => {
  const uuid = fc.constantFrom(...[1, 2, 3, 5, 6, 7].map(VENDOR));
  const step = fc.oneof(
    fc.record({
      uuid,
      data: fc.uint8Array({ minLength: 1, maxLength: 8 }),
      flags: fc.integer({ min: 0, max: 15 }),
      offset: fc.integer({ min: 0, max: 8 }),
    }),
    fc.constantFrom("cold", "conventional", "cxl"),
  );
  const run = (
    firmware: CxlFirmware,
    steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
  ): string =>
    steps.map((one) => {
      if (typeof one === "string") {
        firmware.reset(one as "cold");
        return one;
      }
      const { uuid, data, flags, offset } = one;
      return set(firmware, uuid, toHex(data), { flags, offset }) +
        [0, 1, 2].map((selection) => {
          const { code, out } = get(firmware, uuid, { selection });
          return `${code}${out}`;
        }).join();
    }).join();
  const options = { faults: [{ request: "SET_FEATURE", nth: 4, status: 6 }] };
  fc.assert(fc.property(
    fc.array(step, { maxLength: 12 }),
    fc.array(step, { maxLength: 12 }),
    (before, after) => {
      const { firmware } = memory(options);
      run(firmware, before);
      const copy = memory(options).firmware;
      copy.restore(JSON.parse(JSON.stringify(firmware.save())));
      assertEquals(copy.save(), firmware.save());
      assertEquals(run(copy, after), run(firmware, after));
    },
  ));
  assertEquals(memory().firmware.save(), {});
});

Deno.test("a wrong state is refused whole", () => {
  const { firmware } = memory();
  set(firmware, VENDOR(2), "0102");
  const kept = firmware.save();
  const states: PlainData[] = [
    null,
    { feature: {} },
    { features: { [VENDOR(2)]: { current: "00" } } },
    { features: { [VENDOR(99)]: {} } },
    { features: { [VENDOR(1)]: { current: "00".repeat(8) } }, transfer: {} },
    { transfer: { uuid: VENDOR(1), offset: 0, saved: true, data: "0" } },
    { features: { [VENDOR(2)]: { current: "0000" } }, faults: [1] },
  ];
  for (const state of states) {
    assertThrows(() => firmware.restore(state), ModelError);
    assertEquals(firmware.save(), kept, JSON.stringify(state));
  }
});

Deno.test("any mailbox size carries any feature", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 256, max: 4096 }),
      fc.integer({ min: 1, max: 9000 }),
      (mailboxSize, size) => {
        const { firmware } = memory({
          mailboxSize,
          features: [{ uuid: COLD, size }],
        });
        const data = new Uint8Array(size).map((_, i) => i + size);
        assertEquals(rpcSet(firmware, COLD, data), 0);
        assertEquals(
          toHex(firmware.store(COLD)?.value(2) ?? data),
          toHex(data),
        );
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("random commands at the mailbox are answered, never thrown at", () => {
  const { firmware } = memory();
  const uuids = [1, 3, 5, 99].map((number) => uuidBytes(VENDOR(number)));
  fc.assert(
    fc.property(
      fc.constantFrom(0x500, 0x501, 0x502, 0x4400),
      fc.constantFrom(...uuids),
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 0, max: 600 }),
      (opcode, uuid, rest, room) => {
        const payload = concatBytes(
          opcode === 0x500 ? new Uint8Array(0) : uuid,
          rest,
        );
        const { code, ret } = send(firmware, opcode, toHex(payload), room);
        assertEquals(ret, 0);
        assert(code >= 0 && code <= 30);
      },
    ),
    { numRuns: 2000 },
  );
  // And it still works.
  assert(typeof cxlKernelOps(firmware) === "object");
  assert(newRequest(0x500, new Uint8Array(8)).length === 24);
});
