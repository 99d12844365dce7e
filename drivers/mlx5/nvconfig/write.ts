/**
 * The write of one nvconfig item, and what takes it back.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../../../lib/bytes.ts";
import {
  NV_DATA_BYTES,
  paddedItem,
  resetItem,
  writeItemHeader,
} from "./registers.ts";

/** How a write of an item is made and taken back, as a `Difference` says it. */
export interface NvWrite {
  /** See `Difference.writeHeader`. */
  readonly writeHeader: Bytes;
  /** See `Difference.payload`. */
  readonly payload: { readonly write: Bytes; readonly undo: Bytes };
  /** See `Difference.undo`. */
  readonly undo?: string;
}

/**
 * The write of an item, and what takes it back: the item as it was, or, for one
 * that the device did not store, MNVDI. Written back it would count as stored,
 * and would not follow when a later firmware has another default.
 */
export function itemWrite(
  type: number,
  before: Uint8Array,
  after: Uint8Array,
  wasStored: boolean,
): NvWrite {
  const header = writeItemHeader(type, Math.min(after.length, NV_DATA_BYTES));
  const write = paddedItem(after);
  if (wasStored) {
    return {
      writeHeader: header,
      payload: { write, undo: paddedItem(before) },
    };
  }
  return {
    writeHeader: new Uint8Array(),
    payload: { write: concatBytes(header, write), undo: resetItem(type) },
    undo: "MNVDI, the device forgets the item again: it is at its default",
  };
}
