/**
 * Segments of the resource dump with a public name: those that the vendor's
 * mlx5ctl shows of a real card, a part of them. What a device has says its menu.
 *
 * @module
 */

/** Type, name, names of the two indexes; "" where it takes none. */
export const DUMP_SEGMENTS: readonly (readonly [
  type: number,
  name: string,
  index1: string,
  index2: string,
])[] = [
  [0x0002, "HW_CQPC", "QPN", ""],
  [0x0003, "HW_SQPC", "QPN", ""],
  [0x0004, "HW_RQPC", "QPN", ""],
  [0x1000, "FULL_QPC", "QPN", ""],
  [0x1001, "SND_BUFF", "QPN", "WQEBB"],
  [0x1100, "FULL_SRQC", "SRQN", ""],
  [0x1200, "FULL_CQC", "CQN", ""],
  [0x1300, "FULL_EQC", "EQN", ""],
  [0x3001, "SX_SLICE_ALL", "", ""],
  [0x2001, "RX_SLICE_ALL", "", ""],
  [0x4000, "PRM_QUERY_QP", "QPN", ""],
  [0x4020, "PRM_QUERY_CQ", "CQN", ""],
  [0x4008, "QUERY_VNIC_ENV", "", ""],
  [0x1040, "SCHEDQ_INFO", "SCHEDQ_IX", ""],
];
