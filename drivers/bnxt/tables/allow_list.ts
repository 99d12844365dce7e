/**
 * What the kernel's bnxt driver lets through, and how long it waits, as a table
 * for each kernel that differs: Linux 7.3 has all that 7.2 has, requests with
 * buffers (buffers.ts), one request more, and more time for some.
 *
 * Source: bnxtctl_validate_rpc() and bnxtctl_get_timeout() in
 * drivers/fwctl/bnxt/main.c (Linux 7.2 and 7.3); the numbers are from
 * include/linux/bnxt/hsi.h.
 *
 * @module
 */
import { bufferRows } from "./buffers.ts";

/** Kernels whose lists differ; "7.3" is also every later one. */
export const BNXT_KERNELS = ["7.2", "7.3"] as const;

/** One of {@linkcode BNXT_KERNELS}. */
export type BnxtKernel = typeof BNXT_KERNELS[number];

/** One command of the list. */
export interface AllowedCommand {
  /** The kernel's name without `HWRM_`. */
  readonly name: string;
  /** Least scope number. */
  readonly scope: 0 | 1 | 2 | 3;
  /** Milliseconds that the driver gives the firmware for it. */
  readonly timeout: number;
  /** Whether its request names buffers in memory. */
  readonly buffers: boolean;
}

/** A row of Linux 7.2. */
type Row = Omit<AllowedCommand, "buffers">;

/** BNXTCTL_HWRM_CMD_TIMEOUT_DFLT, in ms. */
const DEFAULT = 500;
/** BNXTCTL_HWRM_CMD_TIMEOUT_MEDM, in ms. */
const MEDIUM = 2000;
/** BNXTCTL_HWRM_CMD_TIMEOUT_LONG, in ms. */
const LONG = 60000;

const tables = new Map<BnxtKernel, ReadonlyMap<number, AllowedCommand>>();

/**
 * Commands by req_type. Everything else is refused with EPERM at any scope.
 *
 * @param kernel the newest unless given, whose list has all there is
 */
export function allowList(
  kernel: BnxtKernel = "7.3",
): ReadonlyMap<number, AllowedCommand> {
  let table = tables.get(kernel);
  if (table) return table;
  const plain = rows().map(([code, row]) =>
    [code, { ...row, buffers: false }] as const
  );
  table = new Map(kernel === "7.2" ? plain : newer(plain));
  tables.set(kernel, table);
  return table;
}

/**
 * The least scope number at which the kernel sends a command, or undefined when
 * it never does.
 *
 * @param reqType 16 bits, bytes 0..1 of the request, little endian
 */
export function leastScope(
  reqType: number,
  kernel: BnxtKernel = "7.3",
): AllowedCommand["scope"] | undefined {
  return allowList(kernel).get(reqType)?.scope;
}

/** Commands that Linux 7.3 gives as long as those that write NVM. */
const LONG_SINCE_7_3 = new Set([
  "DBG_COREDUMP_INITIATE",
  "DBG_COREDUMP_LIST",
  "DBG_COREDUMP_RETRIEVE",
  "DBG_SERDES_TEST",
  "FW_HEALTH_CHECK",
  "FW_SYNC",
  "NVM_RAW_WRITE_BLK",
  "NVM_WRITE",
  "SELFTEST_RETRIEVE_SERDES_DATA",
]);

/** What Linux 7.3 made of the list, in order of the number. */
function newer(
  plain: readonly (readonly [number, AllowedCommand])[],
): (readonly [number, AllowedCommand])[] {
  const all: (readonly [number, AllowedCommand])[] = [
    ...plain,
    [0xff18, {
      name: "DBG_COREDUMP_INITIATE",
      scope: 1,
      timeout: DEFAULT,
      buffers: false,
    }],
    ...bufferRows().map(({ code, name, scope }) =>
      [code, { name, scope, timeout: DEFAULT, buffers: true }] as const
    ),
  ];
  return all.sort(([a], [b]) => a - b).map(([code, row]) => [
    code,
    LONG_SINCE_7_3.has(row.name) ? { ...row, timeout: LONG } : row,
  ]);
}

const rows = (): [number, Row][] => [
  [0x0, { name: "VER_GET", scope: 1, timeout: DEFAULT }],
  [0xc, { name: "ERROR_RECOVERY_QCFG", scope: 1, timeout: DEFAULT }],
  [0x11, { name: "FUNC_RESET", scope: 0, timeout: MEDIUM }],
  [0x15, { name: "FUNC_QCAPS", scope: 1, timeout: DEFAULT }],
  [0x16, { name: "FUNC_QCFG", scope: 1, timeout: DEFAULT }],
  [0x18, { name: "FUNC_QSTATS", scope: 1, timeout: DEFAULT }],
  [0x25, { name: "PORT_CLR_STATS", scope: 0, timeout: DEFAULT }],
  [0x27, { name: "PORT_PHY_QCFG", scope: 1, timeout: DEFAULT }],
  [0x28, { name: "PORT_MAC_QCFG", scope: 1, timeout: DEFAULT }],
  [0x2a, { name: "PORT_PHY_QCAPS", scope: 1, timeout: DEFAULT }],
  [0x2b, { name: "PORT_PHY_I2C_WRITE", scope: 2, timeout: DEFAULT }],
  [0x2c, { name: "PORT_PHY_I2C_READ", scope: 1, timeout: DEFAULT }],
  [0x37, { name: "QUEUE_PRI2COS_QCFG", scope: 1, timeout: DEFAULT }],
  [0x39, { name: "QUEUE_COS2BW_QCFG", scope: 1, timeout: DEFAULT }],
  [0x47, { name: "VNIC_RSS_QCFG", scope: 1, timeout: DEFAULT }],
  [0x87, { name: "QUEUE_GLOBAL_QCFG", scope: 1, timeout: DEFAULT }],
  [0x88, {
    name: "QUEUE_ADPTV_QOS_RX_FEATURE_QCFG",
    scope: 1,
    timeout: DEFAULT,
  }],
  [0x8a, {
    name: "QUEUE_ADPTV_QOS_TX_FEATURE_QCFG",
    scope: 1,
    timeout: DEFAULT,
  }],
  [0x8c, { name: "QUEUE_QCAPS", scope: 1, timeout: DEFAULT }],
  [0x8d, {
    name: "QUEUE_ADPTV_QOS_RX_TUNING_QCFG",
    scope: 1,
    timeout: DEFAULT,
  }],
  [0x8f, {
    name: "QUEUE_ADPTV_QOS_TX_TUNING_QCFG",
    scope: 1,
    timeout: DEFAULT,
  }],
  [0xa0, { name: "TUNNEL_DST_PORT_QUERY", scope: 1, timeout: DEFAULT }],
  [0xb5, { name: "PORT_PHY_MDIO_WRITE", scope: 2, timeout: DEFAULT }],
  [0xb6, { name: "PORT_PHY_MDIO_READ", scope: 1, timeout: DEFAULT }],
  [0xbc, { name: "PORT_TX_FIR_QCFG", scope: 1, timeout: DEFAULT }],
  [0xbe, { name: "FW_LIVEPATCH_QUERY", scope: 1, timeout: DEFAULT }],
  [0xc0, { name: "FW_RESET", scope: 0, timeout: DEFAULT }],
  [0xc1, { name: "FW_QSTATUS", scope: 1, timeout: DEFAULT }],
  [0xc2, { name: "FW_HEALTH_CHECK", scope: 1, timeout: DEFAULT }],
  [0xc3, { name: "FW_SYNC", scope: 0, timeout: DEFAULT }],
  [0xc8, { name: "FW_SET_TIME", scope: 0, timeout: DEFAULT }],
  [0xc9, { name: "FW_GET_TIME", scope: 1, timeout: DEFAULT }],
  [0xda, { name: "PORT_EP_TX_QCFG", scope: 1, timeout: DEFAULT }],
  [0xdd, { name: "PORT_QCFG", scope: 1, timeout: DEFAULT }],
  [0xdf, { name: "PORT_MAC_QCAPS", scope: 1, timeout: DEFAULT }],
  [0xe0, { name: "TEMP_MONITOR_QUERY", scope: 1, timeout: DEFAULT }],
  [0xe1, { name: "REG_POWER_QUERY", scope: 1, timeout: DEFAULT }],
  [0xe2, { name: "CORE_FREQUENCY_QUERY", scope: 1, timeout: DEFAULT }],
  [0x112, {
    name: "CFA_REDIRECT_QUERY_TUNNEL_TYPE",
    scope: 1,
    timeout: DEFAULT,
  }],
  [0x124, { name: "CFA_ADV_FLOW_MGNT_QCAPS", scope: 1, timeout: DEFAULT }],
  [0x190, { name: "FUNC_RESOURCE_QCAPS", scope: 1, timeout: DEFAULT }],
  [0x192, { name: "FUNC_BACKING_STORE_QCAPS", scope: 1, timeout: DEFAULT }],
  [0x194, { name: "FUNC_BACKING_STORE_QCFG", scope: 1, timeout: DEFAULT }],
  [0x198, { name: "FUNC_QSTATS_EXT", scope: 1, timeout: DEFAULT }],
  [0x19c, { name: "FUNC_PTP_PIN_QCFG", scope: 1, timeout: DEFAULT }],
  [0x1a1, { name: "FUNC_PTP_EXT_QCFG", scope: 1, timeout: DEFAULT }],
  [0x1a4, { name: "FUNC_BACKING_STORE_QCFG_V2", scope: 1, timeout: DEFAULT }],
  [0x1a8, { name: "FUNC_BACKING_STORE_QCAPS_V2", scope: 1, timeout: DEFAULT }],
  [0x1ac, { name: "FUNC_SYNCE_QCFG", scope: 1, timeout: DEFAULT }],
  [0x1c3, {
    name: "FUNC_TTX_PACING_RATE_PROF_QUERY",
    scope: 1,
    timeout: DEFAULT,
  }],
  [0x200, { name: "SELFTEST_QLIST", scope: 1, timeout: DEFAULT }],
  [0x232, { name: "PORT_PHY_FDRSTAT", scope: 1, timeout: DEFAULT }],
  [0xff0f, { name: "DBG_LOG_BUFFER_FLUSH", scope: 0, timeout: DEFAULT }],
  [0xff15, { name: "DBG_ERASE_NVM", scope: 0, timeout: DEFAULT }],
  [0xff16, { name: "DBG_CFG", scope: 0, timeout: DEFAULT }],
  [0xff1c, { name: "DBG_RING_INFO_GET", scope: 1, timeout: DEFAULT }],
  [0xff20, { name: "DBG_QCAPS", scope: 1, timeout: DEFAULT }],
  [0xff21, { name: "DBG_QCFG", scope: 1, timeout: DEFAULT }],
  [0xff25, { name: "DBG_USEQ_FLUSH", scope: 1, timeout: DEFAULT }],
  [0xff26, { name: "DBG_USEQ_QCAPS", scope: 1, timeout: DEFAULT }],
  [0xff2e, { name: "DBG_SIM_CABLE_STATE", scope: 1, timeout: DEFAULT }],
  [0xff2f, { name: "DBG_TOKEN_QUERY_AUTH_IDS", scope: 1, timeout: DEFAULT }],
  [0xffec, { name: "NVM_DEFRAG", scope: 0, timeout: LONG }],
  [0xffee, { name: "NVM_FACTORY_DEFAULTS", scope: 0, timeout: LONG }],
  [0xfff0, { name: "NVM_FLUSH", scope: 0, timeout: LONG }],
  [0xfff5, { name: "NVM_VERIFY_UPDATE", scope: 0, timeout: LONG }],
  [0xfff6, { name: "NVM_GET_DEV_INFO", scope: 1, timeout: DEFAULT }],
  [0xfff7, { name: "NVM_ERASE_DIR_ENTRY", scope: 0, timeout: LONG }],
  [0xfff8, { name: "NVM_MOD_DIR_ENTRY", scope: 0, timeout: LONG }],
  [0xfff9, { name: "NVM_FIND_DIR_ENTRY", scope: 0, timeout: DEFAULT }],
  [0xfffb, { name: "NVM_GET_DIR_INFO", scope: 1, timeout: DEFAULT }],
];
