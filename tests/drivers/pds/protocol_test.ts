import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  decodeInfo,
  frame,
  isProbe,
  probeMessage,
  retvalOf,
  rpcMessage,
} from "../../../drivers/pds/protocol.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { DecodeError, UsageError } from "../../../lib/errors.ts";

function view(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

Deno.test("a flat message and its framed form say the same, whatever the payloads", () => {
  fc.assert(fc.property(
    fc.nat(0xffffffff),
    fc.nat(0xffffffff),
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(300),
    fc.nat(0xffffffff),
    (ep, op, payload, room, retval) => {
      const flat = rpcMessage(ep, op, payload);
      const framed = frame(flat, 48 + room);
      const head = view(framed.request);
      assertEquals(framed.request.length, 48);
      assertEquals(framed.capacity, 48);
      assertEquals(
        [head.getUint32(0, true), head.getUint32(4, true)],
        [op, ep],
      );
      assertEquals(
        [head.getUint32(12, true), head.getUint32(36, true)],
        [payload.length, room],
      );
      assertEquals(
        framed.references.map(({ at, buffer }) => [at, buffer.length]),
        [[16, payload.length], [40, room]].filter(([, length]) => length !== 0),
      );
      const given = framed.references.find(({ at }) => at === 16);
      if (given) assertEquals(given.buffer, new Uint8Array(payload));
      assertEquals(isProbe(framed.request), false);
      // The kernel echoes the struct with addresses in it; the firmware fills the buffer.
      framed.references.find(({ at }) => at === 40)?.buffer.fill(0x5a);
      const echo = framed.request.slice();
      view(echo).setBigUint64(16, 0x7fff00001000n, true);
      view(echo).setBigUint64(40, 0x7fff00002000n, true);
      view(echo).setUint32(24, retval, true);
      const response = framed.unframe(echo);
      assertEquals(response.length, 48 + room);
      assertEquals(retvalOf(response), retval);
      assertEquals(view(response).getBigUint64(16, true), 0n);
      assertEquals(view(response).getBigUint64(40, true), 0n);
      assert(response.subarray(48).every((byte) => byte === 0x5a));
    },
  ));
});

Deno.test("a message that cannot be framed is refused with the reason", () => {
  const flat = rpcMessage(1, 2, Uint8Array.of(1, 2, 3));
  const set = (offset: number, value: number, of = flat) => {
    const copy = of.slice();
    view(copy).setUint32(offset, value, true);
    return copy;
  };
  for (
    const [message, room, words] of [
      [new Uint8Array(47), 48, "47 bytes is shorter"],
      [flat, 47, "Room for 47 bytes"],
      [flat, Number.NaN, "Room for NaN bytes"],
      [set(16, 1), 48, "in.payload of a pds message is an address"],
      [set(20, 1), 48, "in.payload of a pds message is an address"],
      [set(44, 1), 48, "out.payload of a pds message is an address"],
      [set(12, 4), 48, "in.len of the pds message is 4"],
      [set(36, 7), 48 + 8, "out.len of the pds message is 7"],
    ] as const
  ) {
    assertThrows(() => frame(message, room), UsageError, words);
  }
  assertEquals(frame(set(12, 3), 48).references.length, 1);
  assertEquals(frame(set(36, 8), 56).references.length, 2);
});

Deno.test("a probe goes out with a NULL payload and without the scope that stood in it", () => {
  const probe = probeMessage(0x20, 4, 2);
  assert(isProbe(probe));
  const framed = frame(probe, 48);
  assertEquals(framed.references, []);
  assert(isProbe(framed.request));
  const head = view(framed.request);
  assertEquals([8, 12, 16, 20].map((at) => head.getUint32(at, true)), [
    0,
    1,
    0,
    0,
  ]);
});

Deno.test("the kernel's empty info is nothing known, not zero capabilities", () => {
  assertEquals(decodeInfo(new Uint8Array(0)), {});
  assertEquals(decodeInfo(Uint8Array.of(1, 0, 0, 0)), { uctx_caps: 1 });
  assertThrows(() => decodeInfo(new Uint8Array(3)), DecodeError);
});
