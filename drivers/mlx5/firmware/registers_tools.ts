/**
 * What the vendor's tools ask of a card and the kernel's headers have no layout
 * for: register MQIS, and fields of MTCAP and PDDR.
 *
 * Places and widths are those of the database that comes with the vendor's
 * open-source tools. Assumption: all values.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { readU16, writeU16 } from "../protocol.ts";
import type { Card } from "./cards.ts";

/** MQIS: texts about the card. */
export const MQIS = 0x9064;
const MTCAP = 0x9009;
const PDDR = 0x5031;

/** Where MQIS has its text. */
const TEXT = 0x10;

/** The texts by info_type: name and description; a model says that it is one. */
function textOf(type: number, { product, psid }: Card): string {
  switch (type) {
    case 1:
      return `${product} model`;
    case 2:
      return `A modelled ${product} with one Ethernet port, board ${psid}`;
    default:
      return "";
  }
}

/**
 * MQIS as it reads: info_type in byte 3, info_length in bytes 6-7, read_offset
 * in 8-9, read_length in 10-11, text from byte 16. A text there is none of has
 * length 0.
 */
export function infoString(data: Bytes, card: Card): void {
  const type = data[3] ?? 0;
  const offset = readU16(data, 8);
  const wanted = readU16(data, 10);
  const text = new TextEncoder().encode(textOf(type, card));
  const part = text.subarray(offset, offset + wanted)
    .subarray(0, data.length - TEXT);
  data.fill(0);
  data[3] = type;
  writeU16(data, 6, text.length);
  writeU16(data, 8, offset);
  writeU16(data, 10, part.length);
  data.set(part, TEXT);
}

/** Port 1 in PDDR's page 0: Ethernet, as PTYS and PPLM have it, and active. */
function operationInfo(data: Bytes): void {
  const page = data.subarray(8);
  page[1] = 0x40; // proto_active
  page[4] = 3; // phy_mngr_fsm_state: active
  page[5] = 6; // eth_an_fsm_state: good
  for (const mask of [8, 12, 16]) writeU16(page, mask + 2, 0x33f3);
  writeU16(page, 22, 0x0200); // link_active
  writeU16(page, 28, 2); // fec_mode_active: RS(528,514)
}

/** Fills in the fields that no layout of the kernel has. */
export function toolFields(id: number, data: Bytes): void {
  // internal_sensor_count: one of the two sensors is on the chip.
  if (id === MTCAP) data[7] = 1;
  if (id === PDDR && data[7] === 0) operationInfo(data);
}
