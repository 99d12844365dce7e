/**
 * Non-volatile configuration behind the registers MNVDA, MNVDI, MNVQC, MNVIA,
 * MNVGC and MNVGN: items (TLVs) by type, each with a default, a current and a
 * next value.
 *
 * Assumption: any data of an item's length is stored; a real firmware may
 * refuse values. Capability items can be read only.
 *
 * What one item is and what an access does to it is in nvconfig_item.ts.
 *
 * @module
 */
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { NV_REGISTER } from "../nvconfig/registers.ts";
import { readU32 } from "../protocol.ts";
import { put32, STAT, SYNDROME } from "./command.ts";
import { asHex } from "./images.ts";
import {
  DATA,
  forget,
  headerOf,
  type Item,
  load,
  OWNER,
  type Owner,
  store,
} from "./nvconfig_item.ts";
import { initialItems, type NvOptions } from "./nvconfig_items.ts";

/** Register ids. */
export const NV_REGISTERS: typeof NV_REGISTER = NV_REGISTER;

/** Where MNVGN has its header and its data. */
const STORED_HEADER = 0x10;
const STORED_DATA = STORED_HEADER + DATA;

/** The items of one card. */
export class NvConfig {
  readonly #options: NvOptions;
  #made: Map<number, Item> | undefined;

  /** A card as its scenario has it. */
  constructor(options: NvOptions) {
    this.#options = options;
  }

  /** Made when they are first asked for: most hosts are only listed. */
  get #items(): Map<number, Item> {
    this.#made ??= new Map(
      initialItems(this.#options).map((made) => {
        const { type, factory, value, writable, version, locked } = made;
        const owner = locked
          ? OWNER.oem
          : value === factory
          ? undefined
          : OWNER.user;
        return [type, {
          factory,
          initial: { value, owner },
          writable,
          version,
          current: value,
          next: value,
          owner,
        }];
      }),
    );
    return this.#made;
  }

  /**
   * A reset of the card: what is next comes into force.
   *
   * @param cold whether the card lost power
   */
  reset(cold: boolean): void {
    if (!cold && this.#dpu()) return;
    for (const item of this.#items.values()) item.current = item.next;
  }

  /** Whether the card's own CPU is in charge; it keeps running through all but a power cycle. */
  #dpu(): boolean {
    const item = this.#items.get(0x0000000c);
    const word = item ? readU32(item.current, 0) : 0;
    return (word & 0xf) === 1 && (word & 0x100) === 0;
  }

  /**
   * One register access. `data` is the register, changed in place.
   *
   * @returns undefined when it went well, else status and syndrome
   */
  access(
    register: number,
    data: Bytes,
    write: boolean,
  ): { status: number; syndrome: number } | undefined {
    if (register === NV_REGISTERS.MNVGC) {
      // Factory and current settings can be read.
      if (!write) put32(data, 0, 0x3);
      return undefined;
    }
    if (register === NV_REGISTERS.MNVIA) {
      return write ? this.#wipe(data) : undefined;
    }
    if (register === NV_REGISTERS.MNVGN) {
      return write
        ? { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV }
        : this.#walk(data);
    }
    const type = readU32(data, register === NV_REGISTERS.MNVQC ? 0 : 4);
    const item = this.#items.get(type);
    if (register === NV_REGISTERS.MNVQC) {
      // version, support_wr, support_rd
      put32(
        data,
        4,
        item ? item.version << 4 | (item.writable ? 0x3 : 0x1) : 0,
      );
      return undefined;
    }
    if (!item) return { status: STAT.BAD_RES, syndrome: SYNDROME.NO_TLV };
    if (register === NV_REGISTERS.MNVDI) {
      return write ? forget(item) : undefined;
    }
    return write ? store(item, data) : load(item, data);
  }

  /** MNVIA; target 0 is everything. */
  #wipe(data: Bytes) {
    if ((readU32(data, 0) & 7) !== 0) {
      return { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV };
    }
    // What belongs to another stays: wiping is no way around its lock.
    for (const item of this.#items.values()) forget(item);
    return undefined;
  }

  /**
   * MNVGN. Assumption: the pointer counts stored items, an answer's leads to
   * the next one, and 0 says that there is none.
   */
  #walk(data: Bytes) {
    const pointer = readU32(data, 0);
    const stored = [...this.#items].filter(([, { owner }]) => owner);
    const found = stored[pointer];
    if (!found && pointer !== 0) {
      return { status: STAT.BAD_PARAM, syndrome: SYNDROME.NO_TLV };
    }
    data.fill(0);
    if (!found) return undefined;
    const [type, item] = found;
    put32(data, 0, pointer + 1 < stored.length ? pointer + 1 : 0);
    put32(data, STORED_HEADER, headerOf(item, 0));
    put32(data, STORED_HEADER + 4, type);
    data.set(item.next, STORED_DATA);
    return undefined;
  }

  /** What differs from a fresh card, by type in hex. */
  save(): PlainObject {
    const saved: Record<string, PlainData> = {};
    for (const [type, item] of this.#made ?? []) {
      const { current, next, initial: { value, owner: first }, owner } = item;
      if (current === value && next === value && owner === first) continue;
      saved[type.toString(16).padStart(8, "0")] = {
        current: toHex(current),
        next: toHex(next),
        stored: owner !== undefined,
        ...(owner === undefined ? {} : { ...owner }),
      };
    }
    return saved;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state, at);
    for (const item of this.#items.values()) {
      item.current = item.next = item.initial.value;
      item.owner = item.initial.owner;
    }
    for (const name of reader.keys()) {
      const part = reader.object(name);
      const item = /^[0-9a-f]{8}$/.test(name)
        ? this.#items.get(Number.parseInt(name, 16))
        : undefined;
      if (!item || !part) {
        refuse(reader.path(name.slice(0, 64)), "is no nvconfig item");
      }
      const value = (key: string): Bytes => {
        const bytes = asHex(part.raw(key), part.path(key));
        if (bytes.length === item.factory.length) return bytes;
        refuse(part.path(key), `must be ${item.factory.length} bytes`);
      };
      item.current = value("current");
      item.next = value("next");
      const byte = (key: string, max: number, otherwise: number): number =>
        part.integer(key, { max }) ?? otherwise;
      const owner: Owner = {
        writer: byte("writer", 0x1f, OWNER.user.writer),
        priority: byte("priority", 3, 0),
        overwritable: part.flag("overwritable") ?? true,
      };
      item.owner = part.flag("stored") ? owner : undefined;
      part.end();
    }
  }
}
