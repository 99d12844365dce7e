/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Which HWRM requests name buffers in memory: where the address and the length
 * lie in the request, in what unit the length counts, and whether the firmware
 * reads the buffer or writes it. From the request structs of bnxt's hsi.h.
 */
struct buffer {
	u16 req_type;
	u8 address, length, width, unit;	/* byte offsets; length 0: always `fixed` */
	bool reads;
	u32 fixed;
};

#define BUFFER(type, name, addr, len, units, does_read)				\
	{ .req_type = HWRM_##type, .reads = does_read, .unit = units,		\
	  .address = offsetof(struct hwrm_##name##_input, addr),		\
	  .length = offsetof(struct hwrm_##name##_input, len),			\
	  .width = sizeof_field(struct hwrm_##name##_input, len) }
#define READS(type, name, addr, len, units)	BUFFER(type, name, addr, len, units, true)
#define WRITES(type, name, addr, len, units)	BUFFER(type, name, addr, len, units, false)
#define WRITES_FIXED(type, name, addr, bytes)					\
	{ .req_type = HWRM_##type, .unit = 1, .fixed = bytes,			\
	  .address = offsetof(struct hwrm_##name##_input, addr) }

static const struct buffer buffers[] = {
	READS(NVM_SET_VARIABLE, nvm_set_variable, src_data_addr, data_len, 1),
	WRITES(NVM_GET_VARIABLE, nvm_get_variable, dest_data_addr, data_len, 1),
	WRITES(NVM_READ, nvm_read, host_dest_addr, len, 1),
	WRITES_FIXED(NVM_GET_DIR_ENTRIES, nvm_get_dir_entries, host_dest_addr, FWCTL_BNXT_MAX_DMABUF),
	READS(NVM_WRITE, nvm_write, host_src_addr, dir_data_length, 1),
	READS(NVM_MODIFY, nvm_modify, host_src_addr, len, 1),
	READS(NVM_RAW_WRITE_BLK, nvm_raw_write_blk, host_src_addr, len, 1),
	WRITES(NVM_RAW_DUMP, nvm_raw_dump, host_dest_addr, len, 1),
	WRITES(FW_GET_STRUCTURED_DATA, fw_get_structured_data, dest_data_addr, data_len, 1),
	READS(FW_SET_STRUCTURED_DATA, fw_set_structured_data, src_data_addr, data_len, 1),
	READS(FW_LIVEPATCH, fw_livepatch, host_addr, patch_len, 1),
	WRITES(DBG_COREDUMP_LIST, dbg_coredump_list, host_dest_addr, host_buf_len, 1),
	WRITES(DBG_COREDUMP_RETRIEVE, dbg_coredump_retrieve, host_dest_addr, host_buf_len, 1),
	WRITES(DBG_READ_DIRECT, dbg_read_direct, host_dest_addr, read_len32, 4),
	WRITES(DBG_READ_INDIRECT, dbg_read_indirect, host_dest_addr, host_dest_addr_len, 1),
	WRITES(DBG_SERDES_TEST, dbg_serdes_test, resp_data_addr, data_len, 1),
	READS(DBG_TOKEN_CFG, dbg_token_cfg, host_src_addr, dbg_token_len, 1),
	WRITES(QUEUE_DSCP2PRI_QCFG, queue_dscp2pri_qcfg, dest_data_addr, dest_data_buffer_size, 1),
	WRITES_FIXED(PORT_QSTATS, port_qstats, tx_stat_host_addr, sizeof(struct tx_port_stats)),
	WRITES_FIXED(PORT_QSTATS, port_qstats, rx_stat_host_addr, sizeof(struct rx_port_stats)),
	WRITES(PORT_QSTATS_EXT, port_qstats_ext, tx_stat_host_addr, tx_stat_size, 1),
	WRITES(PORT_QSTATS_EXT, port_qstats_ext, rx_stat_host_addr, rx_stat_size, 1),
	WRITES(PORT_QSTATS_EXT_PFC_ADV, port_qstats_ext_pfc_adv, tx_pfc_adv_stat_host_addr, pfc_adv_stat_size, 1),
	WRITES(PORT_QSTATS_EXT_PFC_ADV, port_qstats_ext_pfc_adv, rx_pfc_adv_stat_host_addr, pfc_adv_stat_size, 1),
	WRITES(PCIE_QSTATS, pcie_qstats, pcie_stat_host_addr, pcie_stat_size, 1),
	WRITES(STAT_GENERIC_QSTATS, stat_generic_qstats, generic_stat_host_addr, generic_stat_size, 1),
	WRITES(STAT_QUERY_ROCE_STATS, stat_query_roce_stats, roce_stat_host_addr, roce_stat_size, 1),
	WRITES(STAT_QUERY_ROCE_STATS_EXT, stat_query_roce_stats_ext, roce_stat_host_addr, roce_stat_size, 1),
	WRITES(PORT_EVENTS_LOG, port_events_log, host_dest_addr, host_dest_addr_len, 1),
	WRITES(PORT_PRBS_TEST, port_prbs_test, resp_data_addr, data_len, 1),
	WRITES(PORT_DSC_DUMP, port_dsc_dump, resp_data_addr, data_len, 1),
	READS(SCH_GRP_CFG, sch_grp_cfg, fid_table_addr, num_fids, 2),
	WRITES(SCH_GRP_QCFG, sch_grp_qcfg, fid_table_addr, fid_table_len, 1),
	WRITES(SELFTEST_RETRIEVE_SERDES_DATA, selftest_retrieve_serdes_data, resp_data_addr, data_len, 1),
	READS(DBG_PTRACE, dbg_ptrace, pdi_cmd_buf_addr, pdi_req_buf_len, 1),
	WRITES(DBG_PTRACE, dbg_ptrace, pdi_resp_buf_addr, pdi_req_buf_len, 1),
};
