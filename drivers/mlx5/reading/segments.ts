/**
 * The segments of a resource dump, one behind the other, and the menu that says
 * which there are.
 *
 * Layouts: `resource_dump_*_segment` of mlx5_ifc.h; the types of segments as the
 * vendor's mlx5ctl names them.
 *
 * @module
 */
import { fieldOf, readField } from "../../../lib/bits/mod.ts";
import { layoutBytes } from "../../../lib/bits/layout.ts";
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { DecodeError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { readU16, readU32 } from "../protocol.ts";
import { layout } from "../tables/ifc.ts";
import { asText } from "./fields.ts";

/** Types of segments that are not resources. */
const SEGMENTS: Readonly<Record<number, string>> = {
  0xfff9: "NOTICE",
  0xfffa: "COMMAND",
  0xfffb: "TERMINATE",
  0xfffc: "ERROR",
  0xfffd: "REFERENCE",
  0xfffe: "INFO",
  0xffff: "MENU",
};

/** One segment. */
export interface Segment {
  /** Its type. */
  readonly type: number;
  /** The name of its type, or "" for a resource. */
  readonly kind: string;
  /** Where it starts, in bytes. */
  readonly offset: number;
  /** Its bytes, header and all. */
  readonly bytes: Bytes;
}

/**
 * Splits a dump into its segments; the first word of each is its length in
 * words of 32 bits and its type.
 *
 * @throws `DecodeError` when a length cannot be, unless the dump was cut
 */
export function segments(data: Bytes, cut: boolean): Segment[] {
  const found: Segment[] = [];
  let at = 0;
  while (at < data.length) {
    const length = readU16(data, at) * 4;
    const type = readU16(data, at + 2);
    if (length < 4 || at + length > data.length) {
      if (cut) break;
      throw new DecodeError(
        `Segment 0x${
          type.toString(16)
        } at byte ${at} has ${length} bytes, there are ${data.length - at}`,
        { hint: "Read it again; if it stays, check the firmware version" },
      );
    }
    found.push({
      type,
      kind: SEGMENTS[type] ?? "",
      offset: at,
      bytes: data.slice(at, at + length),
    });
    if (type === 0xfffb) break;
    at += length;
  }
  return found;
}

/** One thing the menu offers. */
export interface MenuRecord {
  /** Type of its segment. */
  readonly type: number;
  /** Its name: `FULL_QPC`. */
  readonly name: string;
  /** What the indexes are, and whether they are needed: `QPN`, "" when there is none. */
  readonly index1: string;
  /** The same for the second. */
  readonly index2: string;
  /** Which indexes must be given. */
  readonly needed:
    readonly ("index1" | "index2" | "num_of_obj1" | "num_of_obj2")[];
  /** Which of the numbers of objects can be given. */
  readonly counts: readonly ("num_of_obj1" | "num_of_obj2")[];
}

/** The records of a menu segment; as many as its bytes hold. */
export function menuRecords({ bytes }: Segment): MenuRecord[] {
  const struct = layout("resource_dump_menu_record");
  const size = layoutBytes(struct);
  const start = layoutBytes(layout("resource_dump_menu_segment"));
  if (bytes.length < start) return [];
  const count = Math.min(
    readU16(bytes, 6),
    Math.floor((bytes.length - start) / size),
  );
  return Array.from({ length: count }, (_, i) => {
    const record = bytes.subarray(start + i * size, start + (i + 1) * size);
    const flag = (name: string): boolean =>
      readField(struct, record, name) === 1;
    const text = (name: string): string => {
      const at = fieldOf(struct, name).offset / 8;
      return asText(record.subarray(at, at + 16));
    };
    return {
      type: readField(struct, record, "segment_type"),
      name: text("segment_name"),
      index1: flag("support_index1") ? text("index1_name") : "",
      index2: flag("support_index2") ? text("index2_name") : "",
      needed: (["index1", "index2", "num_of_obj1", "num_of_obj2"] as const)
        .filter((name) => flag(`must_have_${name}`)),
      counts: (["num_of_obj1", "num_of_obj2"] as const)
        .filter((name) => flag(`support_${name}`)),
    };
  });
}

/** A segment as plain data: what is public of it, and the rest as hex digits. */
export function segmentRow(
  { type, kind, offset, bytes }: Segment,
  nameOf: (type: number) => string,
): PlainObject {
  const word = (at: number): number => readU32(bytes, at);
  const row: PlainObject = {
    offset,
    type: `0x${type.toString(16).padStart(4, "0")}`,
    name: kind || nameOf(type) || "resource",
    bytes: bytes.length,
  };
  if (kind === "" && bytes.length >= 16) {
    return {
      ...row,
      index1: word(8),
      index2: word(12),
      payload: toHex(bytes.subarray(16)),
    };
  }
  if (kind === "INFO" && bytes.length >= 16) {
    return {
      ...row,
      dump_version: bytes[7] ?? 0,
      hw_version: word(8),
      fw_version: word(12),
    };
  }
  if (kind === "COMMAND" && bytes.length >= 20) {
    return {
      ...row,
      segment_called: `0x${readU16(bytes, 4).toString(16).padStart(4, "0")}`,
      vhca_id: readU16(bytes, 6),
      index1: word(8),
      index2: word(12),
      num_of_obj1: readU16(bytes, 16),
      num_of_obj2: readU16(bytes, 18),
    };
  }
  if ((kind === "ERROR" || kind === "NOTICE") && bytes.length >= 16) {
    return {
      ...row,
      syndrome: `0x${readU16(bytes, 6).toString(16)}`,
      text: asText(bytes.subarray(16)),
    };
  }
  return kind === "MENU" || kind === "TERMINATE"
    ? row
    : { ...row, payload: toHex(bytes.subarray(4)) };
}
