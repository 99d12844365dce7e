/**
 * Query `health`: what the firmware says of itself. What it refuses to say is
 * shown as refused, never left out.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { Channel, QueryType } from "../../driver.ts";
import { refusalData, tryAsk } from "../ask.ts";
import type { DecodedResponse } from "../decode.ts";
import { inputOf } from "../tables/hwrm.ts";

/** The query. It takes no arguments. */
export const healthQuery: QueryType = {
  name: "health",
  summary: "Firmware state, pending resets, error recovery, temperatures",
  scope: "debug-read-only",
  arguments: {},
  run({ channel }): PlainData {
    return {
      firmware: part(
        channel,
        "VER_GET",
        {},
        ({ fields }) =>
          fields.flags === undefined ? { ready: NOT_TOLD } : {
            ready: !list(fields.flags).includes("DEV_NOT_RDY"),
            flags: list(fields.flags),
          },
      ),
      processors: processors(channel),
      health_check: part(channel, "FW_HEALTH_CHECK", {}, images),
      error_recovery: part(channel, "ERROR_RECOVERY_QCFG", {}, recovery),
      temperature: part(channel, "TEMP_MONITOR_QUERY", {}, temperature),
    };
  },
};

/** One answer as a part of the whole, or why there is none. */
function part(
  channel: Channel,
  command: string,
  fields: Record<string, number>,
  show: (answer: DecodedResponse) => PlainObject,
): PlainObject {
  const asked = tryAsk(channel, command, fields);
  return "answer" in asked ? show(asked.answer) : refusalData(asked.refused);
}

/** FW_QSTATUS of each kind of processor in the header. */
function processors(channel: Channel): PlainData {
  const kinds = inputOf("FW_QSTATUS")?.meanings.get("embedded_proc_type")
    ?.parts[0]?.values ?? new Map<number, string>();
  return [...kinds].map(([embedded_proc_type, processor]) => ({
    processor,
    ...part(channel, "FW_QSTATUS", { embedded_proc_type }, ({ fields }) => ({
      reset_pending: worded(RESETS, fields.selfrst_status),
      nvm_option_action: worded(OPTIONS, fields.nvm_option_action_status),
    })),
  }));
}

/** What an older firmware's shorter response does not say. */
const NOT_TOLD = "not told";

/** A header's name as words; a value without either as it is. */
function worded(
  words: Readonly<Record<string, string>>,
  value: PlainData | undefined,
): string {
  if (value === undefined) return NOT_TOLD;
  const name = String(value);
  return Object.hasOwn(words, name) ? words[name] ?? name : name;
}

/** FW_QSTATUS_RESP_SELFRST_STATUS_*, for people. */
const RESETS: Readonly<Record<string, string>> = {
  SELFRSTNONE: "none",
  SELFRSTASAP: "as soon as possible",
  SELFRSTPCIERST: "at the next PCIe reset",
  SELFRSTPOWER: "at the next power cycle",
};

/** FW_QSTATUS_RESP_NVM_OPTION_ACTION_STATUS_*, for people: what makes changed options hold. */
const OPTIONS: Readonly<Record<string, string>> = {
  NVMOPT_ACTION_NONE: "none",
  NVMOPT_ACTION_HOTRESET: "hot reset",
  NVMOPT_ACTION_WARMBOOT: "warm boot",
  NVMOPT_ACTION_COLDBOOT: "cold boot",
};

/** What FW_HEALTH_CHECK found in the firmware's images. */
function images({ fields }: DecodedResponse): PlainObject {
  if (fields.fw_status === undefined) return { status: NOT_TOLD };
  const status = list(fields.fw_status);
  const problems = status.filter((flag) => /MISMATCH|CORRUPT/.test(flag));
  // The flag of a stage says that its second copy was used.
  const backups = status.filter((flag) =>
    /^(SBI|SRT|CRT|DIR_HDR)_BOOTED$/.test(flag)
  );
  return {
    status,
    problems,
    booted_from_backup: backups.map((flag) => flag.replace("_BOOTED", "")),
    meaning: problems.length === 0 && backups.length === 0
      ? "every stage came from its first copy, and all copies match"
      : "copies in NVM differ or are damaged, or a second copy was needed: look at it before the next reset",
  };
}

function recovery({ fields }: DecodedResponse): PlainObject {
  return {
    by: fields.flags ?? NOT_TOLD,
    polling: period(fields.driver_polling_freq),
    wait_before_reset: period(fields.normal_func_wait_period),
    longest_recovery: period(fields.max_bailout_time_after_reset),
    reset_steps: fields.reg_array_cnt ?? NOT_TOLD,
  };
}

/** A period in units of 100 ms. */
function period(value: PlainData | undefined): string {
  return typeof value === "number" ? `${value * 100} ms` : NOT_TOLD;
}

const SENSORS = [
  ["chip", "temp", "TEMP_NOT_AVAILABLE"],
  ["phy", "phy_temp", "PHY_TEMP_NOT_AVAILABLE"],
  ["optical_module", "om_temp", "OM_TEMP_NOT_AVAILABLE"],
] as const;

const THRESHOLDS = [
  ["warning_from", "warn_threshold"],
  ["critical_from", "critical_threshold"],
  ["fatal_from", "fatal_threshold"],
  ["shutdown_from", "shutdown_threshold"],
] as const;

function temperature({ fields }: DecodedResponse): PlainObject {
  // Without the flags nobody knows which of the numbers are measured.
  if (fields.flags === undefined) return { chip: NOT_TOLD };
  const flags = list(fields.flags);
  const shown: Record<string, PlainData> = {};
  for (const [name, field, missing] of SENSORS) {
    shown[name] = field === "om_temp" && flags.includes("OM_NOT_PRESENT")
      ? "not present"
      : flags.includes(missing)
      ? "not available"
      : degrees(fields[field]);
  }
  const told = flags.includes("THRESHOLD_VALUES_AVAILABLE");
  for (const [name, field] of THRESHOLDS) {
    // bnxt_en takes a threshold of 0 for none.
    shown[name] = !told
      ? NOT_TOLD
      : fields[field] === 0
      ? "none"
      : degrees(fields[field]);
  }
  const { temp, warn_threshold: warn } = fields;
  if (
    told && !flags.includes("TEMP_NOT_AVAILABLE") && typeof temp === "number" &&
    typeof warn === "number"
  ) {
    shown.warning = temp >= warn && warn > 0;
  }
  return shown;
}

function degrees(value: PlainData | undefined): string {
  return typeof value === "number" ? `${value} °C` : NOT_TOLD;
}

function list(value: PlainData | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
