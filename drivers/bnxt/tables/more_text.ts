/**
 * Messages of the kernel's list that its `hsi.h` leaves out, in the form of
 * `table_text.ts`.
 *
 * Source: the vendor's interface header as it is published with FreeBSD
 * (sys/dev/bnxt/bnxt_en/hsi_struct_def.h).
 *
 * @module
 */

/** Written by hand. */
export const MORE_TEXT: string = `
hwrm_fw_health_check_input 10
hwrm_fw_health_check_output 10
 fw_status:4 .SBI_BOOTED=1 .SBI_MISMATCH=2 .SRT_BOOTED=4 .SRT_MISMATCH=8 .CRT_BOOTED=10
 .CRT_MISMATCH=20 .SECOND_RT=40 .FASTBOOTED=80 .DIR_HDR_BOOTED=100 .DIR_HDR_MISMATCH=200
 .MBR_CORRUPT=400 .CFG_MISMATCH=800 .FRU_MISMATCH=1000 unused_0:1*3 valid:1
hwrm_fw_sync_input 18
 sync_action:4 .SYNC_SBI=1 .SYNC_SRT=2 .SYNC_CRT=4 .SYNC_DIR_HDR=8 .WRITE_MBR=10 .SYNC_CFG=20
 .SYNC_FRU=40 .ACTION=80000000 unused_0:1*4
hwrm_fw_sync_output 10
 sync_status:4 .SYNC_ERR=40000000 .SYNC_COMPLETE=80000000 |ERR_CODE/ff -SUCCESS=0 -IN_PROGRESS=1
 -TIMEOUT=2 -GENERAL=3 unused_0:1*3 valid:1
hwrm_fw_get_time_input 10
hwrm_fw_get_time_output 18
 year:2 | -UNKNOWN=0 month:1 day:1 hour:1 minute:1 second:1 unused_0:1 millisecond:2
 zone:2 | -UTC=0 -UNKNOWN=ffff unused_1:1*3 valid:1
nvm_dir_entry 18
 type:2 | -PKG_LOG=1 -CHIMP_PATCH=3 -BOOTCODE=4 -VPD=5 -EXP_ROM_MBA=6 -AVS=7 -PCIE=8 -PORT_MACRO=9
 -APE_FW=a -APE_PATCH=b -KONG_FW=c -KONG_PATCH=d -BONO_FW=e -BONO_PATCH=f -TANG_FW=10
 -TANG_PATCH=11 -BOOTCODE_2=12 -CCM=13 -PCI_CFG=14 -TSCF_UCODE=15 -EXT_PHY=1b -SHARED_CFG=28
 -PORT_CFG=29 -FUNC_CFG=2a -MGMT_CFG=30 -MGMT_DATA=31 -MGMT_EVENT_LOG=34 -MGMT_AUDIT_LOG=35
 ordinal:2 ext:2 .INACTIVE=1 .UPDATE=2 attr:2 .NO_CHKSUM=1 .PROP_STREAM=2 item_location:4
 item_length:4 data_length:4 checksum:4
`;
