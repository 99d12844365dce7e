/** Messages as Linux writes them, byte by byte, and our answers. */
import { assert, assertEquals } from "@std/assert";
import { fromHex, toHex } from "../../lib/bytes.ts";
import {
  type CuseRequest,
  decodeRequest,
  errorReply,
  initReply,
  ioctlReply,
  openReply,
  retryReply,
} from "../../lib/cuse/protocol.ts";
import { MANY, noiseOf, random, RUNS } from "../hostile.ts";
import { message, OP, words } from "./kernel_side.ts";

/** What Linux 7.3.4 wrote to a server, from the opening to an FWCTL_INFO. */
const RECORDED = {
  init: "38000000" + "00100000" + "0200000000000000" + "0000000000000000" +
    "00000000" + "00000000" + "4d000000" + "0000" + "0000" +
    "070000002e0000000000000001000000",
  open: "30000000" + "0e000000" + "0400000000000000" + "0000000000000000" +
    "00000000" + "00000000" + "77000000" + "0000" + "0000" +
    "0280000000000000",
  ioctl: "48000000" + "27000000" + "0600000000000000" + "0000000000000000" +
    "00000000" + "00000000" + "77000000" + "0000" + "0000" +
    "0100000000000000" + "02000000" + "009a0000" + "20cff4c9ff7f0000" +
    "00000000" + "00000000",
  round: "60000000" + "27000000" + "0800000000000000" + "0000000000000000" +
    "00000000" + "00000000" + "77000000" + "0000" + "0000" +
    "0100000000000000" + "02000000" + "009a0000" + "20cff4c9ff7f0000" +
    "18000000" + "00000000" +
    "180000000000000000000000000000000000000000000000",
} as const;

Deno.test("the messages of Linux 7.3.4 are read as they were meant", () => {
  assertEquals(decodeRequest(fromHex(RECORDED.init)), {
    kind: "init",
    unique: 2n,
    pid: 77,
    minor: 46,
    fits: true,
  });
  assertEquals(decodeRequest(fromHex(RECORDED.open)), {
    kind: "open",
    unique: 4n,
    pid: 0x77,
    flags: 0x8002,
  });
  const ioctl = {
    kind: "ioctl",
    pid: 0x77,
    fh: 1n,
    flags: 2,
    cmd: 0x9a00,
    arg: 0x7fffc9f4cf20n,
    out_size: 0,
  } as const;
  assertEquals(decodeRequest(fromHex(RECORDED.ioctl)), {
    ...ioctl,
    unique: 6n,
    data: new Uint8Array(),
  });
  assertEquals(decodeRequest(fromHex(RECORDED.round)), {
    ...ioctl,
    unique: 8n,
    data: fromHex("180000000000000000000000000000000000000000000000"),
  });
});

Deno.test("answers have the kernel's layout", () => {
  const asker = { unique: 6n, pid: 1 };
  assertEquals(
    toHex(errorReply(asker, -38)),
    "10000000" + "daffffff" + "0600000000000000",
  );
  assertEquals(
    toHex(openReply(asker, 5n)),
    "20000000" + "00000000" + "0600000000000000" + "0500000000000000" +
      "0000000000000000",
  );
  assertEquals(
    toHex(ioctlReply(asker, -14, fromHex("abcd"))),
    "22000000" + "00000000" + "0600000000000000" + "f2ffffff" + "00000000" +
      "00000000" + "00000000" + "abcd",
  );
  assertEquals(
    toHex(
      retryReply(asker, [{ address: 0x7fff00001000n, length: 24 }], [
        { address: 1n, length: 2 },
      ]),
    ),
    "40000000" + "00000000" + "0600000000000000" + "00000000" + "04000000" +
      "01000000" + "01000000" + "00100000ff7f0000" + "1800000000000000" +
      "0100000000000000" + "0200000000000000",
  );
  assertEquals(
    toHex(initReply({ ...asker, minor: 46 }, {
      name: "fwctl/fwctl3",
      major: 249,
      minor: 3,
    })),
    "6d000000" + "00000000" + "0600000000000000" + "07000000" + "24000000" +
      "00000000" + "01000000" + "00100000" + "00100000" + "f9000000" +
      "03000000" + "00".repeat(40) +
      toHex(new TextEncoder().encode("DEVNAME=fwctl/fwctl3\0")),
  );
});

Deno.test("a CUSE that cannot do what is needed is told apart", () => {
  const fits = (...body: number[]) => {
    const request = decodeRequest(message(OP.INIT, 2n, words(...body)));
    return request?.kind === "init" && request.fits;
  };
  assert(fits(7, 16, 0, 1));
  assert(!fits(7, 15, 0, 1), "older iovecs");
  assert(!fits(8, 0, 0, 1), "another protocol");
  assert(!fits(7, 46, 0, 0), "no free ioctls");
});

Deno.test("extensions after the body are no part of it", () => {
  const extended = message(OP.OPEN, 2n, words(2, 0, 0xffff, 0xffff));
  new DataView(extended.buffer).setUint16(36, 1, true);
  assertEquals(decodeRequest(extended)?.kind, "open");
  new DataView(extended.buffer).setUint16(36, 99, true);
  assertEquals(decodeRequest(extended)?.kind, "broken");
});

Deno.test(`${MANY} hostile messages are answered or dropped, never believed`, () => {
  const next = random(0xc05e);
  const kinds: Record<string, number> = {};
  const samples = Object.values(RECORDED).map((hex) => fromHex(hex));
  for (let run = 0; run < RUNS; run++) {
    const sample = samples[next() % samples.length] ?? new Uint8Array();
    const noise = noiseOf(next, next() % 200);
    let bytes = noise;
    if (run % 2) {
      bytes = sample.slice(0, next() % 4 ? sample.length : next() % 96);
      for (let i = 0; i < next() % 4; i++) {
        bytes[next() % Math.max(1, bytes.length)] = next();
      }
      // Half of them have a length that fits.
      if (next() % 2 && bytes.length >= 4) {
        new DataView(bytes.buffer).setUint32(0, bytes.length, true);
      }
    }
    const request: CuseRequest | undefined = decodeRequest(bytes);
    kinds[request?.kind ?? "dropped"] =
      (kinds[request?.kind ?? "dropped"] ?? 0) + 1;
    if (request?.kind === "ioctl") {
      assert(request.data.length <= bytes.length - 72);
      assert(request.out_size <= 128 << 10);
    }
  }
  for (const kind of ["dropped", "broken", "unknown", "ioctl", "open"]) {
    assert((kinds[kind] ?? 0) > 0, `no ${kind} in ${JSON.stringify(kinds)}`);
  }
});
