/**
 * FUNC_QCAPS, FUNC_QCFG and FUNC_RESOURCE_QCAPS: what a function has.
 *
 * Assumption: how the firmware shares the chip's resources among the functions.
 * The shape is public (hsi.h and how bnxt_en reads it), the numbers are ours.
 *
 * @module
 */
import type { Answer, Command } from "./command.ts";
import { bigEndian } from "./command.ts";
import type { Card, CardFunction, Handler } from "./card.ts";
import { firstVfId, isFunction, target } from "./targets.ts";
import type { Pool } from "./chips.ts";
import { flags } from "./layouts.ts";

/** What a function can have at most: VFs alike, the PF what they leave. */
export function share(card: Card, functionId: number): Pool {
  const { pool, vf } = card.options.chip;
  const vfs = card.functions.length - 1;
  const each = (key: keyof Pool): number => {
    const forVf = vfs === 0 ? 0 : Math.max(
      1,
      Math.min(vf[key], Math.floor(pool[key] / 2 / vfs)),
    );
    return functionId === 0 ? Math.max(1, pool[key] - vfs * forVf) : forVf;
  };
  return {
    rsscos: each("rsscos"),
    cmpl: each("cmpl"),
    tx: each("tx"),
    rx: each("rx"),
    l2: each("l2"),
    vnics: each("vnics"),
    stat: each("stat"),
    msix: each("msix"),
  };
}

/** Assumption: a VF has no address until the PF's driver gives it one. */
function macOf(card: Card, { functionId }: CardFunction): Uint8Array {
  return bigEndian(functionId === 0 ? card.options.mac : 0n, 6);
}

const COMMON_FLAGS = [
  "ROCE_V2_SUPPORTED",
  "STD_TX_RING_MODE_SUPPORTED",
  "GENEVE_TUN_FLAGS_SUPPORTED",
  "NVGRE_TUN_FLAGS_SUPPORTED",
  "GRE_TUN_FLAGS_SUPPORTED",
  "EXT_STATS_SUPPORTED",
  "ERROR_RECOVERY_CAPABLE",
  "DBG_QCAPS_CMD_SUPPORTED",
];
const PF_FLAGS = [
  ...COMMON_FLAGS,
  "PTP_SUPPORTED",
  "WOL_MAGICPKT_SUPPORTED",
  "TX_BW_CFG_SUPPORTED",
  "VF_BW_CFG_SUPPORTED",
  "PCIE_STATS_SUPPORTED",
  "ADMIN_PF_SUPPORTED",
  "LINK_ADMIN_STATUS_SUPPORTED",
  "HOT_RESET_CAPABLE",
  "COREDUMP_CMD_SUPPORTED",
];

function queryCaps(command: Command, card: Card): Answer {
  const found = target(command, card);
  if (!isFunction(found)) return found;
  const pf = found.functionId === 0;
  const most = share(card, found.functionId);
  const perVf = card.options.chip.vf;
  return {
    fid: found.fid,
    port_id: card.portId,
    flags: flags("FUNC_QCAPS", "flags", pf ? PF_FLAGS : COMMON_FLAGS),
    mac_address: macOf(card, found),
    max_rsscos_ctx: most.rsscos,
    max_cmpl_rings: most.cmpl,
    max_tx_rings: most.tx,
    max_rx_rings: most.rx,
    max_l2_ctxs: most.l2,
    max_vnics: most.vnics,
    first_vf_id: pf && card.totalVfs > 0 ? firstVfId() : 0,
    max_vfs: pf ? card.totalVfs : 0,
    max_stat_ctx: most.stat,
    max_mcast_filters: 64,
    max_hw_ring_grps: most.rx,
    max_sp_tx_rings: pf ? 8 : 0,
    max_msix_vfs: pf && card.totalVfs > 0 ? perVf.msix : 0,
    flags_ext: flags("FUNC_QCAPS", "flags_ext", [
      "EXT_HW_STATS_SUPPORTED",
      "HOT_RESET_IF_SUPPORT",
      "BS_V2_SUPPORTED",
      ...(pf ? ["FW_LIVEPATCH_SUPPORTED", "PTP_PPS_SUPPORTED"] : []),
    ]),
    flags_ext2: flags("FUNC_QCAPS", "flags_ext2", [
      ...(pf ? ["ROCE_VF_RESOURCE_MGMT_SUPPORTED"] : []),
    ]),
    flags_ext3: flags("FUNC_QCAPS", "flags_ext3", [
      ...(pf ? ["MAX_ROCE_VFS_SUPPORTED"] : []),
    ]),
    device_serial_number: bigEndian(card.options.serial, 8),
    roce_vf_max_av: pf ? 0x4000 : 0,
    roce_vf_max_cq: pf ? 0x1000 : 0,
    roce_vf_max_mrw: pf ? 0x4000 : 0,
    roce_vf_max_qp: pf ? 0x1000 : 0,
    roce_vf_max_srq: pf ? 0x400 : 0,
    roce_vf_max_gid: pf ? 0x20 : 0,
    max_roce_vfs: pf ? Math.min(card.totalVfs, 64) : 0,
  };
}

function queryConfig(command: Command, card: Card): Answer {
  const found = target(command, card);
  if (!isFunction(found)) return found;
  const pf = found.functionId === 0;
  const has = share(card, found.functionId);
  // A driver takes what it needs: a quarter of what it could have.
  const taken = (most: number): number =>
    found.inUse ? Math.max(1, most >> 2) : 0;
  const vfs = card.functions.slice(1);
  return {
    fid: found.fid,
    port_id: card.portId,
    flags: flags("FUNC_QCFG", "flags", pf ? ["HOT_RESET_ALLOWED"] : []),
    mac_address: macOf(card, found),
    pci_id: found.rid,
    alloc_rsscos_ctx: taken(has.rsscos),
    alloc_tx_rings: taken(has.tx),
    alloc_rx_rings: taken(has.rx),
    alloc_l2_ctx: taken(has.l2),
    alloc_vnics: taken(has.vnics),
    admin_mtu: 9600,
    mru: 9618,
    stat_ctx_id: 0xffff,
    port_partition_type: 0, // SPF: one PF a port
    port_pf_cnt: 1,
    dflt_vnic_id: found.inUse ? found.fid : 0xffff,
    max_mtu_configured: found.inUse ? 1500 : 0,
    min_bw: 0,
    max_bw: card.options.port.speed * 1000, // in Mb/s: unit bits are 0
    evb_mode: pf ? 1 : 0, // VEB
    options: 2 << 2, // link_admin_state AUTO
    alloc_vfs: pf ? vfs.length : 0,
    alloc_hw_ring_grps: taken(has.rx),
    alloc_sp_tx_rings: 0,
    alloc_stat_ctx: taken(has.stat),
    alloc_msix: taken(has.msix),
    registered_vfs: pf ? vfs.filter(({ inUse }) => inUse).length : 0,
    l2_doorbell_bar_size_kb: 64,
    always_1: 1,
    host_mtu: found.inUse ? 1500 : 0,
    roce_max_av_per_vf: pf ? 0x400 : 0,
    roce_max_cq_per_vf: pf ? 0x100 : 0,
    roce_max_mrw_per_vf: pf ? 0x400 : 0,
    roce_max_qp_per_vf: pf ? 0x100 : 0,
    roce_max_srq_per_vf: pf ? 0x40 : 0,
    roce_max_gid_per_vf: pf ? 0x10 : 0,
    max_link_width: 16,
    max_link_speed: card.options.chip.pcieGeneration,
    negotiated_link_width: 16,
    negotiated_link_speed: card.options.chip.pcieGeneration,
  };
}

function queryResources(command: Command, card: Card): Answer {
  const found = target(command, card);
  if (!isFunction(found)) return found;
  const pf = found.functionId === 0;
  const most = share(card, found.functionId);
  return {
    max_vfs: pf ? card.totalVfs : 0,
    max_msix: most.msix,
    vf_reservation_strategy: 1, // MINIMAL
    min_rsscos_ctx: 1,
    max_rsscos_ctx: most.rsscos,
    min_cmpl_rings: 1,
    max_cmpl_rings: most.cmpl,
    min_tx_rings: 1,
    max_tx_rings: most.tx,
    min_rx_rings: 1,
    max_rx_rings: most.rx,
    min_l2_ctxs: 1,
    max_l2_ctxs: most.l2,
    min_vnics: 1,
    max_vnics: most.vnics,
    min_stat_ctx: 1,
    max_stat_ctx: most.stat,
    min_hw_ring_grps: 0,
    max_hw_ring_grps: most.rx,
    max_tx_scheduler_inputs: most.tx,
    flags: flags("FUNC_RESOURCE_QCAPS", "flags", ["MIN_GUARANTEED"]),
    min_msix: 1,
  };
}

/** These commands by number. */
export function functionCommands(): [number, Handler][] {
  return [
    [0x15, { name: "FUNC_QCAPS", pfOnly: false, run: queryCaps }],
    [0x16, { name: "FUNC_QCFG", pfOnly: false, run: queryConfig }],
    [0x190, {
      name: "FUNC_RESOURCE_QCAPS",
      pfOnly: false,
      run: queryResources,
    }],
  ];
}
