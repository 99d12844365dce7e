/**
 * Resource dump of the modelled firmware: register 0xC000.
 *
 * Assumption: the menu's entries are those the vendor's mlx5ctl shows of a real
 * card, a part of them; what is in a segment is made up. A dump is a segment
 * INFO, the command called, the resource and TERMINATE; the pieces are told
 * apart by seq_num and device_opaque.
 *
 * @module
 */
import { encode, readBigBits, readField } from "../../../lib/bits/mod.ts";
import { fieldOf } from "../../../lib/bits/layout.ts";
import { type Bytes, concatBytes } from "../../../lib/bytes.ts";
import { writeU16 } from "../protocol.ts";
import { DUMP_SEGMENTS } from "../tables/dump_segments.ts";
import { layout } from "../tables/ifc.ts";
import { put32, STAT, SYNDROME } from "./command.ts";

/** Register id. */
export const RES_DUMP = 0xc000;

const MENU = 0xffff;

/** Bytes of a resource by its segment's type. */
const RESOURCE_BYTES: Readonly<Record<number, number>> = {
  0x0002: 256,
  0x1000: 512,
  0x1001: 1024,
  0x2001: 2048,
  0x3001: 2048,
  0x4000: 256,
  0x1040: 64,
};

/** Type, name, names of the indexes ("" is none), bytes of a resource. */
const SEGMENTS = DUMP_SEGMENTS.map(([type, name, index1, index2]) =>
  [type, name, index1, index2, RESOURCE_BYTES[type] ?? 128] as const
);

/** Segments whose first index may be left out. */
const OPTIONAL: ReadonlySet<number> = new Set([0x1040]);

/** What is refused, as a register access answers. */
type Refusal = { readonly status: number; readonly syndrome: number };

/**
 * Answers a read in place.
 *
 * @param data the register's data, request and answer
 */
export function resourceDump(
  data: Bytes,
  version: readonly [number, number, number],
): Refusal | undefined {
  const struct = layout("resource_dump");
  const get = (name: string): number => readField(struct, data, name);
  const type = get("segment_type");
  const known = SEGMENTS.find(([each]) => each === type);
  if (type !== MENU && !known) {
    return { status: STAT.BAD_PARAM, syndrome: SYNDROME.NO_TLV };
  }
  if (get("inline_dump") === 0) {
    // Only what can be answered inline goes through fwctl: there is no memory key.
    return { status: STAT.BAD_PARAM, syndrome: SYNDROME.OP_MOD };
  }
  const index = get("index1");
  const whole = concatBytes(
    info(version),
    called(type, get("vhca_id"), index, get("index2")),
    type === MENU ? menu() : resource(type, index, get("index2"), known?.[4]),
    segment(0xfffb, new Uint8Array()),
  );
  const opaque = fieldOf(struct, "device_opaque").offset;
  const first = get("more_dump") === 0;
  const start = first ? 0 : Number(readBigBits(data, opaque, 64));
  if (start > whole.length || start % 4 !== 0) {
    return { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV };
  }
  const inline = fieldOf(struct, "inline_data");
  const piece = whole.subarray(start, start + inline.width / 8);
  const end = start + piece.length;
  const more = end < whole.length;
  const answer = encode(struct, {
    more_dump: more,
    seq_num: (get("seq_num") + 1) % 16,
    device_opaque: BigInt(end),
    size: piece.length,
  }, data);
  answer.fill(0, inline.offset / 8, (inline.offset + inline.width) / 8);
  answer.set(piece, inline.offset / 8);
  data.set(answer.subarray(0, data.length));
  return undefined;
}

function segment(type: number, body: Uint8Array): Bytes {
  const bytes = new Uint8Array(4 + body.length);
  writeU16(bytes, 0, bytes.length / 4);
  writeU16(bytes, 2, type);
  bytes.set(body, 4);
  return bytes;
}

function info([major, minor, sub]: readonly [number, number, number]): Bytes {
  const body = new Uint8Array(12);
  body[3] = 1;
  put32(body, 4, 0x0212);
  put32(body, 8, major * 0x1000000 + minor * 0x10000 + sub);
  return segment(0xfffe, body);
}

function called(
  type: number,
  vhcaId: number,
  index1: number,
  index2: number,
): Bytes {
  const body = new Uint8Array(16);
  writeU16(body, 0, type);
  writeU16(body, 2, vhcaId);
  put32(body, 4, index1);
  put32(body, 8, index2);
  return segment(0xfffa, body);
}

function menu(): Bytes {
  const record = layout("resource_dump_menu_record");
  const body = concatBytes(
    Uint8Array.of(0, 0, SEGMENTS.length >> 8, SEGMENTS.length),
    ...SEGMENTS.map(([type, name, first, second]) => {
      const bytes = encode(record, {
        segment_type: type,
        support_index1: first !== "",
        must_have_index1: first !== "" && !OPTIONAL.has(type),
        support_index2: second !== "",
        support_num_of_obj2: second !== "",
        num_of_obj2_supports_all: second !== "",
      });
      putName(bytes, fieldOf(record, "segment_name").offset / 8, name);
      putName(bytes, fieldOf(record, "index1_name").offset / 8, first || "N/A");
      putName(
        bytes,
        fieldOf(record, "index2_name").offset / 8,
        second || "N/A",
      );
      return bytes;
    }),
  );
  return segment(MENU, body);
}

function resource(
  type: number,
  index1: number,
  index2: number,
  length = 64,
): Bytes {
  const body = new Uint8Array(12 + length);
  put32(body, 4, index1);
  put32(body, 8, index2);
  for (let i = 0; i < length; i += 4) put32(body, 12 + i, type * 0x10000 + i);
  return segment(type, body);
}

function putName(bytes: Bytes, at: number, name: string): void {
  for (let i = 0; i < Math.min(16, name.length); i++) {
    bytes[at + i] = name.charCodeAt(i);
  }
}
