/**
 * Resource dump: register 0xC000 read in pieces.
 *
 * A read carries the segment wanted, its indexes and inline_dump; the answer has
 * up to 208 bytes of inline_data, a `size` in bytes, and more_dump while there
 * is more. What the device returned as sequence number, indexes, numbers of
 * objects and device_opaque goes into the next read. Layout: `resource_dump` of
 * mlx5_ifc.h.
 *
 * @module
 */
import {
  encode,
  fieldOf,
  readBigBits,
  readField,
} from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { DecodeError } from "../../../lib/errors.ts";
import type { Channel } from "../../driver.ts";
import { layout } from "../tables/ifc.ts";
import { findRegister, readRegisterData } from "./registers.ts";

/** Register id. */
export const RES_DUMP = 0xc000;
/** The segment that lists all others. */
export const MENU_SEGMENT = 0xffff;

/** What is dumped. */
export interface DumpRequest {
  /** Type of the segment. */
  readonly segment: number;
  /** First index, such as a QP's number. */
  readonly index1?: number | undefined;
  /** Second index. */
  readonly index2?: number | undefined;
  /** How many from the first index on; 0xffff is all, 0xfffe the active ones. */
  readonly num_of_obj1?: number | undefined;
  /** The same for the second. */
  readonly num_of_obj2?: number | undefined;
  /** Of another function. */
  readonly vhca_id?: number | undefined;
}

/** What came. */
export interface Dumped {
  /** All segments one behind the other. */
  readonly data: Bytes;
  /** Reads it took. */
  readonly reads: number;
  /** Whether the device had more than the limit. */
  readonly cut: boolean;
}

/**
 * Dumps until the device has no more, or `limit` bytes are there.
 *
 * @throws `DecodeError` when the device answers what cannot be
 */
export function dump(
  channel: Channel,
  request: DumpRequest,
  limit: number,
): Dumped {
  const struct = layout("resource_dump");
  const register = findRegister("RES_DUMP");
  const room = fieldOf(struct, "inline_data").width / 8;
  const start = fieldOf(struct, "inline_data").offset / 8;
  const opaque = fieldOf(struct, "device_opaque").offset;
  const data = new Uint8Array(limit);
  let at = 0;
  let reads = 0;
  let empty = 0;
  let ask = encode(struct, {
    inline_dump: 1,
    segment_type: request.segment,
    index1: request.index1 ?? 0,
    index2: request.index2 ?? 0,
    num_of_obj1: request.num_of_obj1 ?? 0,
    num_of_obj2: request.num_of_obj2 ?? 0,
    vhca_id: request.vhca_id ?? 0,
  });
  while (true) {
    const answer = readRegisterData(channel, register, ask);
    reads++;
    const get = (name: string): number => readField(struct, answer, name);
    const size = get("size");
    if (size > room || size % 4 !== 0) {
      throw wrong(channel, `a piece of ${size} bytes, at most ${room} fit`);
    }
    const piece = answer.subarray(start, start + size);
    data.set(piece.subarray(0, limit - at), at);
    at = Math.min(limit, at + size);
    const more = get("more_dump") === 1;
    if (!more) break;
    if (at >= limit) return { data, reads, cut: true };
    // A device that only says there is more must not keep us for ever.
    empty = size === 0 ? empty + 1 : 0;
    if (empty > 16) throw wrong(channel, "16 empty pieces one after the other");
    const before = readField(struct, ask, "seq_num");
    const sequence = get("seq_num");
    if (sequence !== (before + 1) % 16) {
      throw wrong(
        channel,
        `piece ${sequence} where ${(before + 1) % 16} is due`,
      );
    }
    ask = encode(struct, {
      more_dump: 1,
      seq_num: sequence,
      index1: get("index1"),
      index2: get("index2"),
      num_of_obj1: get("num_of_obj1"),
      num_of_obj2: get("num_of_obj2"),
      device_opaque: readBigBits(answer, opaque, 64),
    }, ask);
  }
  return { data: data.slice(0, at), reads, cut: false };
}

function wrong(channel: Channel, what: string): DecodeError {
  return new DecodeError(`The resource dump answered ${what}`, {
    device: channel.device,
    hint: "Read it again; if it stays, check the firmware version",
  });
}
