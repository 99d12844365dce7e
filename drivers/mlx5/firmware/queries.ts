/**
 * Commands that tell about the card and its functions and change nothing.
 *
 * Layouts: mlx5_ifc.h; QUERY_VUID as the kernel uses it (vfio/pci/mlx5).
 *
 * @module
 */
import { encodeInto } from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { layout } from "../tables/ifc.ts";
import type { CapStores } from "./caps.ts";
import type { Card } from "./cards.ts";
import {
  type Command,
  fail,
  put32,
  putBytes,
  STAT,
  SYNDROME,
} from "./command.ts";
import { readU16, writeU16 } from "../protocol.ts";

/** What the queries ask of the card. */
export interface QueryContext {
  /** The card. */
  readonly card: Card;
  /** The capability stores, for vhca_ids. */
  readonly stores: CapStores;
  /** VFs enabled, and `sriov_totalvfs`. */
  readonly vfs: number;
  /** `sriov_totalvfs`. */
  readonly totalVfs: number;
  /** PCI bus, device and function of the PF. */
  readonly rid: number;
  /** The card's first MAC address, 48 bits. */
  readonly mac: number;
  /** Whether a VF's driver is up or a guest has it. */
  inUse(functionId: number): boolean;
}

/** One query. */
export interface Query {
  /** Least bytes of the request. */
  readonly inLen: number;
  /** Least bytes of the answer. */
  readonly outLen: number;
  /** Fills in the answer. */
  run(command: Command, context: QueryContext): void;
}

/** VHCA states: enum of mlx5_ifc_vhca_state_context_bits. */
const VHCA_STATE = { ALLOCATED: 1, IN_USE: 3 } as const;
/** Bytes of one vuid. */
const VUID_BYTES = 128;

/** The queries by opcode. */
export function queries(): ReadonlyMap<number, Query> {
  return new Map<number, Query>([
    [0x101, { inLen: 16, outLen: 272, run: queryAdapter }],
    [0x107, { inLen: 16, outLen: 16, run: queryPages }],
    [0x10a, { inLen: 16, outLen: 112, run: queryIssi }],
    [0x203, { inLen: 16, outLen: 16, run: querySpecialContexts }],
    [0x740, { inLen: 16, outLen: 16, run: queryEswFunctions }],
    [0x750, { inLen: 16, outLen: 16, run: queryVportState }],
    [0x754, { inLen: 16, outLen: 272, run: queryNicVportContext }],
    [0x762, { inLen: 16, outLen: 528, run: queryHcaVportContext }],
    [0x80d, { inLen: 16, outLen: 16, run: () => {} }],
    [0xb0d, { inLen: 16, outLen: 32, run: queryVhcaState }],
    [0xb22, { inLen: 16, outLen: 64, run: queryVuid }],
  ]);
}

/** The unique id of a function: the board's serial and the function's place. */
export function vuidOf(card: Card, functionId: number): string {
  const vf = functionId === 0 ? "" : `VF${functionId}`;
  return `${card.serial}MLNXS0D0F0${vf}`;
}

function queryAdapter({ out }: Command, { card }: QueryContext): void {
  // ieee_vendor_id at bits 200 of the block; PSID in its last 16 bytes.
  const block = 16;
  put32(out, block + 24, 0x0002c9);
  writeU16(out, block + 30, 0x15b3);
  putBytes(out, block + 32, text("Model of " + card.product));
  putBytes(out, block + 240, text(card.psid));
}

function queryPages({ in_, out, functionId }: Command): void {
  // Assumption: boot and init pages were given long ago; none are wanted now.
  putBytes(out, 8, in_.subarray(8, 12));
  if (functionId !== 0) writeU16(out, 10, functionId);
  put32(out, 12, 0);
}

function queryIssi({ out }: Command): void {
  writeU16(out, 10, 1); // current_issi
  put32(out, 108, 0x3); // supported_issi_dw0: 0 and 1
}

function querySpecialContexts({ out }: Command): void {
  put32(out, 8, 0x00000500); // dump_fill_mkey
  put32(out, 12, 0x00000600); // resd_lkey
  if (out.length >= 20) put32(out, 16, 0x00000700); // null_mkey
}

/**
 * op_mod 0: one host's parameters at byte 16; op_mod 0x4000: entries of 64
 * bytes, each one external function that manages VFs.
 */
function queryEswFunctions(command: Command, context: QueryContext): void {
  const { out, opMod } = command;
  const { vfs, totalVfs, rid, stores } = context;
  if (command.functionId !== 0) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.NOT_MANAGER);
  }
  out[12] = 1; // net_function_num
  if (opMod === 0) {
    const host = new Uint8Array(64);
    writeU16(host, 2, vfs);
    writeU16(host, 4, totalVfs);
    writeU16(host, 6, rid >> 8);
    writeU16(host, 10, rid >> 3 & 31);
    writeU16(host, 14, rid & 7);
    putBytes(out, 16, host);
  } else if (opMod === 0x4000) {
    const entry = new Uint8Array(64);
    writeU16(entry, 2, vfs);
    writeU16(entry, 4, totalVfs);
    entry[6] = rid >> 8;
    entry[7] = rid;
    writeU16(entry, 8, stores.vhcaId(0));
    entry[10] = VHCA_STATE.IN_USE << 4;
    entry[13] = 0x18; // pci_bus_assigned, pci_vf_info_valid
    writeU16(entry, 16, 1); // pci_vf_stride
    writeU16(entry, 18, 2); // pci_first_vf_offset
    putBytes(out, 16, entry);
  } else fail(command, STAT.BAD_PARAM, SYNDROME.OP_MOD);
}

/** The function of `other_vport` and `vport_number`, bytes 8 and 10-11. */
function vport(command: Command, context: QueryContext): number | undefined {
  const other = ((command.in_[8] ?? 0) & 0x80) !== 0;
  const id = other ? readU16(command.in_, 10) : command.functionId;
  const manager = command.functionId === 0 || !other;
  if (manager && id <= context.vfs) return id;
  fail(
    command,
    STAT.BAD_PARAM,
    manager ? SYNDROME.FUNCTION : SYNDROME.NOT_MANAGER,
  );
  return undefined;
}

function queryVportState(command: Command, context: QueryContext): void {
  if (vport(command, context) === undefined) return;
  writeU16(command.out, 12, 1000); // max_tx_speed in 100 Mb/s
  command.out[15] = 0x11; // admin_state and state: up
}

function queryNicVportContext(command: Command, context: QueryContext): void {
  const id = vport(command, context);
  if (id === undefined) return;
  const body = new Uint8Array(256);
  encodeInto(layout("nic_vport_context"), {
    roce_en: 1,
    mtu: 1500,
    system_image_guid: guid(context.mac),
    port_guid: guid(context.mac + id),
    node_guid: guid(context.mac + id),
  }, body);
  // permanent_address: two bytes, then the MAC; a VF has none until it is set.
  if (id === 0) putMac(body, 244 + 2, context.mac);
  putBytes(command.out, 16, body);
}

function queryHcaVportContext(command: Command, context: QueryContext): void {
  const id = vport(command, context);
  if (id === undefined) return;
  const body = new Uint8Array(512);
  encodeInto(layout("hca_vport_context"), {
    port_physical_state: 5,
    port_state: 4,
    vport_state: 4,
    system_image_guid: guid(context.mac),
    port_guid: guid(context.mac + id),
    node_guid: guid(context.mac + id),
  }, body);
  putBytes(command.out, 16, body);
}

function queryVhcaState(command: Command, context: QueryContext): void {
  const id = readU16(command.in_, 10);
  if (command.functionId !== 0 && id !== command.functionId) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.NOT_MANAGER);
  }
  if (id > context.vfs) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.FUNCTION);
  }
  const busy = id === 0 || context.inUse(id);
  command.out[17] = busy ? VHCA_STATE.IN_USE : VHCA_STATE.ALLOCATED;
  put32(command.out, 20, id);
}

/** query_vfs_vuid: all VFs of the PF; else the function of the vhca_id. */
function queryVuid(command: Command, context: QueryContext): void {
  const { in_, out } = command;
  const { stores, card, vfs } = context;
  const all = ((in_[12] ?? 0) & 0x80) !== 0;
  const of = stores.functionOf(readU16(in_, 14));
  if (of === undefined) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.FUNCTION);
  }
  if (command.functionId !== 0 && (all || of !== command.functionId)) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.NOT_MANAGER);
  }
  if (all && of !== 0) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.NOT_MANAGER);
  }
  const count = all ? vfs : 1;
  // Assumption: the number is of all entries, also of those that do not fit.
  writeU16(out, 62, count);
  const room = Math.floor((out.length - 64) / VUID_BYTES);
  for (let i = 0; i < Math.min(count, room); i++) {
    putBytes(
      out,
      64 + i * VUID_BYTES,
      text(vuidOf(card, all ? i + 1 : of)),
    );
  }
}

function text(ascii: string): Bytes {
  return Uint8Array.from(ascii, (c) => c.charCodeAt(0));
}

/** EUI-64 of a MAC: ff:fe in the middle. */
function guid(mac: number): bigint {
  const wide = BigInt(mac);
  return wide >> 24n << 40n | 0xfffen << 24n | wide & 0xffffffn;
}

function putMac(bytes: Bytes, at: number, mac: number): void {
  writeU16(bytes, at, Math.floor(mac / 0x1_0000_0000));
  put32(bytes, at + 2, mac % 0x1_0000_0000);
}
