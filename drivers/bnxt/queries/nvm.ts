/**
 * Query `nvm`: the non-volatile memory, what it holds and how much is free.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { refusalData, tryAsk } from "../ask.ts";
import { type VersionPrefix, versionText } from "../identity.ts";

/** The query. It takes no arguments. */
export const nvmQuery: QueryType = {
  name: "nvm",
  summary: "Non-volatile memory: sizes, directory, stored firmware versions",
  scope: "debug-read-only",
  arguments: {},
  run({ channel }): PlainData {
    const device = tryAsk(channel, "NVM_GET_DEV_INFO");
    const directory = tryAsk(channel, "NVM_GET_DIR_INFO");
    return {
      device: "answer" in device
        ? deviceInfo(device.answer.fields)
        : refusalData(device.refused),
      directory: "answer" in directory
        ? {
          entries: directory.answer.fields.entries ?? "not told",
          entry_length: sized(directory.answer.fields.entry_length),
        }
        : refusalData(directory.refused),
    };
  },
};

const STORED: readonly [string, VersionPrefix][] = [
  ["firmware", "hwrm_fw"],
  ["management_firmware", "mgmt_fw"],
  ["roce_firmware", "roce_fw"],
  ["netctrl_firmware", "netctrl_fw"],
  ["srt2_firmware", "srt2_fw"],
  ["security_soc_firmware", "security_soc_fw"],
];

function deviceInfo(fields: PlainObject): PlainObject {
  const { flags } = fields;
  const valid = Array.isArray(flags) && flags.includes("FW_VER_VALID");
  return {
    manufacturer_id: hex(fields.manufacturer_id),
    device_id: hex(fields.device_id),
    size: sized(fields.nvram_size),
    sector: sized(fields.sector_size),
    reserved: sized(fields.reserved_size),
    available: sized(fields.available_size),
    configuration_version: [
      fields.nvm_cfg_ver_maj,
      fields.nvm_cfg_ver_min,
      fields.nvm_cfg_ver_upd,
    ].map((part) => part ?? "?").join("."),
    package: fields.pkg_name ?? "",
    stored: valid
      ? Object.fromEntries(
        STORED.map(([name, prefix]) => [name, versionText(fields, prefix)])
          .filter(([, version]) => version !== ""),
      )
      : "not told by this firmware",
  };
}

function sized(value: PlainData | undefined): string {
  return value === undefined ? "not told" : `${value} bytes`;
}

function hex(value: PlainData | undefined): string {
  return typeof value === "number" ? `0x${value.toString(16)}` : "not told";
}
