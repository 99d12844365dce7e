/**
 * Layouts of the modelled firmware's messages: those of hsi.h, and a few that
 * hsi.h does not have.
 *
 * Source of the latter: the vendor's interface header that is published with
 * FreeBSD (sys/dev/bnxt/bnxt_en/hsi_struct_def.h), except where it says
 * `Assumption:`.
 *
 * @module
 */
import {
  type CMember,
  cStruct,
  type Layout,
  layoutBytes,
} from "../../../lib/bits/mod.ts";
import { ModelError } from "../../../lib/errors.ts";
import { inputOf, outputOf } from "../tables/hwrm.ts";
import { INPUT_LEN } from "./command.ts";

/** Members of struct output. */
const HEADER: readonly CMember[] = [
  ["error_code", "u16"],
  ["req_type", "u16"],
  ["seq_id", "u16"],
  ["resp_len", "u16"],
];

/** Sizes and members of responses that hsi.h has not. */
const OTHERS: Readonly<
  Record<string, { size: number; members: readonly CMember[] }>
> = {
  FW_HEALTH_CHECK: {
    size: 16,
    members: [["fw_status", "u32"], ["unused_0", "u8", 3]],
  },
  FW_SYNC: {
    size: 16,
    members: [["sync_status", "u32"], ["unused_0", "u8", 3]],
  },
  // Assumption: the fields of FW_SET_TIME's request, from byte 8 on.
  FW_GET_TIME: {
    size: 24,
    members: [
      ["year", "u16"],
      ["month", "u8"],
      ["day", "u8"],
      ["hour", "u8"],
      ["minute", "u8"],
      ["second", "u8"],
      ["unused_0", "u8"],
      ["millisecond", "u16"],
      ["zone", "u16"],
      ["unused_1", "u8", 3],
    ],
  },
  PORT_MAC_QCFG: {
    size: 32,
    members: [
      ["mru", "u16"],
      ["mtu", "u16"],
      ["ipg", "u8"],
      ["lpbk", "u8"],
      ["vlan_pri2cos_map_pri", "u8"],
      ["flags", "u8"],
      ["tunnel_pri2cos_map_pri", "u8"],
      ["dscp2pri_map_pri", "u8"],
      ["rx_ts_capture_ptp_msg_type", "u16"],
      ["tx_ts_capture_ptp_msg_type", "u16"],
      ["cos_field_cfg", "u8"],
      ["unused_1", "u8"],
      ["port_svif_info", "u16"],
      ["unused_2", "u8", 5],
    ],
  },
  NVM_FACTORY_DEFAULTS: {
    size: 16,
    members: [["result", "u8"], ["unused_0", "u8", 6]],
  },
  // Assumption: no header describes it; an answer without content.
  NVM_FLUSH: { size: 16, members: [["unused_0", "u8", 7]] },
  // Assumption: as NVM_FLUSH.
  PORT_QCFG: { size: 16, members: [["unused_0", "u8", 7]] },
  // Assumption: as NVM_FLUSH.
  QUEUE_QCAPS: { size: 16, members: [["unused_0", "u8", 7]] },
};

const made = new Map<string, Layout>();

/**
 * The response of a command such as `FUNC_QCAPS`.
 *
 * @throws `ModelError` for a command without a layout
 */
export function responseLayout(command: string): Layout {
  const known = outputOf(command)?.layout ?? made.get(command);
  if (known) return known;
  const other = Object.hasOwn(OTHERS, command) ? OTHERS[command] : undefined;
  if (!other) throw new ModelError(`${command} has no response layout`);
  const layout = cStruct(
    `hwrm_${command.toLowerCase()}_output`,
    other.size,
    [...HEADER, ...other.members, ["valid", "u8"]],
  );
  made.set(command, layout);
  return layout;
}

/**
 * Bytes that a command's request must have.
 *
 * Assumption: where hsi.h has no layout the header is enough, and what is
 * missing counts as zero.
 */
export function requestBytes(command: string): number {
  const known = inputOf(command)?.layout;
  return known ? layoutBytes(known) : INPUT_LEN;
}

/**
 * Bits of a response's field by their names in hsi.h, without prefix.
 *
 * @throws `ModelError` when a name is not there
 */
export function flags(
  command: string,
  field: string,
  names: readonly string[],
): number {
  const known = outputOf(command)?.meanings.get(field)?.flags ?? [];
  let bits = 0n;
  for (const name of names) {
    const found = known.find((one) => one.name === name);
    if (!found) throw new ModelError(`${command}.${field} has no ${name}`);
    bits |= BigInt(found.mask);
  }
  return Number(bits);
}
