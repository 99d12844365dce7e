/**
 * What the kernel's mlx5 driver lets through, as a table.
 *
 * Source: mlx5ctl_validate_rpc() in drivers/fwctl/mlx5/main.c (Linux 7.2); the
 * numbers are from include/linux/mlx5/mlx5_ifc.h and that file's own enum. The
 * driver's MLX5_CMD_OPCODE_QUERY_VUID is MLX5_CMD_OP_QUERY_VUID.
 *
 * @module
 */

/** One command of the list. */
export interface AllowedCommand {
  /** The kernel's name without `MLX5_CMD_OP_`. */
  readonly name: string;
  /** Least scope number; for the two register accesses that of a write, see {@linkcode leastScope}. */
  readonly scope: 0 | 1 | 2;
}

let table: ReadonlyMap<number, AllowedCommand> | undefined;

/** Commands by opcode. Everything else is refused with EBADMSG at any scope. */
export function allowList(): ReadonlyMap<number, AllowedCommand> {
  return table ??= new Map(rows());
}

const rows = (): [number, AllowedCommand][] => [
  [0x100, { name: "QUERY_HCA_CAP", scope: 0 }],
  [0x101, { name: "QUERY_ADAPTER", scope: 0 }],
  [0x107, { name: "QUERY_PAGES", scope: 1 }],
  [0x109, { name: "SET_HCA_CAP", scope: 0 }],
  [0x10a, { name: "QUERY_ISSI", scope: 1 }],
  [0x10c, { name: "QUERY_DRIVER_VERSION", scope: 1 }],
  [0x10e, { name: "QUERY_OTHER_HCA_CAP", scope: 0 }],
  [0x111, { name: "QUERY_SF_PARTITION", scope: 1 }],
  [0x117, { name: "QUERY_VHCA_MIGRATION_STATE", scope: 1 }],
  [0x201, { name: "QUERY_MKEY", scope: 1 }],
  [0x203, { name: "QUERY_SPECIAL_CONTEXTS", scope: 1 }],
  [0x303, { name: "QUERY_EQ", scope: 1 }],
  [0x402, { name: "QUERY_CQ", scope: 1 }],
  [0x50b, { name: "QUERY_QP", scope: 1 }],
  [0x512, { name: "QUERY_RDB", scope: 1 }],
  [0x602, { name: "QUERY_PSV", scope: 1 }],
  [0x702, { name: "QUERY_SRQ", scope: 1 }],
  [0x707, { name: "QUERY_XRC_SRQ", scope: 1 }],
  [0x713, { name: "QUERY_DCT", scope: 1 }],
  [0x716, { name: "QUERY_DC_CNAK_TRACE", scope: 1 }],
  [0x719, { name: "QUERY_XRQ", scope: 1 }],
  [0x722, { name: "QUERY_NVMF_BACKEND_CONTROLLER", scope: 1 }],
  [0x725, { name: "QUERY_XRQ_DC_PARAMS_ENTRY", scope: 1 }],
  [0x727, { name: "QUERY_XRQ_ERROR_PARAMS", scope: 1 }],
  [0x728, { name: "QUERY_NVMF_NAMESPACE_CONTEXT", scope: 1 }],
  [0x730, { name: "QUERY_ADJACENT_FUNCTIONS_ID", scope: 1 }],
  [0x731, { name: "DELEGATE_VHCA_MANAGEMENT", scope: 0 }],
  [0x732, { name: "QUERY_DELEGATED_VHCA", scope: 1 }],
  [0x740, { name: "QUERY_ESW_FUNCTIONS", scope: 0 }],
  [0x750, { name: "QUERY_VPORT_STATE", scope: 1 }],
  [0x752, { name: "QUERY_ESW_VPORT_CONTEXT", scope: 1 }],
  [0x754, { name: "QUERY_NIC_VPORT_CONTEXT", scope: 1 }],
  [0x760, { name: "QUERY_ROCE_ADDRESS", scope: 0 }],
  [0x762, { name: "QUERY_HCA_VPORT_CONTEXT", scope: 0 }],
  [0x764, { name: "QUERY_HCA_VPORT_GID", scope: 1 }],
  [0x765, { name: "QUERY_HCA_VPORT_PKEY", scope: 1 }],
  [0x76f, { name: "QUERY_VNIC_ENV", scope: 1 }],
  [0x770, { name: "QUERY_VPORT_COUNTER", scope: 1 }],
  [0x773, { name: "QUERY_Q_COUNTER", scope: 1 }],
  [0x781, { name: "QUERY_RATE_LIMIT", scope: 1 }],
  [0x784, { name: "QUERY_SCHEDULING_ELEMENT", scope: 1 }],
  [0x805, { name: "ACCESS_REG", scope: 0 }],
  [0x80b, { name: "QUERY_MAD_DEMUX", scope: 1 }],
  [0x80d, { name: "NOP", scope: 1 }],
  [0x813, { name: "QUERY_BURST_SIZE", scope: 1 }],
  [0x819, { name: "QUERY_DIAGNOSTIC_PARAMS", scope: 1 }],
  [0x820, { name: "SET_DIAGNOSTIC_PARAMS", scope: 2 }],
  [0x821, { name: "QUERY_DIAGNOSTIC_COUNTERS", scope: 1 }],
  [0x822, { name: "QUERY_CONG_STATUS", scope: 1 }],
  [0x823, { name: "MODIFY_CONG_STATUS", scope: 0 }],
  [0x824, { name: "QUERY_CONG_PARAMS", scope: 1 }],
  [0x826, { name: "QUERY_CONG_STATISTICS", scope: 1 }],
  [0x82a, { name: "QUERY_L2_TABLE_ENTRY", scope: 1 }],
  [0x831, { name: "QUERY_WOL_ROL", scope: 1 }],
  [0x842, { name: "QUERY_LAG", scope: 1 }],
  [0x903, { name: "QUERY_TIR", scope: 1 }],
  [0x907, { name: "QUERY_SQ", scope: 1 }],
  [0x90b, { name: "QUERY_RQ", scope: 1 }],
  [0x90f, { name: "QUERY_RMP", scope: 1 }],
  [0x911, { name: "QUERY_DELAY_DROP_PARAMS", scope: 1 }],
  [0x915, { name: "QUERY_TIS", scope: 1 }],
  [0x919, { name: "QUERY_RQT", scope: 1 }],
  [0x932, { name: "QUERY_FLOW_TABLE", scope: 1 }],
  [0x935, { name: "QUERY_FLOW_GROUP", scope: 1 }],
  [0x937, { name: "QUERY_FLOW_TABLE_ENTRY", scope: 1 }],
  [0x93b, { name: "QUERY_FLOW_COUNTER", scope: 1 }],
  [0x93f, { name: "QUERY_PACKET_REFORMAT_CONTEXT", scope: 1 }],
  [0x942, { name: "QUERY_MODIFY_HEADER_CONTEXT", scope: 1 }],
  [0x962, { name: "FPGA_QUERY_QP", scope: 1 }],
  [0x964, { name: "FPGA_QUERY_QP_COUNTERS", scope: 1 }],
  [0x971, { name: "QUERY_AFU", scope: 1 }],
  [0x981, { name: "QUERY_CAPI_PEC", scope: 1 }],
  [0xa02, { name: "QUERY_GENERAL_OBJECT", scope: 1 }],
  [0xa05, { name: "QUERY_UCTX", scope: 1 }],
  [0xa09, { name: "QUERY_UMEM", scope: 1 }],
  [0xb02, { name: "QUERY_NVMF_CC_RESPONSE", scope: 1 }],
  [0xb03, { name: "QUERY_EMULATED_FUNCTIONS_INFO", scope: 1 }],
  [0xb05, { name: "QUERY_REGEXP_PARAMS", scope: 1 }],
  [0xb07, { name: "QUERY_REGEXP_REGISTER", scope: 1 }],
  [0xb08, { name: "USER_QUERY_XRQ_DC_PARAMS_ENTRY", scope: 1 }],
  [0xb0a, { name: "USER_QUERY_XRQ_ERROR_PARAMS", scope: 1 }],
  [0xb0c, { name: "ACCESS_REGISTER_USER", scope: 0 }],
  [0xb0d, { name: "QUERY_VHCA_STATE", scope: 1 }],
  [0xb0f, { name: "QUERY_EMULATION_DEVICE_EQ_MSIX_MAPPING", scope: 1 }],
  [0xb13, { name: "QUERY_MATCH_SAMPLE_INFO", scope: 1 }],
  [0xb14, { name: "QUERY_CRYPTO_STATE", scope: 1 }],
  [0xb22, { name: "QUERY_VUID", scope: 0 }],
  [0xb28, { name: "QUERY_DPA_PARTITION", scope: 1 }],
  [0xb2a, { name: "QUERY_DPA_PARTITIONS", scope: 1 }],
  [0xb2e, { name: "POSTPONE_CONNECTED_QP_TIMEOUT", scope: 0 }],
  [0xb2f, { name: "QUERY_EMULATED_RESOURCES_INFO", scope: 1 }],
  [0x8000, { name: "QUERY_RSV_RESOURCES", scope: 1 }],
  [0x8001, { name: "QUERY_MTT", scope: 1 }],
  [0x8006, { name: "QUERY_SCHED_QUEUE", scope: 1 }],
];

const MLX5_CMD_OP_ACCESS_REG = 0x805;
const MLX5_CMD_OP_ACCESS_REGISTER_USER = 0xb0c;

/** Whether the opcode reads or writes a register: ACCESS_REG, ACCESS_REGISTER_USER. */
export function isRegisterAccess(opcode: number): boolean {
  return opcode === MLX5_CMD_OP_ACCESS_REG ||
    opcode === MLX5_CMD_OP_ACCESS_REGISTER_USER;
}

/**
 * The least scope number at which the kernel sends a command, or undefined when
 * it never does.
 *
 * The register accesses are the one place where `opMod` counts, and the wrong
 * way round from what one expects: op_mod 0, the write, goes through at scope 0
 * while every other op_mod, the read among them, needs scope 1.
 *
 * @param opcode 16 bits, bytes 0..1 of the request
 * @param opMod 16 bits, bytes 6..7 of the request
 */
export function leastScope(opcode: number, opMod: number): number | undefined {
  const command = allowList().get(opcode);
  if (!command) return undefined;
  if (isRegisterAccess(opcode)) return opMod === 0 ? 0 : 1;
  return command.scope;
}
