/**
 * Units of fields whose names do not tell them.
 *
 * Source: how drivers/net/ethernet/broadcom/bnxt uses the fields (hwmon,
 * timeouts in bnxt_hwrm_ver_get, error recovery periods in units of 100 ms).
 * A field that is not here has no unit that is publicly known.
 *
 * @module
 */

const UNITS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hwrm_ver_get_output: {
    max_req_win_len: "bytes",
    max_resp_len: "bytes",
    max_ext_req_len: "bytes",
    def_req_timeout: "ms",
    max_req_timeout: "ms",
  },
  hwrm_func_qcfg_output: {
    admin_mtu: "bytes",
    mru: "bytes",
    host_mtu: "bytes",
    l2_doorbell_bar_size_kb: "KiB",
    legacy_l2_db_size_kb: "KiB",
    l2_db_multi_page_size_kb: "KiB",
  },
  hwrm_temp_monitor_query_output: {
    temp: "°C",
    phy_temp: "°C",
    om_temp: "°C",
    temp2: "°C",
    phy_temp2: "°C",
    om_temp2: "°C",
    warn_threshold: "°C",
    critical_threshold: "°C",
    fatal_threshold: "°C",
    shutdown_threshold: "°C",
  },
  hwrm_nvm_get_dev_info_output: {
    sector_size: "bytes",
    nvram_size: "bytes",
    reserved_size: "bytes",
    available_size: "bytes",
  },
  hwrm_nvm_get_dir_info_output: { entry_length: "bytes" },
  hwrm_error_recovery_qcfg_output: {
    driver_polling_freq: "100 ms",
    master_func_wait_period: "100 ms",
    normal_func_wait_period: "100 ms",
    master_func_wait_period_after_reset: "100 ms",
    max_bailout_time_after_reset: "100 ms",
  },
};

/** The unit of a field of a message, or undefined. */
export function unitOf(message: string, field: string): string | undefined {
  const units = UNITS[message];
  return units && Object.hasOwn(units, field) ? units[field] : undefined;
}
