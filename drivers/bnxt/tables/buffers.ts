/**
 * Requests that name buffers in memory: where the address and the length stand,
 * what one of the length counts, and who reads the buffer and who fills it.
 *
 * Linux 7.2 sends none of them. From 7.3 on the kernel copies what the firmware
 * is to read, and gives back what it filled: it takes exactly the bytes of the
 * request's struct, and buffers of 1 byte to {@linkcode MAX_BUFFER_BYTES}.
 * Source: bnxtctl_dma_cmds in drivers/fwctl/bnxt/main.c (Linux 7.3); the members
 * are those of include/linux/bnxt/hsi.h.
 *
 * @module
 */
import { DecodeError } from "../../../lib/errors.ts";
import type { Layout } from "../../../lib/bits/mod.ts";
import { layoutOf } from "./hwrm.ts";

/** FWCTL_BNXT_MAX_DMABUF: no buffer is larger. */
export const MAX_BUFFER_BYTES = 0x10000;

/** sizeof(struct tx_port_stats) and of struct rx_port_stats. */
const TX_PORT_STATS = 51 * 8;
const RX_PORT_STATS = 66 * 8;

/** One buffer of a command. */
export interface BufferMember {
  /** The member of the request that holds its address. */
  readonly name: string;
  /** First byte of that member, which is 8 bytes. */
  readonly address: number;
  /** Whether the firmware reads it; else it fills it. */
  readonly reads: boolean;
  /** The member that says how long it is; absent where it always is `bytes` long. */
  readonly length?: {
    readonly name: string;
    readonly offset: number;
    /** Bytes of the member: 2 or 4. */
    readonly width: number;
  };
  /** Bytes that one of the length counts. */
  readonly unit: number;
  /** Bytes of a buffer without a length. */
  readonly bytes: number;
}

/** A command with buffers. */
export interface BufferCommand {
  /** Number of the command. */
  readonly code: number;
  /** The kernel's name without `HWRM_`. */
  readonly name: string;
  /** Least scope number. */
  readonly scope: 0 | 1 | 2 | 3;
  /** sizeof of its request: the kernel takes no other length. */
  readonly size: number;
  /** Its buffers in the kernel's order. */
  readonly buffers: readonly BufferMember[];
}

/** Who uses a buffer, its address, and its length: a member, one with a unit, or bytes. */
type Buffer = readonly [
  use: "reads" | "fills",
  address: string,
  length: string | number,
  unit?: number,
];
type Row = readonly [
  code: number,
  name: string,
  scope: 0 | 1 | 2 | 3,
  ...buffers: Buffer[],
];

/** In order of the number. */
const ROWS: readonly Row[] = [
  [
    0x23,
    "PORT_QSTATS",
    1,
    ["fills", "tx_stat_host_addr", TX_PORT_STATS],
    ["fills", "rx_stat_host_addr", RX_PORT_STATS],
  ],
  [0x3c, "QUEUE_DSCP2PRI_QCFG", 1, [
    "fills",
    "dest_data_addr",
    "dest_data_buffer_size",
  ]],
  [0x67, "PORT_EVENTS_LOG", 1, [
    "fills",
    "host_dest_addr",
    "host_dest_addr_len",
  ]],
  [0x73, "SCH_GRP_CFG", 2, ["reads", "fid_table_addr", "num_fids", 2]],
  [0x74, "SCH_GRP_QCFG", 1, ["fills", "fid_table_addr", "fid_table_len"]],
  [
    0xb4,
    "PORT_QSTATS_EXT",
    1,
    ["fills", "tx_stat_host_addr", "tx_stat_size"],
    ["fills", "rx_stat_host_addr", "rx_stat_size"],
  ],
  [
    0xba,
    "PORT_QSTATS_EXT_PFC_ADV",
    1,
    ["fills", "tx_pfc_adv_stat_host_addr", "pfc_adv_stat_size"],
    ["fills", "rx_pfc_adv_stat_host_addr", "pfc_adv_stat_size"],
  ],
  [0xbf, "FW_LIVEPATCH", 3, ["reads", "host_addr", "patch_len"]],
  [0xca, "FW_SET_STRUCTURED_DATA", 2, ["reads", "src_data_addr", "data_len"]],
  [0xcb, "FW_GET_STRUCTURED_DATA", 1, ["fills", "dest_data_addr", "data_len"]],
  [0xd5, "PORT_PRBS_TEST", 1, ["fills", "resp_data_addr", "data_len"]],
  [0xd9, "PORT_DSC_DUMP", 1, ["fills", "resp_data_addr", "data_len"]],
  [0xe6, "STAT_QUERY_ROCE_STATS", 1, [
    "fills",
    "roce_stat_host_addr",
    "roce_stat_size",
  ]],
  [0xe7, "STAT_QUERY_ROCE_STATS_EXT", 1, [
    "fills",
    "roce_stat_host_addr",
    "roce_stat_size",
  ]],
  [0x203, "SELFTEST_RETRIEVE_SERDES_DATA", 1, [
    "fills",
    "resp_data_addr",
    "data_len",
  ]],
  [0x204, "PCIE_QSTATS", 1, ["fills", "pcie_stat_host_addr", "pcie_stat_size"]],
  [0x218, "STAT_GENERIC_QSTATS", 1, [
    "fills",
    "generic_stat_host_addr",
    "generic_stat_size",
  ]],
  [0xff0e, "DBG_SERDES_TEST", 1, ["fills", "resp_data_addr", "data_len"]],
  [0xff10, "DBG_READ_DIRECT", 1, ["fills", "host_dest_addr", "read_len32", 4]],
  [0xff11, "DBG_READ_INDIRECT", 1, [
    "fills",
    "host_dest_addr",
    "host_dest_addr_len",
  ]],
  [0xff17, "DBG_COREDUMP_LIST", 1, ["fills", "host_dest_addr", "host_buf_len"]],
  [0xff19, "DBG_COREDUMP_RETRIEVE", 1, [
    "fills",
    "host_dest_addr",
    "host_buf_len",
  ]],
  [
    0xff2d,
    "DBG_PTRACE",
    2,
    ["reads", "pdi_cmd_buf_addr", "pdi_req_buf_len"],
    ["fills", "pdi_resp_buf_addr", "pdi_req_buf_len"],
  ],
  [0xff30, "DBG_TOKEN_CFG", 3, ["reads", "host_src_addr", "dbg_token_len"]],
  [0xfff1, "NVM_GET_VARIABLE", 0, ["fills", "dest_data_addr", "data_len"]],
  [0xfff2, "NVM_SET_VARIABLE", 0, ["reads", "src_data_addr", "data_len"]],
  [0xfff4, "NVM_MODIFY", 2, ["reads", "host_src_addr", "len"]],
  [0xfffa, "NVM_GET_DIR_ENTRIES", 1, [
    "fills",
    "host_dest_addr",
    MAX_BUFFER_BYTES,
  ]],
  [0xfffc, "NVM_RAW_DUMP", 1, ["fills", "host_dest_addr", "len"]],
  [0xfffd, "NVM_READ", 1, ["fills", "host_dest_addr", "len"]],
  [0xfffe, "NVM_WRITE", 2, ["reads", "host_src_addr", "dir_data_length"]],
  [0xffff, "NVM_RAW_WRITE_BLK", 3, ["reads", "host_src_addr", "len"]],
];

/** Number, name and least scope of every command with buffers; parses no layout. */
export function bufferRows(): readonly Pick<
  BufferCommand,
  "code" | "name" | "scope"
>[] {
  return ROWS.map(([code, name, scope]) => ({ code, name, scope }));
}

const found = new Map<number, BufferCommand>();

/** What a command's buffers are, by its number; undefined for one without. */
export function buffersOf(code: number): BufferCommand | undefined {
  const known = found.get(code);
  if (known) return known;
  const row = ROWS.find(([each]) => each === code);
  if (!row) return undefined;
  const [, name, scope, ...buffers] = row;
  const layout = layoutOf(`hwrm_${name.toLowerCase()}_input`);
  const command = {
    code,
    name,
    scope,
    size: layout.bits / 8,
    buffers: buffers.map((buffer) => memberOf(layout, buffer)),
  };
  found.set(code, command);
  return command;
}

function memberOf(layout: Layout, buffer: Buffer): BufferMember {
  const [use, name, length, unit = 1] = buffer;
  const at = (member: string): { offset: number; width: number } => {
    const field = layout.fields.find((each) => each.name === member);
    if (field) return { offset: field.offset / 8, width: field.width / 8 };
    throw new DecodeError(`${layout.name} has no member ${member}`, {
      hint: "Generate hwrm_table.ts again from a hsi.h of Linux 7.3 or later",
    });
  };
  return {
    name,
    address: at(name).offset,
    reads: use === "reads",
    ...(typeof length === "number"
      ? {}
      : { length: { name: length, ...at(length) } }),
    unit,
    bytes: typeof length === "number" ? length : 0,
  };
}

/** Bytes of a buffer as a request says; not held against any limit. Bytes past the request's end are 0. */
export function bufferBytes(
  request: Uint8Array,
  { length, unit, bytes }: BufferMember,
): number {
  if (length === undefined) return bytes;
  let count = 0;
  for (let i = length.width - 1; i >= 0; i--) {
    count = count * 0x100 + (request[length.offset + i] ?? 0);
  }
  return count * unit;
}
