/**
 * ConnectX-7, one Ethernet port: the former generation's values and what is
 * more. See the assumption in cards.ts.
 *
 * @module
 */
import { CAP, type Card } from "./cards.ts";
import { CAPS, CURRENT_CAPS, VF_CAPS } from "./connectx_6_dx.ts";

/** The card. */
export function card(): Card {
  return {
    product: "ConnectX-7",
    deviceId: 0x1021,
    recoveryId: 0x0218,
    psid: "MT_0000000838",
    serial: "MT2318X08877",
    firmwareVersion: "28.43.1014",
    caps: {
      ...CAPS,
      [CAP.GENERAL]: {
        ...CAPS[CAP.GENERAL],
        log_max_qp: 18,
        log_max_qp_sz: 16,
        steering_format_version: 2,
        max_num_sf: 1024,
        log_max_sf: 10,
        num_total_dynamic_vf_msix: 4096,
        max_dynamic_vf_msix_table_size: 512,
        mkey_by_name: 1,
        nic_cap_reg: 1,
        wqe_based_flow_table_update_cap: 1,
        pcie_reset_using_hotreset_method: 1,
        data_direct: 1,
      },
      [CAP.GENERAL_2]: {
        ...CAPS[CAP.GENERAL_2],
        migration_state: 1,
        max_num_eqs_24b: 2047,
        query_adjacent_functions_id: 1,
        delegate_vhca_management_profiles: 1,
        delegated_vhca_max: 64,
        delegate_vhca_max: 64,
      },
      [CAP.QOS]: { ...CAPS[CAP.QOS], packet_pacing_max_rate: 400_000_000 },
    },
    vfCaps: {
      ...VF_CAPS,
      [CAP.GENERAL_2]: {
        ...VF_CAPS[CAP.GENERAL_2],
        query_adjacent_functions_id: 0,
        delegate_vhca_management_profiles: 0,
        delegated_vhca_max: 0,
        delegate_vhca_max: 0,
      },
    },
    currentCaps: CURRENT_CAPS,
  };
}
