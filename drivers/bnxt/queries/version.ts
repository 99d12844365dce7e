/**
 * Query `version`: chip, interface and firmware versions.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { ask } from "../ask.ts";
import { productOf, versionText } from "../identity.ts";

/** The query. It takes no arguments. */
export const versionQuery: QueryType = {
  name: "version",
  summary: "Chip, message interface, and the versions of all firmware on it",
  scope: "debug-read-only",
  arguments: {},
  run({ channel }): PlainData {
    const { fields } = ask(channel, "VER_GET");
    return {
      ...chipOf(fields.chip_num),
      revision: `${fields.chip_rev ?? "?"}.${fields.chip_metal ?? "?"}`,
      platform: fields.chip_platform_type ?? "",
      package: fields.active_pkg_name ?? "",
      interface: versionText(fields, "hwrm_intf"),
      firmware: versionText(fields, "hwrm_fw"),
      management_firmware: versionText(fields, "mgmt_fw"),
      netctrl_firmware: versionText(fields, "netctrl_fw"),
      roce_firmware: versionText(fields, "roce_fw"),
      state: fields.flags ?? "not told",
      capabilities: fields.dev_caps_cfg ?? "not told",
      longest_request: bytes(fields.max_req_win_len),
      longest_response: bytes(fields.max_resp_len),
      default_timeout: `${fields.def_req_timeout ?? "?"} ms`,
    };
  },
};

function chipOf(chip: PlainData | undefined): PlainObject {
  if (typeof chip !== "number") return { chip: "not told" };
  const chip_num = `0x${chip.toString(16)}`;
  return { chip: productOf(chip) ?? "no chip with a public name", chip_num };
}

function bytes(value: PlainData | undefined): string {
  return `${value ?? "?"} bytes`;
}
