/**
 * What the items of NVM hold: NVM_GET_DIR_ENTRIES and NVM_READ.
 *
 * Assumption: the bytes of an item, which are noise that is the same for the same
 * item; items lie one after the other; past its data an item is erased flash.
 *
 * @module
 */
import { encode } from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { layoutOf } from "../tables/hwrm.ts";
import type { Card } from "./card.ts";
import {
  type Answer,
  type Command,
  ERR,
  fail,
  fill,
  u16,
  u32,
} from "./command.ts";
import { NVM_RESERVED, type NvmEntry } from "./nvm_options.ts";

/** NVM_GET_DIR_ENTRIES. Erased entries take no place. */
export function directory(command: Command, { nvm }: Card): Answer {
  const layout = layoutOf("nvm_dir_entry");
  const size = layout.bits / 8;
  const whole = new Uint8Array(nvm.count * size);
  let at = 0;
  let location = NVM_RESERVED;
  for (const entry of nvm.entries) {
    if (entry) {
      whole.set(
        encode(layout, {
          type: entry.type,
          ordinal: entry.ordinal,
          ext: entry.ext,
          attr: entry.attr,
          item_location: location,
          item_length: entry.itemLength,
          data_length: entry.dataLength,
          checksum: entry.checksum,
        }),
        at,
      );
      at += size;
      location += entry.itemLength;
    }
  }
  fill(command.buffers[0], whole);
  return {};
}

/** NVM_READ. Assumption: reading past an item is INVALID_PARAMS. */
export function readItem(command: Command, { nvm }: Card): Answer {
  const entry = nvm.at(u16(command, 24));
  if (!entry) return fail(ERR.ENTITY_NOT_PRESENT);
  const offset = u32(command, 28);
  const length = u32(command, 32);
  if (offset + length > entry.itemLength) return fail(ERR.INVALID_PARAMS);
  fill(command.buffers[0], contentOf(entry, offset, length));
  return {};
}

function contentOf(entry: NvmEntry, offset: number, length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const at = offset + i;
    bytes[i] = at < entry.dataLength
      ? Math.imul(entry.checksum ^ at, 0x45d9f3b) >>> 16
      : 0xff;
  }
  return bytes;
}
