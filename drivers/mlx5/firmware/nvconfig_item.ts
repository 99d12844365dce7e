/**
 * One modelled nvconfig item: its three values, who stored it, and what MNVDA
 * and MNVDI do to it.
 *
 * An item has a header with who wrote it (writer_id), at what priority (user,
 * OEM, vendor), and whether lower priorities may write over it (over_en).
 *
 * Assumption: everybody who comes through the command interface has the
 * priority of a user; a lock is refused with BAD_RES_STATE; rd_en is ignored.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { readU32 } from "../protocol.ts";
import { put32, STAT, SYNDROME } from "./command.ts";

/** Who stored an item. */
export interface Owner {
  /** writer_id. */
  readonly writer: number;
  /** 0 user, 1 OEM, 3 vendor. */
  readonly priority: number;
  /** over_en: whether lower priorities may write over it. */
  readonly overwritable: boolean;
}

/** Owners that a scenario may start with. */
export const OWNER = {
  /** A user, with the vendor's tool. */
  user: { writer: 9, priority: 0, overwritable: true },
  /** Who built the machine, and keeps the item. */
  oem: { writer: 0x10, priority: 1, overwritable: false },
} as const satisfies Readonly<Record<string, Owner>>;

/** One item. */
export interface Item {
  /** Its default. */
  readonly factory: Bytes;
  /** What a fresh card of the scenario has. */
  readonly initial: {
    readonly value: Bytes;
    readonly owner: Owner | undefined;
  };
  /** Whether it can be written. */
  readonly writable: boolean;
  /** Version of its layout. */
  readonly version: number;
  /** What is in force. */
  current: Bytes;
  /** What the next reset loads. */
  next: Bytes;
  /** Who stored it; undefined when nobody did. */
  owner: Owner | undefined;
}

/** Why a register access is refused. */
export interface Refused {
  readonly status: number;
  readonly syndrome: number;
}

/** Where the item's data starts in MNVDA: three words of header before it. */
export const DATA = 12;

/** Whether a user may change the item, or why not. */
function closed({ writable, owner }: Item): Refused | undefined {
  if (!writable) {
    return { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV };
  }
  return owner && owner.priority > 0 && !owner.overwritable
    ? { status: STAT.BAD_RES_STATE, syndrome: SYNDROME.LOCKED_TLV }
    : undefined;
}

/** MNVDA, written: a write goes to the next value, which the next reset loads. */
export function store(item: Item, data: Bytes): Refused | undefined {
  const refused = closed(item);
  if (refused) return refused;
  const header = readU32(data, 0);
  const length = header & 0x1ff;
  if (
    length !== item.factory.length || (header >>> 22 & 3) !== 0 ||
    data.length < DATA + length
  ) {
    return { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV };
  }
  item.next = data.slice(DATA, DATA + length);
  item.owner = {
    writer: header >>> 16 & 0x1f,
    priority: 0,
    overwritable: (header >>> 25 & 1) !== 0,
  };
  return undefined;
}

/** MNVDA, read. access_mode, bits 23:22: 0 next, 1 current, 2 factory. */
export function load(item: Item, data: Bytes): Refused | undefined {
  const mode = readU32(data, 0) >>> 22 & 3;
  const value = [item.next, item.current, item.factory][mode];
  if (!value) return { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV };
  // The length is the item's own, whatever was asked for.
  put32(data, 0, headerOf(item, mode));
  data.fill(0, DATA);
  data.set(value.subarray(0, Math.max(0, data.length - DATA)), DATA);
  return undefined;
}

/** MNVDI: the item is forgotten, and the default is what the next reset loads. */
export function forget(item: Item): Refused | undefined {
  const refused = closed(item);
  if (refused) return refused;
  item.next = item.factory;
  item.owner = undefined;
  return undefined;
}

/** valid, priority, over_en, access mode, writer, version and length. */
export function headerOf(item: Item, mode: number): number {
  const { writer, priority, overwritable } = item.owner ??
    { writer: 0, priority: 0, overwritable: true };
  return (1 << 30 | priority << 28 | Number(overwritable) << 25 | mode << 22 |
    writer << 16 | item.version << 12 | item.factory.length) >>> 0;
}
