/**
 * The common nvconfig parameters as text: an item a line (name, class, index,
 * bytes), below it its fields (name, first bit, width, type, then the
 * parameter's name and `key=value`).
 *
 * Only the fields that parameters, their valid bits and their gates need are
 * listed. Names, places, names of values and limits are facts of the vendor's
 * published parameter database (mstflint, mlxconfig_host.db, versions 4.21 and
 * 4.36, which agree on all of them); sriov_en, total_vfs, per_pf_total_vf,
 * pf_total_vf_en, total_vf, uctx_en, cqe_compression and swp_l4_csum_mode
 * agree with mlx5_core's own devlink parameters.
 *
 * `@msix` and `@flex` stand for two long rules, see builtin.ts.
 *
 * @module
 */

/** The table. Parsed by builtin.ts at first use. */
export const BUILTIN_TEXT: string = `nv_global_pci_conf 0 0x80 12
  sriov_valid 0 1 bool
  num_pfs_valid 3 1 bool
  num_vf_msix_valid 4 1 bool
  num_pf_msix_valid 5 1 bool
  vf_bar_size_valid 6 1 bool
  vf_nodnic_enable 9 1 bool VF_NODNIC_ENABLE gate=$nv_global_pci_cap.vf_nodnic_supported==1
  strict_vf_msix_num_enabled 10 1 bool STRICT_VF_MSIX_NUM gate=$nv_global_pci_cap.strict_vf_msix_num_supported==1
  per_pf_num_sf 11 1 bool PER_PF_NUM_SF gate=$nv_global_pci_cap.per_pf_num_sf_supported==1
  vf_vpd_enable 13 1 bool VF_VPD_ENABLE gate=$nv_global_pci_cap.vf_vpd_supported==1
  per_pf_total_vf 17 1 bool PF_NUM_OF_VF_VALID gate=$nv_global_pci_cap.per_pf_total_vf_supported==1
  sriov_en 32 1 bool SRIOV_EN valid=sriov_valid gate=$nv_global_pci_cap.sriov_support==1 rule=@msix
  hide_port2_pf 35 1 bool HIDE_PORT2_PF gate=$nv_global_pci_cap.hide_port2_pf_supported!=0
  pf_bar2_en 36 1 bool PF_BAR2_ENABLE gate=$nv_global_pci_cap.pf_bar2_supported==1
  num_pfs 40 8 uint NUM_OF_PF valid=num_pfs_valid max=$nv_global_pci_cap.max_num_pfs
  total_vfs 48 16 uint NUM_OF_VFS valid=sriov_valid gate=$nv_global_pci_cap.sriov_support==1 max=$nv_global_pci_cap.max_vfs_per_pf_valid==1?$nv_global_pci_cap.max_vfs_per_pf:0 rule=@msix
  num_vf_msix 64 10 uint NUM_VF_MSIX unit=vectors valid=num_vf_msix_valid gate=$nv_global_pci_cap.num_vf_msix_supported==1 max=$nv_global_pci_cap.max_num_vf_msix rule=@msix
  num_pf_msix 74 10 uint NUM_PF_MSIX unit=vectors valid=num_pf_msix_valid gate=$nv_global_pci_cap.num_pf_msix_supported==1 max=$nv_global_pci_cap.max_num_pf_msix rule=@msix
  log_vf_uar_bar_size 84 6 uint VF_LOG_BAR_SIZE unit=log2_MiB valid=vf_bar_size_valid gate=$nv_global_pci_cap.vf_bar_size_supported==1 max=$nv_global_pci_cap.max_log_vf_uar_bar_size
nv_global_pci_cap 0 0x81 20
  max_vfs_per_pf_valid 0 1 bool
  max_total_msix_valid 1 1 bool
  num_vf_msix_supported 4 1 bool
  num_pf_msix_supported 5 1 bool
  vf_bar_size_supported 6 1 bool
  vf_nodnic_supported 9 1 bool
  strict_vf_msix_num_supported 10 1 bool
  vf_vpd_supported 13 1 bool
  max_acc_outstanding_read_byte_supported 14 1 bool
  per_pf_num_sf_supported 17 1 bool
  per_pf_num_msix_supported 18 1 bool
  per_pf_total_vf_supported 20 1 bool
  sriov_support 32 1 bool
  hide_port2_pf_supported 35 1 bool
  pf_bar2_supported 36 1 bool
  max_num_pfs 40 8 uint
  max_vfs_per_pf 48 16 uint
  max_num_vf_msix 64 10 uint
  max_num_pf_msix 74 10 uint
  max_log_vf_uar_bar_size 84 6 uint
  max_total_msix 96 32 uint
nv_pf_pci_conf 3 0x80 16
  log_sf_bar_size 0 8 uint PF_SF_BAR_SIZE unit=log2_KiB valid=pf_total_sf_en gate=$nv_global_pci_cap.per_pf_num_sf_supported==1
  pf_total_sf_en 8 1 bool
  pf_total_vf_en 9 1 bool
  total_sf 16 16 uint PF_TOTAL_SF valid=pf_total_sf_en gate=$nv_global_pci_cap.per_pf_num_sf_supported==1
  num_pf_msix 52 12 uint PF_NUM_PF_MSIX unit=vectors gate=$nv_global_pci_cap.per_pf_num_msix_supported==1
  total_vf 80 16 uint PF_NUM_OF_VF valid=pf_total_vf_en gate=($nv_global_pci_cap.per_pf_total_vf_supported==1&&$nv_global_pci_conf.per_pf_total_vf==1)
nv_vpi_link_type 1 0x12 4
  default_link_type 28 2 enum LINK_TYPE values=IB:1,ETH:2
nv_sw_offload_conf 0 0x10a 8
  pci_atomic_mode 17 3 enum PCI_ATOMIC_MODE values=PCI_ATOMIC_DISABLED_EXT_ATOMIC_ENABLED:0,PCI_ATOMICS_ENABLED_EXT_ATOMICS_ENABLED_SERIALIZED:1,PCI_ATOMICS_ENABLED_EXT_ATOMICS_DISABLED:2,PCI_ATOMICS_ENABLED_EXT_ATOMICS_ENABLED_NONCOHERENT:3,PCI_ATOMICS_ENABLED_EXT_ATOMICS_ENABLED:4
  ptp_cyc2realtime 21 1 bool REAL_TIME_CLOCK_ENABLE gate=$nv_sw_offload_cap.ptp_cyc2realtime_supported==1
  uctx_en 23 1 bool UCTX_EN gate=$nv_sw_offload_cap.uctx_supported==1
  cqe_compression 29 3 enum CQE_COMPRESSION values=BALANCED:0,AGGRESSIVE:1
  ar_enable 34 1 bool ROCE_ADAPTIVE_ROUTING_EN gate=$nv_sw_offload_cap.ar_enable_supported==1
  vf_migration 40 2 enum VF_MIGRATION_MODE values=DEVICE_DEFAULT:0,MIGRATION_DISABLED:1,MIGRATION_ENABLED:2 gate=$nv_sw_offload_cap.vf_migration_supported==1 max=2
nv_sw_offload_cap 0 0x10b 4
  ptp_cyc2realtime_supported 12 1 bool
  vf_migration_supported 17 1 bool
  ar_enable_supported 18 1 bool
  uctx_supported 23 1 bool
  swp_l4_csum_mode_l4_only 25 1 bool
nv_hca_conf 3 0x112 4
  multi_port_vhca_en 0 1 bool MULTI_PORT_VHCA_EN gate=$nv_hca_cap.multi_port_vhca_supported!=0
  pci_data_wr_ordering_mode 2 2 enum PCI_WR_ORDERING values=per_mkey:0,force_relax:1 gate=$nv_hca_cap.pci_data_wr_ordering_supported!=0
  roce_ctrl 4 2 enum ROCE_CONTROL values=DEVICE_DEFAULT:0,ROCE_DISABLE:1,ROCE_ENABLE:2 gate=$nv_hca_cap.roce_ctrl_supported!=0
nv_hca_cap 3 0x113 4
  multi_port_vhca_supported 0 1 bool
  pci_data_wr_ordering_supported 3 1 bool
  roce_ctrl_supported 4 1 bool
nv_pci_conf 7 0x80 4
  advanced_pci_settings 0 1 bool ADVANCED_PCI_SETTINGS gate=$nv_pci_cap.advanced_pci_settings_supported!=0
  exp_rom_pxe_enable 5 1 bool EXP_ROM_PXE_ENABLE gate=$nv_pci_cap.exp_rom_pxe_supported==1
  exp_rom_uefi_x86_enable 6 1 bool EXP_ROM_UEFI_x86_ENABLE gate=$nv_pci_cap.exp_rom_uefi_x86_supported==1
  ats_enabled 9 1 bool ATS_ENABLED gate=$nv_pci_cap.ats_supported!=0
nv_pci_cap 7 0x81 4
  advanced_pci_settings_supported 0 1 bool
  exp_rom_pxe_supported 5 1 bool
  exp_rom_uefi_x86_supported 6 1 bool
  ats_supported 9 1 bool
nv_global_pci_conf_2 0 0x84 4
  max_acc_outstanding_read_byte 0 16 uint MAX_ACC_OUT_READ unit=outstanding_reads gate=($nv_pci_conf.advanced_pci_settings!=0)&&($nv_global_pci_cap.max_acc_outstanding_read_byte_supported==1)
safe_mode_conf 7 0x82 4
  safe_mode_enable 1 1 bool SAFE_MODE_ENABLE
nv_internal_cpu_conf 0 0xc 16
  offload_engine 23 1 enum INTERNAL_CPU_OFFLOAD_ENGINE values=ENABLED:0,DISABLED:1 gate=($nv_internal_cpu_conf.internal_cpu_model==1)&&($nv_internal_cpu_cap.disable_offload_engine_supported==1)
  ib_vport0 25 1 enum INTERNAL_CPU_IB_VPORT0 values=ECPF:0,EXT_HOST_PF:1 gate=($nv_internal_cpu_conf.internal_cpu_model==1)&&($nv_internal_cpu_cap.host_ib_vport0_supported==1)
  esw_manager 26 1 enum INTERNAL_CPU_ESWITCH_MANAGER values=ECPF:0,EXT_HOST_PF:1 gate=($nv_internal_cpu_conf.internal_cpu_model==1)&&($nv_internal_cpu_cap.host_esw_manager_supported==1)
  page_supplier 27 1 enum INTERNAL_CPU_PAGE_SUPPLIER values=ECPF:0,EXT_HOST_PF:1 gate=($nv_internal_cpu_conf.internal_cpu_model==1)&&($nv_internal_cpu_cap.host_page_supplier_supported==1)
  internal_cpu_model 28 4 enum INTERNAL_CPU_MODEL values=SEPARATED_HOST:0,EMBEDDED_CPU:1
nv_internal_cpu_cap 0 0xd 16
  host_page_supplier_supported 2 1 bool
  host_esw_manager_supported 3 1 bool
  host_ib_vport0_supported 4 1 bool
  disable_offload_engine_supported 6 1 bool
nv_flex_parser_conf 0 0xe 20
  prog_parse_graph 0 1 bool PROG_PARSE_GRAPH gate=($nv_flex_parser_cap.prog_parse_graph_supported==1)
  flex_parser_profile_enable 24 8 uint FLEX_PARSER_PROFILE_ENABLE gate=@flex rule=@flexrule
nv_flex_parser_cap 0 0xf 16
  flex_parser_profile_0_supported 0 1 bool
  flex_parser_profile_1_supported 1 1 bool
  flex_parser_profile_2_supported 2 1 bool
  flex_parser_profile_3_supported 3 1 bool
  flex_parser_profile_4_supported 4 1 bool
  flex_parser_profile_5_supported 5 1 bool
  flex_parser_profile_6_supported 6 1 bool
  flex_parser_profile_7_supported 7 1 bool
  flex_parser_profile_8_supported 8 1 bool
  flex_parser_profile_10_supported 10 1 bool
  prog_parse_graph_supported 31 1 bool
nv_roce_cc 1 0x107 4
  roce_cc_enable_pri 24 8 uint ROCE_CC_PRIO_MASK
nv_roce_cc_ecn 1 0x108 68
  cnp_dscp 530 6 uint CNP_DSCP
  cnp_802p_prio 541 3 uint CNP_802P_PRIO
nv_keep_link_up 1 0x190 4
  keep_eth_link_up 31 1 bool KEEP_ETH_LINK_UP
nv_lldp_nb_conf 1 0x10a 12
  lldp_nb_dcbx 4 1 bool LLDP_NB_DCBX since=1 gate=$nv_lldp_nb_cap.lldp_nb_dcbx_en!=0
nv_lldp_nb_cap 1 0x10b 12
  lldp_nb_dcbx_en 4 1 bool
nv_prog_cc 0 0x111 4
  user_cc_en 0 1 bool USER_PROGRAMMABLE_CC gate=($nv_global_roce_cc_conf.legacy_cc_dcqcn==0)
nv_global_roce_cc_conf 0 0x119 16
  legacy_cc_dcqcn 0 1 bool
nv_wol_conf 3 0x10 4
  en_wol_magic 21 1 bool WOL_MAGIC_EN gate=$nv_wol_cap.en_wol_magic!=0
nv_wol_cap 3 0x1f 4
  en_wol_magic 21 1 bool
nv_sw_accelerate_conf 0 0x11d 8
  swp_l4_csum_mode 0 2 enum SWP_L4_CHECKSUM_MODE values=DEVICE_DEFAULT:0,FULL_CSUM:1,L4_ONLY:2 gate=$nv_sw_offload_cap.swp_l4_csum_mode_l4_only==1
`;
