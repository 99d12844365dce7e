/**
 * One line of a recording, checked member by member.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { FileStat } from "../host/host.ts";
import { ObjectReader, refuse } from "../model/reader.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import {
  flag,
  hex,
  hexOrNothing,
  integer,
  missing,
  moment,
  MOST_BUFFER,
  object,
  objects,
  refusal,
  text,
  texts,
} from "./read_values.ts";
import {
  type Exchange,
  type IoctlExchange,
  MOST_BYTES,
  MOST_LINES,
  MOST_POINTERS,
  MOST_TEXT,
  type RecordedBuffer,
  type RecordedPointer,
} from "./types.ts";

/** Most bytes of an ioctl's struct: its number has 14 bits for the size. */
const MOST_ARG = 16 << 10;
const OPS = [
  "open",
  "close",
  "ioctl",
  "readFile",
  "list",
  "readLink",
  "instance",
  "exists",
  "stat",
  "kernelLog",
] as const;

/** Reads an exchange. @throws `ModelError` naming the key that is wrong */
export function readExchange(data: PlainData, at: string): Exchange {
  const reader = new ObjectReader(data, at);
  const op = reader.choice("op", OPS) ?? missing(reader, "op");
  const t = moment(reader, "t");
  const exchange = read(reader, op, t);
  reader.end();
  return exchange;
}

function read(
  reader: ObjectReader,
  op: typeof OPS[number],
  t: number,
): Exchange {
  if (op === "ioctl") return readIoctl(reader, t);
  if (op === "close") return { op, t, node: node(reader) };
  if (op === "exists") {
    return { op, t, path: path(reader), got: flag(reader, "got") };
  }
  const refused = refusal(reader);
  if (op === "kernelLog") {
    const got = refused ?? texts(reader, "got", MOST_LINES, 2 * MOST_TEXT);
    return { op, t, got };
  }
  const of = path(reader);
  switch (op) {
    case "open":
      return { op, t, path: of, got: refused ?? node(reader) };
    case "list": {
      const got = refused ?? texts(reader, "got", MOST_LINES);
      return { op, t, path: of, got };
    }
    case "readFile":
      return {
        op,
        t,
        path: of,
        limit: reader.integer("limit") ?? null,
        got: refused ?? content(reader),
      };
    case "stat":
      return { op, t, path: of, got: refused ?? object(reader, "got", stat) };
    default:
      return { op, t, path: of, got: refused ?? text(reader, "got") };
  }
}

function path(reader: ObjectReader): string {
  return text(reader, "path");
}

function stat(reader: ObjectReader): FileStat {
  const u32 = (key: string): number =>
    integer(reader, key, { max: 2 ** 32 - 1 });
  return {
    mode: u32("mode"),
    uid: u32("uid"),
    gid: u32("gid"),
    major: u32("major"),
    minor: u32("minor"),
  };
}

function node(reader: ObjectReader): number {
  return integer(reader, "node", { min: 1, max: MOST_LINES });
}

function content(reader: ObjectReader): Bytes {
  const value = reader.raw("text");
  if (value === undefined) return hex(reader, "hex", MOST_BYTES / 2);
  if (typeof value !== "string") refuse(reader.path("text"), "must be text");
  return new TextEncoder().encode(value);
}

function readIoctl(reader: ObjectReader, t: number): IoctlExchange {
  const arg = hex(reader, "arg", MOST_ARG);
  const argAfter = hexOrNothing(reader, "argAfter", MOST_ARG);
  if (argAfter && argAfter.length !== arg.length) {
    refuse(reader.path("argAfter"), "must be as long as arg");
  }
  const buffers = objects(reader, "buffers", MOST_POINTERS, readBuffer);
  return {
    op: "ioctl",
    t,
    us: integer(reader, "us"),
    node: node(reader),
    cmd: integer(reader, "cmd", { max: 2 ** 32 - 1 }),
    value: integer(reader, "value", { min: -4095, max: 2 ** 31 - 1 }),
    arg,
    ...(argAfter ? { argAfter } : {}),
    pointers: objects(
      reader,
      "pointers",
      MOST_POINTERS,
      (item) => readPointer(item, buffers.length),
    ),
    buffers,
  };
}

function readPointer(reader: ObjectReader, buffers: number): RecordedPointer {
  const most = { max: buffers - 1 };
  return {
    holder: reader.raw("holder") === null
      ? null
      : integer(reader, "holder", most),
    at: integer(reader, "at", { max: MOST_BUFFER }),
    buffer: integer(reader, "buffer", most),
  };
}

function readBuffer(reader: ObjectReader): RecordedBuffer {
  const length = integer(reader, "length", { max: MOST_BUFFER });
  const before = hex(reader, "before", length);
  const after = hexOrNothing(reader, "after", length);
  return { length, before, ...(after ? { after } : {}) };
}

/** Whether a line is the end of a recording. */
export function isEnd(data: PlainData): boolean {
  return isPlainObject(data) && Object.hasOwn(data, "end");
}
