/**
 * Single steps at random: what is wrong with them is of any kind of device.
 *
 * @module
 */
import { toHex } from "../../../lib/bytes.ts";
import { OPEN } from "../../../lib/model/vfs.ts";
import { FWCTL_INFO, FWCTL_RPC } from "../../../lib/uapi/fwctl.ts";
import type { Fields } from "./case.ts";
import type { Random } from "./random.ts";
import type { Request } from "./requests/request.ts";

/** What a program opens a device with. */
export const USUAL_FLAGS = OPEN.O_RDWR | OPEN.O_CLOEXEC;
const INFO_BYTES = 24;
const RPC_BYTES = 32;
const MAX_RPC_LEN = 2 << 20;

/** Flags of open(2): mostly the usual ones. */
export function openFlags(random: Random): number {
  switch (random.below(10)) {
    case 0:
      return random.below(4);
    case 1:
      return random.pick(Object.values(OPEN)) | random.below(4);
    case 2:
      return (random.pick(Object.values(OPEN)) |
        random.pick(Object.values(OPEN)) |
        random.pick([0, 0, 0o1000, 0o2000])) |
        random.below(4);
    default:
      return USUAL_FLAGS;
  }
}

/** The struct's size word, and bytes behind the known part. */
function sizeOf(random: Random, known: number): Fields {
  switch (random.below(24)) {
    case 0:
      return { size: random.pick([0, 1, 8, known - 8, known - 1, 23, 31]) };
    case 1:
      return { size: known + random.pick([1, 7, 8, 64, 4064, 4096, 5000]) };
    case 2:
      return {
        size: known + random.between(1, 40),
        tail: random.pick(["00", "01", "0000000001", "000000000000000080"]),
      };
    case 3:
      // A megabyte is looked through for these, unless the tail ends it.
      if (!random.oneIn(8)) return { size: known, tail: "ff" };
      return {
        size: random.pick([0x100000, 0x100001, 0x7fffffff, 0xffffffff]),
        ...(random.oneIn(2) ? { tail: "ff" } : {}),
      };
    default:
      return { size: known };
  }
}

/** A pointer that may go wrong. */
function wild(random: Random): string {
  switch (random.below(6)) {
    case 0:
      return random.pick(["null", "unmapped", "ro", "1", "0x7ffffffff000"]);
    case 1:
      return random.pick([
        "0xffff888000000000",
        "0x8000000000000000",
        "0xffffffffffffffff",
        "0x7fffffffefff",
      ]);
    case 2:
      return `${random.pick(["in", "out", "struct", "data", "ro", "out2"])}-${
        random.between(1, 80)
      }`;
    default:
      return `${random.pick(["in", "out", "struct", "data", "in2", "out2"])}+${
        random.below(80)
      }`;
  }
}

function pointer(random: Random, usual: string): string {
  return random.oneIn(5) ? wild(random) : usual;
}

/** FWCTL_INFO. */
export function infoStep(random: Random, fd: number): Fields {
  return {
    op: "info",
    fd,
    ...sizeOf(random, INFO_BYTES),
    flags: random.oneIn(10) ? random.pick([1, 0x80000000, random.u32()]) : 0,
    type: random.oneIn(4) ? random.u32() : 0,
    len: random.oneIn(100)
      ? random.pick([65536, 65537, 0x400000, 0xffffffff])
      : random.pick([0, 1, 3, 4, 5, 7, 8, 8, 9, 16, 100, 4096]),
    ptr: pointer(random, "data"),
    ...(random.oneIn(8) ? { at: wild(random) } : {}),
  };
}

/** The ioctl around a request. */
export function rpcStep(random: Random, fd: number, request: Request): Fields {
  const { bytes, second } = request;
  return {
    op: "rpc",
    fd,
    ...sizeOf(random, RPC_BYTES),
    scope: random.oneIn(25)
      ? random.pick([4, 5, 0x80000000, 0xffffffff, random.u32()])
      : random.below(4),
    in_len: lengthOf(random, request.in_len ?? bytes.length),
    out_len: lengthOf(random, request.out_len),
    inPtr: pointer(random, "in"),
    outPtr: pointer(random, "out"),
    in: toHex(bytes),
    ...(second ? { in2: toHex(second.in2), out2_len: second.out2_len } : {}),
    ...(random.oneIn(12) ? { at: wild(random) } : {}),
  };
}

function lengthOf(random: Random, usual: number): number {
  if (!random.oneIn(40)) return usual;
  // The large ones cost as much as a hundred others.
  return random.oneIn(8)
    ? random.pick([MAX_RPC_LEN, MAX_RPC_LEN - 1, 1 << 20, 100_000])
    : random.pick([0, 1, 7, MAX_RPC_LEN + 1, 0x80000000, 0xffffffff]);
}

/** Numbers of the file layer, whose answers do not depend on other descriptors. */
const FILE_IOCTLS = [
  ...[0x2, 0x5421, 0x5450, 0x5451, 0x5452, 0xc0045877, 0xc0045878],
  ...[
    0xc020660b,
    0x40086602,
    0x80086601,
    0x401c5820,
    0x801c581f,
    0x541b,
    0x5460,
  ],
] as const;

/** Any ioctl number. */
export function rawStep(random: Random, fd: number): Fields {
  return {
    op: "raw",
    fd,
    cmd: rawNumber(random),
    arg: random.oneIn(2) ? "struct" : wild(random),
    struct_in: random.pick([
      "",
      "01000000",
      random.hex(32),
      "1800000000000000",
      "20000000020000001000000010000000",
    ]),
  };
}

function rawNumber(random: Random): number {
  const known = random.pick([FWCTL_INFO, FWCTL_RPC]);
  switch (random.below(5)) {
    case 0:
      return random.pick(FILE_IOCTLS);
    case 1:
      return known;
    case 2:
      return (known ^ 1 << random.below(32)) >>> 0;
    case 3:
      return 0x9a00 + random.below(256);
    default:
      // Never one of the numbers that name another descriptor.
      return (random.u32() & 0xffff00ff | 0x9b00) >>> 0;
  }
}
