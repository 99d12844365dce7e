/** The modelled card: what it remembers, what it refuses, and the faults of a scenario. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { PdsFirmware } from "../../../drivers/pds/firmware.ts";
import { RC } from "../../../drivers/pds/firmware/execute.ts";
import { driver } from "../../../drivers/pds/mod.ts";
import { ModelError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";

const models = await driver.loadModel();

function card(firmware: PlainObject = {}) {
  const unplugged: number[] = [];
  const functions = models.create({
    driver: "pds",
    kernelDriver: "pds_core",
    pci: "0000:b5:00.0",
    pciId: "1dd8:100c",
    net: [],
    infiniband: [],
    totalVfs: 0,
    vfs: [],
    firmware,
    at: "devices[0]",
    unplug: (id) => unplugged.push(id),
  });
  assert(functions instanceof PdsFirmware);
  const rpc = (ep: number, op: number, request: number[], room = 64) => {
    const resp = new Uint8Array(room);
    const result = functions.rpc({
      ep,
      op,
      req: Uint8Array.from(request),
      resp,
    });
    return {
      result: typeof result === "number" ? result : result.err,
      resp,
    };
  };
  return { functions, rpc, unplugged };
}

Deno.test("a log level is remembered by module, in both versions of the request", () => {
  const { rpc } = card();
  assertEquals(rpc(2, 0x10002, [1, 3]).result, 0);
  assertEquals([...rpc(2, 1, [1]).resp.subarray(0, 2)], [1, 3]);
  assertEquals([...rpc(2, 1, [2]).resp.subarray(0, 2)], [2, 2]);
  assertEquals(rpc(2, 2, [0]).result, 0);
  assertEquals([...rpc(2, 1, [1]).resp.subarray(0, 2)], [1, 0]);
  assertEquals(rpc(2, 0x20002, [1, 3]).result, RC.EOPCODE);
});

Deno.test("counters grow with every request and start again when cleared", () => {
  const { rpc } = card();
  const frames = () =>
    new DataView(rpc(0x20, 2, [0]).resp.buffer).getUint32(0, true);
  assertEquals([frames(), frames()], [1000, 2000]);
  assertEquals(rpc(0x20, 3, [0]).result, 0);
  assertEquals(frames(), 1000);
  assertEquals(rpc(0x20, 2, [2]).result, RC.ENOENT);
});

Deno.test("bad payloads are refused and change nothing", () => {
  const { rpc, functions } = card();
  assertEquals(
    [
      rpc(2, 0x10002, [1]).result,
      rpc(2, 0x10002, [1, 4]).result,
      rpc(2, 0x10002, [9, 1]).result,
      rpc(1, 3, [0]).result,
      rpc(0x20, 4, [0, 0, 0, 0]).result,
      rpc(0x40, 2, [1, 0, 0, 0, 1, 0, 0, 0]).result,
      rpc(0x20, 4, [0, 0, 1, 0], 3).result,
      rpc(1, 0xff000001, []).result,
      rpc(7, 1, []).result,
    ],
    [
      RC.EINVAL,
      RC.EINVAL,
      RC.EINVAL,
      RC.EINVAL,
      RC.EINVAL,
      RC.ERANGE,
      RC.ENOSPC,
      RC.EOPCODE,
      RC.EOPCODE,
    ],
  );
  const { requests: _, ...rest } = functions.state.save();
  const { requests: __, ...fresh } = card().functions.state.save();
  assertEquals(rest, fresh);
});

Deno.test("what was done is saved and restored, and a factory reset forgets settings only", () => {
  const { rpc, functions } = card();
  rpc(1, 3, [2]);
  rpc(0x20, 4, [1, 0, 100, 0]);
  rpc(0x40, 2, [0x10, 0, 0, 0, 0xef, 0xbe, 0xad, 0xde]);
  const other = card();
  other.functions.restore(JSON.parse(JSON.stringify(functions.save())));
  assertEquals(other.functions.save(), functions.save());
  assertEquals([...other.rpc(1, 2, [], 68).resp.subarray(0, 2)], [1, 2]);
  assertEquals(
    [...other.rpc(0x40, 1, [0x10, 0, 0, 0]).resp.subarray(0, 4)],
    [0xef, 0xbe, 0xad, 0xde],
  );
  assertEquals(other.rpc(1, 5, []).result, 0);
  assertEquals([...other.rpc(1, 2, [], 68).resp.subarray(0, 2)], [1, 1]);
  assertEquals(other.functions.state.flaps, [0, 1]);
});

Deno.test("a hostile state is refused with its key path and changes nothing", () => {
  const { functions } = card();
  const before = functions.save();
  for (
    const [state, words] of [
      [3, "state of pds is 3"],
      [{ cards: {} }, "state of pds.cards is not known"],
      [{ card: { levels: [0, 0, 0], flaps: [1] } }, "flaps has 1 items"],
      [{
        card: { levels: [0, 0, 0], flaps: [0, 0], cleared: [0, 0], x: 1 },
      }, "card.x is not known"],
      [{ card: { levels: [4, 0, 0] } }, "levels[0]"],
      [{ card: { levels: [1, 0, 0], flaps: [0, 0], bootSlot: 4 } }, "bootSlot"],
      [{
        card: {
          levels: [0, 0, 0],
          flaps: [0, 0],
          cleared: [0, 0],
          registers: [[1]],
        },
      }, "registers[0]"],
      [
        { card: { levels: [0, 0, 0], flaps: [0, 0], cleared: [1, 0] } },
        "cleared[0]",
      ],
    ] as const
  ) {
    assertThrows(
      () => functions.restore(state as unknown as PlainObject),
      ModelError,
      words,
    );
    assertEquals(functions.save(), before);
  }
});

Deno.test("faults strike by name and number: refusals, errnos, unplugs, short and wrong answers", () => {
  const { rpc, unplugged, functions } = card({
    faults: [
      { request: "port.flap", status: 0x1234 },
      { request: "0x2/0x2", errno: "ETIMEDOUT", executes: true },
      { request: "system.get_info", truncate: 4, unplug: true },
      { request: "port.get_status", corrupt: { byte: 0, xor: 1 } },
    ],
  });
  assertEquals(rpc(0x20, 4, [0, 0, 1, 0]).result, 0x1234);
  assertEquals(functions.state.flaps, [0, 0]);
  assertEquals(rpc(0x20, 4, [0, 0, 1, 0]).result, 0);
  assertEquals(rpc(2, 0x10002, [1, 3]).result, -ERRNO.ETIMEDOUT);
  assertEquals(functions.state.levels[0], 3);
  const info = rpc(1, 1, []);
  assertEquals([info.result, unplugged], [0, [0]]);
  assert(info.resp.subarray(4).every((byte) => byte === 0));
  assertEquals(rpc(0x20, 1, [0]).resp[0], 0x22);
  assertEquals(rpc(0x20, 1, [0]).resp[0], 0x23);
});

Deno.test("a scenario's mistakes are refused with their key path", () => {
  for (
    const [firmware, words] of [
      [{ type: "pensandoo" }, 'did you mean "pensando"'],
      [{ port: 2 }, 'firmware.port is not known; did you mean "ports"'],
      [{ ports: 9 }, "firmware.ports is 9"],
      [{ version: "\u001b[31m" }, "must be printable"],
      [{ serial: "x".repeat(16) }, "at most 15"],
      [
        { faults: [{ request: "port.flip" }] },
        'firmware.faults[0].request names no operation; did you mean "port.flap"?',
      ],
      [{ faults: [{ request: 7 }] }, "faults[0].request is not an operation"],
      [{ type: "stub", ports: 1 }, "firmware.ports is not known"],
    ] as const
  ) {
    assertThrows(() => card(firmware), ModelError, words);
  }
});
