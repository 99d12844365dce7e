import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ModelError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { allowList } from "../../../drivers/mlx5/tables/allow_list.ts";
import { card, change, field, query } from "./firmware_fixture.ts";

const EREMOTEIO = -121;

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes).replace(/\0+$/, "");
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/** ACCESS_REG: op_mod 1 reads. */
function register(id: number, opMod: number, data = ""): string {
  return `0805000000000${hex(opMod, 3)}0000${hex(id, 4)}00000000${data}`;
}

Deno.test("contexts get the lowest free uid, and the capabilities they ask for", () => {
  const { send } = card();
  const create = (cap: number) =>
    send(`0a040000${"00".repeat(12)}${hex(cap, 8)}${"00".repeat(44)}`, 16);
  assertEquals(create(4).out[11], 1);
  assertEquals(create(0).out[11], 2);
  assertEquals(send("0a0600000000000000000001" + "00000000", 16).status, 0);
  assertEquals(create(4).out[11], 1);
  assertEquals(create(0x100).status, 3);
  const unknown = query(0, false);
  unknown[3] = 9;
  assertEquals(send(unknown, 4112).status, 3);
});

Deno.test("MGIR tells version and PSID where the vendor's tools look", () => {
  const { send } = card({ type: "connectx-7", firmwareVersion: "28.99.1234" });
  const { out, status } = send(register(0x9020, 1, "00".repeat(160)), 176);
  assertEquals(status, 0);
  const view = new DataView(out.buffer, 16);
  assertEquals(
    [view.getUint32(0x44), view.getUint32(0x48), view.getUint32(0x4c)],
    [28, 99, 1234],
  );
  assertEquals(ascii(out.subarray(16 + 0x30, 16 + 0x40)), "MT_0000000838");
  assertEquals(view.getUint16(2), 0x1021);
});

Deno.test("a register keeps what was written, and VFs may not write", () => {
  const { send } = card();
  const data = "0102030405060708";
  assertEquals(send(register(0x5018, 0, data), 24).status, 0);
  const read = send(register(0x5018, 1, "00".repeat(8)), 24);
  assertEquals(read.out.subarray(16, 24).toHex(), data);
  assertEquals(send(register(0x5018, 0, data), 24, 1).status, 3);
  assertEquals(send(register(0x5018, 2, data), 24).status, 3);
});

Deno.test("nvconfig: a write changes next, not current, and MNVDI takes it back", () => {
  const { send } = card();
  const read = (mode: number) => {
    const header = hex((mode << 22 | 12) >>> 0, 8);
    const data = `${header}0000008000000000${"00".repeat(256)}`;
    return send(register(0x9024, 1, data), 284).out.subarray(28, 40).toHex();
  };
  const factory = read(2);
  assertEquals(read(0), factory);
  const next = "ff".repeat(12);
  const write = `0000000c0000008000000000${next}${"00".repeat(244)}`;
  assertEquals(send(register(0x9024, 0, write), 284).status, 0);
  assertEquals([read(0), read(1), read(2)], [next, factory, factory]);
  assertEquals(
    send(register(0x9025, 0, "000000000000008000000000"), 28).status,
    0,
  );
  assertEquals(read(0), factory);
  const unknown = send(
    register(0x9024, 1, `00000000deadbeef${"00".repeat(260)}`),
    284,
  );
  assertEquals(unknown.status, 5);
});

Deno.test("QUERY_VUID gives the PF's, one VF's or all VFs' ids", () => {
  const { send } = card();
  const one = send("0b220000000000000000000000000012", 192);
  assertEquals(one.out[63], 1);
  assertEquals(ascii(one.out.subarray(64, 192)), "MT2042X14523MLNXS0D0F0VF1");
  const all = send("0b220000000000000000000080000000", 64 + 4 * 128);
  assertEquals(all.out[63], 4);
  assertEquals(
    ascii(all.out.subarray(64 + 3 * 128)),
    "MT2042X14523MLNXS0D0F0VF4",
  );
  // Not all fit: the number still is of all.
  const few = send("0b220000000000000000000080000000", 64 + 128);
  assertEquals([few.status, few.out[63]], [0, 4]);
});

Deno.test("QUERY_ESW_FUNCTIONS tells the host's VFs in both versions", () => {
  const { send } = card();
  const v0 = send("07400000000000000000000000000000", 128).out;
  assertEquals([v0[19], v0[21], v0[23]], [4, 8, 0x3b]);
  const v1 = send("07400000000040000000000000000000", 80).out;
  assertEquals([v1[12], v1[19], v1[21], v1[22]], [1, 4, 8, 0x3b]);
  assertEquals(send("07400000000000010000000000000000", 80).status, 3);
});

Deno.test("QUERY_ADAPTER, QUERY_ISSI and QUERY_VHCA_STATE answer", () => {
  const { send } = card();
  const adapter = send("01010000000000000000000000000000", 272).out;
  assertEquals(ascii(adapter.subarray(256)), "MT_0000000359");
  const issi = send("010a0000000000000000000000000000", 112).out;
  assertEquals([issi[11], issi[111]], [1, 3]);
  const state = (id: number) =>
    send(`0b0d000000000000000000${hex(id, 2)}00000000`, 32).out[17];
  assertEquals([0, 1, 3, 4].map(state), [3, 1, 3, 3]);
});

Deno.test("a command the firmware does not know is BAD_OP with a syndrome", () => {
  const { send } = card();
  const answer = send("07310000000000000000000000000000", 16);
  assertEquals([answer.ret, answer.status], [EREMOTEIO, 2]);
  assert(answer.syndrome !== 0);
});

Deno.test("save gives only what differs, and restore takes it back exactly", () => {
  const fixture = card();
  const fresh = fixture.functions.save();
  assertEquals(fresh, {});
  change(fixture, "cmd_hca_cap", 0, 1, { log_max_qp: 9, roce: 0 });
  fixture.send(register(0x5018, 0, "0102"), 18);
  const saved = fixture.functions.save();
  const text = JSON.stringify(saved);
  assert(text.length < 200, text);
  const other = card();
  other.functions.restore(JSON.parse(text));
  assertEquals(JSON.stringify(other.functions.save()), text);
  assertEquals(field(other, "cmd_hca_cap", "log_max_qp", 0, 1), 9);
  other.functions.restore(fresh);
  assertEquals(field(other, "cmd_hca_cap", "log_max_qp", 0, 1), 17);
});

Deno.test("a state that does not fit is a ModelError", () => {
  const wrong: PlainData[] = [
    null,
    [],
    { more: 1 },
    { caps: { "9.0": [] } },
    { caps: { "1.999": [] } },
    { caps: { "1.0": [[255, "0000"]] } },
    { caps: { "1.0": [["0", "00"]] } },
    { caps: { "1.0": [[0, "0"]] } },
    { registers: { raw: { "12345": "00" } } },
    { registers: { raw: { "1": "00".repeat(300) } } },
    { registers: { nvconfig: { "00000080": { current: "00", next: "00" } } } },
    { faults: [1, 2] },
  ];
  for (const state of wrong) {
    assertThrows(
      () => card().functions.restore(state),
      ModelError,
      undefined,
      JSON.stringify(state),
    );
  }
});

Deno.test("any state at all is taken or refused with a ModelError", () => {
  fc.assert(
    fc.property(
      fc.record({
        caps: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(
            fc.constantFrom("1.0", "4.32", "2.3", "x"),
            fc.jsonValue(),
          ),
        ),
        registers: fc.jsonValue(),
        faults: fc.jsonValue(),
      }, { requiredKeys: [] }),
      (state) => {
        try {
          card().functions.restore(state as PlainData);
        } catch (error) {
          assert(error instanceof ModelError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("any request gets a header that is one: no exception, no odd errno", () => {
  const opcodes = [...allowList().keys(), 0xa04, 0xa06, 0x80d];
  const fixture = card();
  fc.assert(
    fc.property(
      fc.constantFrom(...opcodes),
      fc.nat(0xffff),
      fc.uint8Array({ minLength: 8, maxLength: 300 }),
      fc.integer({ min: 16, max: 4200 }),
      fc.nat(4),
      fc.nat(4112),
      (opcode, opMod, rest, outLength, from, inLength) => {
        const request = new Uint8Array(Math.max(16, inLength));
        request.set(rest.subarray(0, request.length - 8), 8);
        const view = new DataView(request.buffer);
        view.setUint16(0, opcode);
        view.setUint16(6, opMod & (rest[0] ?? 0) % 2 ? opMod & 0x4f : opMod);
        const answer = fixture.send(request, outLength, from);
        assertEquals(answer.ret, answer.status === 0 ? 0 : EREMOTEIO);
        assertEquals(answer.out.length, outLength);
        assertEquals([...answer.out.subarray(1, 4)], [0, 0, 0]);
        if (answer.status !== 0) {
          assert(answer.syndrome !== 0);
          // A refused command answers nothing but its header.
          assert(answer.out.subarray(16).every((byte) => byte === 0));
        }
      },
    ),
    { numRuns: 5000 },
  );
});
