/** Tar and gzip: what is written is read by others, what is read may be anything. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Bytes } from "../../lib/bytes.ts";
import { gunzip, gzip } from "../../lib/bundle/gzip.ts";
import { type Member, readTar, writeTar } from "../../lib/bundle/tar.ts";
import { DecodeError, UsageError } from "../../lib/errors.ts";
import { Folder } from "../cli/fwctl.ts";

const PATH = fc.stringMatching(
  /^[a-z0-9][a-z0-9._-]{0,20}(\/[a-z0-9]{1,9}){0,2}$/,
);
const DATA = fc.uint8Array({ maxLength: 1200 }) as fc.Arbitrary<Bytes>;
const MEMBERS = fc.uniqueArray(
  fc.tuple(PATH, DATA).map(([path, data]) => ({ path, data })),
  { maxLength: 8, selector: ({ path }) => path },
);

function text(value: string): Bytes {
  return new TextEncoder().encode(value);
}

Deno.test("what is written is read back, in order of paths, whatever order it came in", () => {
  fc.assert(
    fc.property(MEMBERS, (members) => {
      const bytes = writeTar(members, 0);
      assertEquals(writeTar(members.toReversed(), 0), bytes);
      assertEquals(
        readTar(bytes),
        members.toSorted((a, b) => a.path < b.path ? -1 : 1),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("the system's tar unpacks it", async () => {
  using folder = new Folder();
  const members: Member[] = [
    { path: "manifest.json", data: text("{}\n") },
    { path: `devices/${"x".repeat(85)}.json`, data: text("y".repeat(1025)) },
    { path: "empty", data: text("") },
  ];
  const file = folder.file("b.tar.gz", await gzip(writeTar(members, 86_400)));
  const run = async (...args: string[]) => {
    const { stdout, stderr, success } = await new Deno.Command("tar", {
      args: [...args, file, "-C", folder.path],
      env: { TZ: "UTC" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    assertEquals(new TextDecoder().decode(stderr), "");
    return new TextDecoder().decode(stdout);
  };
  assert((await run("-tvzf")).includes("1970-01-02 00:00"));
  await run("-xzf");
  for (const { path, data } of members) {
    assertEquals(Deno.readFileSync(`${folder.path}/${path}`), data);
  }
});

Deno.test("paths that lead elsewhere, are long or there twice are not written", () => {
  for (
    const path of [
      "../x",
      "/x",
      "a/../b",
      "",
      "a//b",
      "A",
      "a b",
      "x".repeat(101),
      ".x",
    ]
  ) {
    assertThrows(() => writeTar([{ path, data: text("") }], 0), UsageError);
  }
  const twice = { path: "a", data: text("") };
  assertThrows(() => writeTar([twice, twice], 0), UsageError);
});

/** A header of one member with some of its bytes changed, and the checksum made right. */
function forged(change: (block: Bytes) => void, resum = true): Bytes {
  const bytes = writeTar([{ path: "a.json", data: text("{}") }], 0);
  change(bytes);
  if (resum) {
    bytes.set(text("        "), 148);
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bytes.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  }
  return bytes;
}

const FORGERIES: readonly (readonly [string, Bytes])[] = [
  ["a link", forged((block) => block[156] = 0x32)],
  ["a folder", forged((block) => block[156] = 0x35)],
  ["a path upwards", forged((block) => block.set(text("../../x\0"), 0))],
  ["an absolute path", forged((block) => block.set(text("/etc/x\0"), 0))],
  ["a prefix", forged((block) => block.set(text("etc"), 345))],
  [
    "a size beyond the end",
    forged((block) => block.set(text("77777777777"), 124)),
  ],
  ["a size in base 256", forged((block) => block.set([0x80, 0, 0, 0xff], 124))],
  ["a wrong checksum", forged((block) => block[0] = 0x62, false)],
  ["another format", forged((block) => block.set(text("gnutar"), 257))],
  ["something behind the end", forged((block) => block[block.length - 1] = 1)],
];

for (const [what, bytes] of FORGERIES) {
  Deno.test(`an archive with ${what} is refused`, () => {
    assertThrows(() => readTar(bytes), DecodeError);
  });
}

Deno.test("the same member twice is refused", () => {
  const one = writeTar([{ path: "a", data: text("1") }], 0).subarray(0, 1024);
  const both = new Uint8Array([...one, ...one, ...new Uint8Array(1024)]);
  assertThrows(() => readTar(both), DecodeError, "twice");
});

Deno.test("any bytes, and any change of an archive, is read or refused as a DecodeError", () => {
  const whole = writeTar([
    { path: "a.json", data: text("{}") },
    { path: "b/c.json", data: text("x".repeat(700)) },
  ], 0);
  const attempt = (bytes: Bytes): void => {
    try {
      readTar(bytes);
    } catch (error) {
      assert(error instanceof DecodeError, String(error));
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1600 }), (bytes) => {
      attempt(bytes as Bytes);
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.nat(255),
      fc.nat(whole.length),
      (at, value, end) => {
        const changed = whole.slice();
        changed[at] = value;
        attempt(changed);
        attempt(whole.slice(0, end));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("gzip is the same for the same bytes, and is read back", async () => {
  const bytes = text("fwctl ".repeat(9999));
  const packed = await gzip(bytes);
  assertEquals(await gzip(bytes), packed);
  assertEquals(await gunzip(packed), bytes);
});

Deno.test("a small file that unpacks to endless zeros stops at the limit", async () => {
  const bomb = await gzip(new Uint8Array(32 << 20));
  assert(bomb.length < 64 << 10);
  await assertRejects(() => gunzip(bomb, 1 << 20), DecodeError, "1048576");
});

Deno.test("what is no gzip, cut, or followed by more is refused", async () => {
  const packed = await gzip(text("x".repeat(5000)));
  const flipped = packed.slice();
  flipped[packed.length - 6] = (flipped[packed.length - 6] ?? 0) ^ 1;
  for (
    const bytes of [
      text(""),
      text("PK\x03\x04"),
      packed.slice(0, -3),
      packed.slice(0, 12),
      flipped,
    ]
  ) {
    await assertRejects(() => gunzip(bytes), DecodeError);
  }
});
