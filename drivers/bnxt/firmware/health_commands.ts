/**
 * TEMP_MONITOR_QUERY, ERROR_RECOVERY_QCFG, FW_QSTATUS, FW_HEALTH_CHECK, FW_SYNC,
 * FW_RESET, FW_LIVEPATCH_QUERY, DBG_QCAPS and SELFTEST_QLIST.
 *
 * @module
 */
import {
  type Answer,
  type Command,
  ERR,
  fail,
  text,
  u32,
  u8,
} from "./command.ts";
import type { Card, Handler } from "./card.ts";
import { isFunction, target } from "./targets.ts";
import { flags } from "./layouts.ts";

/** `embedded_proc_type` of FW_RESET. */
const PROC = { BOOT: 0, ROCE: 3, HOST: 4, CHIP: 6, LAST: 8 } as const;
/** `selfrst_status` of FW_RESET. */
const RESET = { NONE: 0, ASAP: 1, PCIE: 2, IMMEDIATE: 3 } as const;

function temperatures(_command: Command, { options }: Card): Answer {
  const { chip, phy, module, warn, critical, fatal, shutdown } =
    options.temperatures;
  return {
    temp: chip,
    phy_temp: phy,
    om_temp: module ?? 0,
    flags: flags("TEMP_MONITOR_QUERY", "flags", [
      "THRESHOLD_VALUES_AVAILABLE",
      ...(module === null ? ["OM_NOT_PRESENT"] : []),
    ]),
    warn_threshold: warn,
    critical_threshold: critical,
    fatal_threshold: fatal,
    shutdown_threshold: shutdown,
  };
}

/**
 * Periods in units of 100 ms; addresses have their space in the low two bits,
 * 1 being GRC.
 *
 * Assumption: all of the values.
 */
function errorRecovery(): Answer {
  return {
    flags: flags("ERROR_RECOVERY_QCFG", "flags", ["HOST"]),
    driver_polling_freq: 10,
    master_func_wait_period: 20,
    normal_func_wait_period: 30,
    master_func_wait_period_after_reset: 20,
    max_bailout_time_after_reset: 100,
    fw_health_status_reg: 0x4404 | 1,
    fw_heartbeat_reg: 0x4408 | 1,
    fw_reset_cnt_reg: 0x440c | 1,
    reset_inprogress_reg: 0x4410 | 1,
    reset_inprogress_reg_mask: 0x1,
    err_recovery_cnt_reg: 0x4414 | 1,
  };
}

function queryStatus(command: Command, { health }: Card): Answer {
  if (u8(command, 16) > PROC.CHIP) return fail(ERR.INVALID_PARAMS);
  return {
    selfrst_status: health.selfReset,
    nvm_option_action_status: health.optionAction,
  };
}

function sync(command: Command, { health }: Card): Answer {
  const action = u32(command, 16);
  if (action & 0x7fff_ff80) return fail(ERR.INVALID_FLAGS);
  if (action >>> 31) health.sync(action);
  return { sync_status: 0x8000_0000 }; // complete, no error
}

/**
 * FW_RESET.
 *
 * Assumption: a reset of the chip or of its boot processor at once stops
 * bnxt_en's drivers for a while (ULP_STOPPED, which fwctl turns into EPERM) and
 * then everything is as before; one of the other processors disturbs nobody;
 * HOST, AP and the newest kinds are not there.
 */
function reset(command: Command, { health, options }: Card): Answer {
  const processor = u8(command, 16);
  const when = u8(command, 17);
  if (processor > PROC.LAST || when > RESET.IMMEDIATE) {
    return fail(ERR.INVALID_PARAMS);
  }
  if (u8(command, 19) > 3) return fail(ERR.INVALID_FLAGS);
  const whole = processor === PROC.CHIP || processor === PROC.BOOT;
  if (!whole && processor > PROC.ROCE) return fail(ERR.UNSUPPORTED_OPTION);
  if (when === RESET.PCIE) health.awaitReset(RESET.PCIE);
  else if (whole && when !== RESET.NONE) health.reset(options.resetRequests);
  return { selfrst_status: when };
}

function livepatch(command: Command): Answer {
  const wanted = u8(command, 16);
  if (wanted < 1 || wanted > 2) return fail(ERR.INVALID_PARAMS);
  return {}; // no patch installed, none active
}

function debugCaps(command: Command, card: Card): Answer {
  const found = target(command, card);
  if (!isFunction(found)) return found;
  return {
    fid: found.fid,
    flags: flags("DBG_QCAPS", "flags", [
      "CRASHDUMP_HOST_DDR",
      "COREDUMP_HOST_DDR",
      ...(found.functionId === 0 ? ["CRASHDUMP_NVM"] : []),
    ]),
  };
}

/** Names of the self tests: entries of 32 bytes. */
function selftests(): Answer {
  const names = ["nvm", "link", "register", "memory"];
  const list = new Uint8Array(8 * 32);
  names.forEach((name, index) =>
    list.set(text(`${name}_test`, 32), index * 32)
  );
  const all = names.map((name) => `${name.toUpperCase()}_TEST`);
  return {
    num_tests: names.length,
    available_tests: flags("SELFTEST_QLIST", "available_tests", all),
    offline_tests: flags("SELFTEST_QLIST", "offline_tests", all.slice(2)),
    test_timeout: 5000,
    test_name: list,
  };
}

/** These commands by number. */
export function healthCommands(): [number, Handler][] {
  return [
    [0xc, { name: "ERROR_RECOVERY_QCFG", pfOnly: false, run: errorRecovery }],
    [0xbe, { name: "FW_LIVEPATCH_QUERY", pfOnly: false, run: livepatch }],
    [0xc0, { name: "FW_RESET", pfOnly: true, run: reset }],
    [0xc1, { name: "FW_QSTATUS", pfOnly: false, run: queryStatus }],
    [0xc2, {
      name: "FW_HEALTH_CHECK",
      pfOnly: false,
      run: (_command, { health }) => ({ fw_status: health.fwStatus }),
    }],
    [0xc3, { name: "FW_SYNC", pfOnly: true, run: sync }],
    [0xe0, { name: "TEMP_MONITOR_QUERY", pfOnly: false, run: temperatures }],
    [0x200, { name: "SELFTEST_QLIST", pfOnly: true, run: selftests }],
    [0xff20, { name: "DBG_QCAPS", pfOnly: false, run: debugCaps }],
  ];
}
