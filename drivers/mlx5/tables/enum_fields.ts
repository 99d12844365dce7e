/**
 * Which fields of mlx5_ifc hold the values of which enum; written by hand,
 * because the header does not say so.
 *
 * @module
 */

/** How a field's values are named. */
export interface EnumField {
  /** What all names of the enum begin with. */
  readonly prefix: string;
  /** Put before the rest of each name, where the rest alone says too little. */
  readonly label?: string;
  /** Each name is a bit of the field rather than a value. */
  readonly bits?: true;
}

const QPC_MTU: EnumField = { prefix: "MLX5_QPC_MTU_" };
const TIMESTAMP: EnumField = { prefix: "MLX5_TIMESTAMP_FORMAT_CAP_" };

/** By `structure.field`, names as in `ifc.ts`. */
export const ENUM_FIELDS: Readonly<Record<string, EnumField>> = {
  "cmd_hca_cap.gid_table_size": { prefix: "MLX5_CMD_HCA_CAP_GID_TABLE_SIZE_" },
  "cmd_hca_cap.pkey_table_size": {
    prefix: "MLX5_CMD_HCA_CAP_PKEY_TABLE_SIZE_",
  },
  "cmd_hca_cap.port_type": { prefix: "MLX5_CAP_PORT_TYPE_" },
  "cmd_hca_cap.umr_fence": { prefix: "MLX5_CAP_UMR_FENCE_" },
  "cmd_hca_cap.cmdif_checksum": { prefix: "MLX5_CMD_HCA_CAP_CMDIF_CHECKSUM_" },
  "cmd_hca_cap.uctx_cap": { prefix: "MLX5_UCTX_CAP_", bits: true },
  "cmd_hca_cap.steering_format_version": { prefix: "MLX5_STEERING_FORMAT_" },
  "cmd_hca_cap.flow_counter_bulk_alloc": {
    prefix: "MLX5_FC_BULK_",
    bits: true,
  },
  "cmd_hca_cap.sq_ts_format": TIMESTAMP,
  "cmd_hca_cap.rq_ts_format": TIMESTAMP,
  "cmd_hca_cap.general_obj_types": {
    prefix: "MLX5_HCA_CAP_GENERAL_OBJECT_TYPES_",
    bits: true,
  },
  "cmd_hca_cap_2.general_obj_types_127_64": {
    prefix: "MLX5_HCA_CAP_2_GENERAL_OBJECT_TYPES_",
    bits: true,
  },
  "roce_cap.qp_ts_format": TIMESTAMP,
  "uctx.cap": { prefix: "MLX5_UCTX_CAP_", bits: true },
  "qpc.state": { prefix: "MLX5_QPC_STATE_" },
  "qpc.st": { prefix: "MLX5_QPC_ST_" },
  "qpc.pm_state": { prefix: "MLX5_QPC_PM_STATE_" },
  "qpc.mtu": QPC_MTU,
  "dctc.state": { prefix: "MLX5_DCTC_STATE_" },
  "dctc.mtu": { prefix: "MLX5_DCTC_MTU_" },
  "sqc.state": { prefix: "MLX5_SQC_STATE_" },
  "rqc.state": { prefix: "MLX5_RQC_STATE_" },
  "rmpc.state": { prefix: "MLX5_RMPC_STATE_" },
  "eqc.status": { prefix: "MLX5_EQC_STATUS_" },
  "eqc.st": { prefix: "MLX5_EQC_ST_" },
  "cqc.status": { prefix: "MLX5_CQC_STATUS_" },
  "cqc.st": { prefix: "MLX5_CQC_ST_" },
  "cqc.cqe_sz": { prefix: "MLX5_CQC_CQE_SZ_" },
  "wq.wq_type": { prefix: "MLX5_WQ_TYPE_" },
  "wq.end_padding_mode": { prefix: "MLX5_WQ_END_PAD_MODE_" },
  "query_vport_state_out.state": {
    prefix: "MLX5_QUERY_VPORT_STATE_OUT_STATE_",
  },
  "query_vport_state_in.op_mod": { prefix: "MLX5_VPORT_STATE_OP_MOD_" },
  "access_register_in.op_mod": { prefix: "MLX5_ACCESS_REGISTER_IN_OP_MOD_" },
  "query_pages_in.op_mod": { prefix: "MLX5_QUERY_PAGES_IN_OP_MOD_" },
  "manage_pages_in.op_mod": { prefix: "MLX5_MANAGE_PAGES_IN_OP_MOD_" },
  "suspend_vhca_in.op_mod": { prefix: "MLX5_SUSPEND_VHCA_IN_OP_MOD_" },
  "resume_vhca_in.op_mod": { prefix: "MLX5_RESUME_VHCA_IN_OP_MOD_" },
  "health_buffer.synd": { prefix: "MLX5_INITIAL_SEG_HEALTH_SYNDROME_" },
  "mfrl_reg.pci_reset_req_method": {
    prefix: "MLX5_MFRL_REG_PCI_RESET_METHOD_",
  },
  "mfrl_reg.reset_state": { prefix: "MLX5_MFRL_REG_RESET_STATE_" },
  "mfrl_reg.reset_type": { prefix: "MLX5_MFRL_REG_RESET_TYPE_", bits: true },
  "mfrl_reg.reset_level": {
    prefix: "MLX5_MFRL_REG_RESET_LEVEL",
    label: "LEVEL",
    bits: true,
  },
  "pfcc_reg.buf_ownership": { prefix: "MLX5_BUF_OWNERSHIP_" },
  "mtutc_reg.operation": { prefix: "MLX5_MTUTC_OPERATION_" },
  "mtutc_reg.freq_adj_units": { prefix: "MLX5_MTUTC_FREQ_ADJ_UNITS_" },
  "lagc.port_select_mode": { prefix: "MLX5_LAG_PORT_SELECT_MODE_" },
  "network_function_params.vhca_state": { prefix: "MLX5_VHCA_STATE_" },
  "network_function_params.pci_pf_type": { prefix: "MLX5_PCI_PF_TYPE_" },
  "encryption_key_obj.key_size": {
    prefix: "MLX5_GENERAL_OBJECT_TYPE_ENCRYPTION_KEY_KEY_SIZE_",
  },
  "encryption_key_obj.key_purpose": {
    prefix: "MLX5_GENERAL_OBJECT_TYPE_ENCRYPTION_KEY_PURPOSE_",
  },
  "page_track.state": { prefix: "MLX5_PAGE_TRACK_STATE_" },
  "msees_reg.admin_status": { prefix: "MLX5_MSEES_ADMIN_STATUS_" },
  "msees_reg.oper_status": { prefix: "MLX5_MSEES_OPER_STATUS_" },
  "msees_reg.failure_reason": { prefix: "MLX5_MSEES_FAILURE_REASON_" },
  "general_obj_in_cmd_hdr.obj_type": { prefix: "MLX5_OBJ_TYPE_" },
};
