import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isFwctlError, ModelError } from "../../../lib/errors.ts";
import {
  decodeFrame,
  encodeFrame,
  frameLength,
} from "../../../lib/model/served/wire.ts";

Deno.test("a frame brings back what was put in", () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((key) => key !== "buffers"),
        fc.string(),
      ),
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
      (head, list) => {
        const buffers = list.map((bytes) => new Uint8Array(bytes));
        const frame = encodeFrame({ head, buffers });
        assertEquals(frameLength(frame) + 4, frame.length);
        const decoded = decodeFrame(frame.slice(4));
        assertEquals(JSON.stringify(decoded.head), JSON.stringify(head));
        assertEquals(decoded.buffers, buffers);
      },
    ),
  );
});

Deno.test("any bytes are a message or a typed error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeFrame(new Uint8Array(bytes));
      } catch (error) {
        assert(isFwctlError(error), String(error));
      }
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("absurd lengths are refused before anything is read", () => {
  for (const length of [0, 3, 0xffffffff, (16 << 20) + 1]) {
    const first = new Uint8Array(4);
    new DataView(first.buffer).setUint32(0, length, true);
    assertThrows(() => frameLength(first), ModelError, "bytes long");
  }
});
