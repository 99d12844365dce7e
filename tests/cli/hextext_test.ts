/** The hex that people paste, and what is refused rather than guessed. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { toHex } from "../../lib/bytes.ts";
import { isFwctlError, UsageError } from "../../lib/errors.ts";
import { hexdump } from "../../lib/view/hexdump.ts";
import { hexText } from "../../lib/cli/hextext.ts";
import { noiseOf, random } from "../hostile.ts";

const BYTES = new Uint8Array(56).map((_, i) => i < 40 ? 0 : (i * 37) & 255);
BYTES.set([0xff, 0xf1, 0x0c, 0x2a]);
BYTES.set([0x61, 0x62, 0x3a, 0x20, 0x63, 0x7c], 48);

function same(text: string): void {
  assertEquals(toHex(hexText(text).bytes), toHex(BYTES), text);
}

function groups(size: number, between: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < BYTES.length; at += 16) {
    const digits = toHex(BYTES.subarray(at, at + 16));
    lines.push(
      (digits.match(new RegExp(`.{1,${size * 2}}`, "g")) ?? []).join(between),
    );
  }
  return lines;
}

function ascii(at: number): string {
  return Array.from(
    BYTES.subarray(at, at + 16),
    (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
  ).join("");
}

const offset = (at: number, digits: number, radix = 16): string =>
  at.toString(radix).padStart(digits, "0");

Deno.test("plain digits in any grouping are the bytes", () => {
  same(toHex(BYTES));
  same(`0x${toHex(BYTES)}`);
  same(groups(1, " ").join("\n"));
  same(groups(1, ":").join(":"));
  same(groups(4, " ").join("\r\n"));
  same(groups(1, ", ").map((line) => `${line},`).join("\n"));
  same([...BYTES].map((byte) => `0x${offset(byte, 2)}`).join(", "));
  same([...BYTES].map((byte) => `\\x${offset(byte, 2)}`).join(""));
  same(
    groups(4, " ").map((line) => line.replaceAll(/\b(?=\w)/g, "0x")).join(" "),
  );
});

Deno.test("dumps of xxd, with their text beside", () => {
  const xxd = (size: number, width: number): string =>
    groups(size, " ").map((line, i) =>
      `${offset(i * 16, 8)}: ${line.padEnd(width)}  ${ascii(i * 16)}`
    ).join("\n");
  same(xxd(2, 39));
  same(xxd(1, 47));
  same(xxd(4, 35));
});

Deno.test("hexdump -C, with a gap, repeated lines and the last offset", () => {
  const lines = groups(1, " ").map((line, i) =>
    `${offset(i * 16, 8)}  ${
      `${line.slice(0, 23)}  ${line.slice(24)}`.padEnd(48)
    }  |${ascii(i * 16)}|`
  );
  same([...lines, "00000038"].join("\n"));
  const zeros = "00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00";
  const folded = `00000000  ${zeros}  |................|\n*\n00000040\n`;
  assertEquals(hexText(folded).bytes, new Uint8Array(64));
});

Deno.test("od in bytes, the kernel's dumps, and our own", () => {
  const bytes = groups(1, " ");
  same(bytes.map((line, i) => `${offset(i * 16, 6)} ${line}`).join("\n"));
  same(
    [...bytes.map((line, i) => `${offset(i * 16, 7, 8)} ${line}`), "0000070"]
      .join("\n"),
  );
  same(
    groups(4, " ").map((line, i) =>
      `[   12.345678] mlx5_core 0000:3b:00.0: ${offset(i * 16, 3)}: ${line}`
    ).join("\n"),
  );
  same(
    bytes.map((line, i) => `${offset(i * 16, 8)}: ${line}  ${ascii(i * 16)}`)
      .join("\n"),
  );
  same(hexdump(BYTES));
  const long = new Uint8Array(4096);
  long.set([1, 2, 3], 4090);
  assertEquals(hexText(hexdump(long)).bytes, long);
});

Deno.test("mstreg's list of words", () => {
  const words = toHex(BYTES).match(/.{8}/g) ?? [];
  same([
    "Address    | Data",
    "=======================",
    ...words.map((word, i) => `0x${offset(i * 4, 8)} | 0x${word}`),
    "=======================",
  ].join("\n"));
});

Deno.test("what a dump leaves out ends it, and is said", () => {
  const { bytes, notes } = hexText("01 02 03 04\n...\n05 06\n");
  assertEquals([...bytes], [1, 2, 3, 4]);
  assert(notes[0]?.includes("line 2"), String(notes));
});

Deno.test("nothing is guessed: each line that does not fit is named", () => {
  const bad: readonly [string, string][] = [
    ["00 0g", 'Line 1 of the hex has "g"'],
    ["00 1", "Line 1 of the hex has 3 digits"],
    [
      "00000000: 0001\n00000004: 0203",
      "Line 2 of the hex is at offset 0x4, and 0x2 is next",
    ],
    ["00000010: 0001 0203", "the dump must begin at 0"],
    ["0000000 f1ff 2a0c", "bytes stand swapped"],
    ["000000 2a0cf1ff", "bytes stand swapped"],
    ["00000000: 00\n*\n", "not how often"],
    ["00000000  00 00 00\n*\n00000004", "does not lead to offset"],
    ["00000000  00\n*\nffffffff", "does not lead to offset"],
    ["00000000: 00\nhello", "is no line of a dump"],
    ["status: 0x0 (0)", "no hex digit"],
  ];
  for (const [text, message] of bad) {
    assertThrows(() => hexText(text), UsageError, message);
  }
});

Deno.test("any text gives bytes or a typed error", () => {
  const next = random(77);
  const words = [
    "00",
    "0000",
    "00000000",
    ":",
    " ",
    "  ",
    "\n",
    "*",
    "...",
    "|",
    "0x",
    "ff",
    "00000010",
    "g",
    "0000000",
  ];
  let good = 0;
  for (let run = 0; run < 5000; run++) {
    let text = "";
    for (let i = next() % 24; i >= 0; i--) text += words[next() % words.length];
    if (run % 10 === 0) {
      text = new TextDecoder().decode(noiseOf(next, next() % 200));
    }
    try {
      hexText(text);
      good++;
    } catch (error) {
      assert(isFwctlError(error), `${JSON.stringify(text)}: ${error}`);
    }
  }
  assert(good > 100 && good < 5000, `${good}`);
});
