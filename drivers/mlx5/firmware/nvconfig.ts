/**
 * Non-volatile configuration behind the registers MNVDA, MNVDI, MNVQC and
 * MNVGC: items (TLVs) by type, each with a default, a current and a next value.
 *
 * Assumption: which items exist and what they hold; this is a start, with the
 * PCI items of SR-IOV, kept apart from the register store so that it can grow.
 *
 * @module
 */
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { put32, STAT, SYNDROME } from "./command.ts";
import { asHex } from "./images.ts";
import { readU32 } from "../protocol.ts";

/** Register ids. */
export const NV_REGISTERS = {
  MNVDA: 0x9024,
  MNVDI: 0x9025,
  MNVQC: 0x9030,
  MNVGC: 0x9034,
} as const;

/** One item. */
interface Item {
  readonly factory: Bytes;
  current: Bytes;
  next: Bytes;
  /** Whether anything was ever stored. */
  stored: boolean;
}

/** Where the item's data starts in MNVDA: three words of header before it. */
const DATA = 12;

/** Items: type word (big endian, as in the header's second word) and default. */
function items(totalVfs: number): [number, string][] {
  const vfs = Math.min(totalVfs, 0xffff).toString(16).padStart(4, "0");
  return [
    // nv_global_pci_conf, 12 bytes: sriov_valid, num_pfs_valid, ...; sriov_en
    // (bit 32), total_vfs (48..63), num_pf_msix and num_vf_msix.
    [0x00000080, `c04000008001${vfs}02c7f000`],
    // nv_sw_offload_conf, 8 bytes.
    [0x0000010a, "0000010000000000"],
    // nv_hca_conf of the PF, 4 bytes.
    [0x03000112, "00000000"],
    // nv_pf_pci_conf of the PF, 16 bytes.
    [0x03000080, `00000000000000000000${vfs}00000000`],
    // nv_pci_conf of the host, 4 bytes.
    [0x07000080, "00000000"],
    // nv_vpi_link_type of port 1, 4 bytes: ETH.
    [0x01010012, "00000002"],
  ];
}

/** The items of one card. */
export class NvConfig {
  readonly #items = new Map<number, Item>();

  /** Factory settings for a card with room for `totalVfs`. */
  constructor(totalVfs: number) {
    for (const [type, hex] of items(totalVfs)) {
      const factory = fromHex(hex);
      this.#items.set(type, {
        factory,
        current: factory,
        next: factory,
        stored: false,
      });
    }
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
    const type = readU32(data, register === NV_REGISTERS.MNVQC ? 0 : 4);
    const item = this.#items.get(type);
    if (register === NV_REGISTERS.MNVQC) {
      put32(data, 4, item ? 0x3 : 0); // support_rd, support_wr
      return undefined;
    }
    if (!item) return { status: STAT.BAD_RES, syndrome: SYNDROME.NO_TLV };
    if (register === NV_REGISTERS.MNVDI) {
      item.next = item.factory;
      item.stored = false;
      return undefined;
    }
    return write ? store(item, data) : load(item, data);
  }

  /** What differs from the factory settings, by type in hex. */
  save(): PlainObject {
    const saved: Record<string, PlainData> = {};
    for (const [type, { current, next, factory, stored }] of this.#items) {
      if (!stored && current === factory) continue;
      saved[type.toString(16).padStart(8, "0")] = {
        current: toHex(current),
        next: toHex(next),
        stored,
      };
    }
    return saved;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state, at);
    for (const item of this.#items.values()) {
      item.current = item.next = item.factory;
      item.stored = false;
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
      item.stored = part.flag("stored") ?? false;
      part.end();
    }
  }
}

/** A write goes to the next value: loaded by the next reset. */
function store(item: Item, data: Bytes) {
  const length = readU32(data, 0) & 0x1ff;
  if (length !== item.factory.length || data.length < DATA + length) {
    return { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV };
  }
  item.next = data.slice(DATA, DATA + length);
  item.stored = true;
  return undefined;
}

/** access_mode, bits 23:22: 0 next, 1 current, 2 factory. */
function load(item: Item, data: Bytes) {
  const header = readU32(data, 0);
  const mode = header >>> 22 & 3;
  const value = [item.next, item.current, item.factory][mode];
  if (!value) return { status: STAT.BAD_PARAM, syndrome: SYNDROME.BAD_TLV };
  // valid, and rd_en with ovr_en; the length is the item's own.
  put32(data, 0, (mode << 22 | 0x4300_0000 | value.length) >>> 0);
  data.fill(0, DATA);
  data.set(value.subarray(0, Math.max(0, data.length - DATA)), DATA);
  return undefined;
}
